//! A dashboard of CloudWatch.

use aws_sdk_cloudwatch::operation::get_dashboard::GetDashboardOutput;
use aws_sdk_cloudwatch::types::Tag;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::at_once::{self, Read};
use super::cloudwatch_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::find::REGION_TAG;
use crate::look::Look;
use crate::tags::owned;

/// A dashboard. CloudWatch shows one in every region, so its tags say of which region's stack it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// What it shows, as JSON of CloudWatch's dashboard body structure.
    pub body: Map<String, Value>,
}

impl Resource for Dashboard {
    type Cloud = Aws;
    const KIND: &'static str = "dashboard";
    const SERVICE: &'static str = "cloudwatch";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "cloudwatch:DeleteDashboards",
        "cloudwatch:GetDashboard",
        "cloudwatch:ListDashboards",
        "cloudwatch:PutDashboard",
        cloudwatch_tags::ACTIONS[0],
        cloudwatch_tags::ACTIONS[1],
        cloudwatch_tags::ACTIONS[2],
        cloudwatch_tags::ACTIONS[3],
        "sts:GetCallerIdentity",
    ];

    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "dashboard",
            assumptions.months(Self::KIND),
            "dashboard-month",
            "AmazonCloudWatch",
            "DashboardsUsageHour",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = match look.focus() {
            Some(who) => {
                let name = who.id.as_ref().unwrap_or(&who.name);
                got(&look.aws, name).await?.into_iter().collect()
            }
            None => all(look).await?,
        };
        let arns = found.iter().filter_map(|one| one.dashboard_arn.clone());
        let tags = cloudwatch_tags::of(look, arns.collect()).await?;
        Ok(found
            .iter()
            .filter_map(|one| observe(look, one, tags.get(one.dashboard_arn()?)?))
            .collect())
    }

    /// The call replaces a dashboard of that name; it takes tags only for a new one.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let tags = Some(cloudwatch_tags::wire(&who.tags));
        self.put(aws, &who.name, tags).await?;
        let name = who.name.clone();
        let account = aws.account().await?;
        let arn = format!("arn:aws:cloudwatch::{account}:dashboard/{name}");
        let outputs = [("name", name.clone()), ("arn", arn)];
        Ok(Made::usable(name, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.put(aws, who.id()?, None).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.cloudwatch.delete_dashboards();
        let call = call.dashboard_names(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let name = who.id()?;
        let found = got(aws, name).await?.and_then(|one| one.dashboard_arn);
        let Some(arn) = found else {
            let message = format!("dashboard {name} is not there");
            return Err(CloudError::new(
                Fault::NotFound,
                "cloudwatch",
                "TagResource",
                message,
            ));
        };
        cloudwatch_tags::set(aws, &arn, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.dashboard_name"), ("arn", "{}.dashboard_arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        // The resource has no tags in the provider: those of the dashboard stay as they are.
        let name = exported.output("name");
        let body = Body::new()
            .set("dashboard_name", name)
            .document("dashboard_body", self.body.clone());
        vec![Block::new("aws_cloudwatch_dashboard", name, body)]
    }

    fn example() -> Example {
        let body = |text: &str| {
            json!({"widgets": [{
                "type": "text",
                "x": 0, "y": 0, "width": 24, "height": 2,
                "properties": {"markdown": text}}]})
        };
        Example {
            parents: vec![],
            properties: json!({"body": body("# One")}),
            changes: vec![("body", body("# Two"))],
        }
    }
}

impl Dashboard {
    async fn put(&self, aws: &Aws, name: &str, tags: Option<Vec<Tag>>) -> Result<(), CloudError> {
        let call = aws
            .cloudwatch
            .put_dashboard()
            .dashboard_name(name)
            .dashboard_body(Value::Object(self.body.clone()).to_string())
            .set_tags(tags);
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

/// The dashboards whose names begin as the stack's, and those of other names that carry its tags:
/// these were adopted, and the tagging service knows them.
async fn all(look: &Look) -> Result<Vec<GetDashboardOutput>, CloudError> {
    let prefix = format!("{}-", look.stack());
    let call = look.aws.cloudwatch.list_dashboards();
    let call = call.dashboard_name_prefix(&prefix);
    let mut pages = call.into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let entries = page.map_err(refused)?.dashboard_entries;
        let entries = entries.unwrap_or_default().into_iter();
        names.extend(entries.filter_map(|entry| entry.dashboard_name));
    }
    let tagged = look.tagged().await?;
    let adopted = tagged.keys().filter_map(|arn| name_of(arn));
    names.extend(
        adopted
            .filter(|name| !name.starts_with(&prefix))
            .map(str::to_owned),
    );
    let reads = names.into_iter().map(|name| {
        let aws = look.aws.clone();
        let read: Read<_> = Box::pin(async move { got(&aws, &name).await });
        read
    });
    let found = at_once::all(reads.collect()).await?;
    Ok(found.into_iter().flatten().collect())
}

/// The name in a dashboard's ARN, `arn:<partition>:cloudwatch::<account>:dashboard/<name>`.
fn name_of(arn: &str) -> Option<&str> {
    let (service, name) = arn.split_once(":dashboard/")?;
    let is_ours = service.split(':').nth(2) == Some("cloudwatch");
    is_ours.then_some(name)
}

async fn got(aws: &Aws, name: &str) -> Result<Option<GetDashboardOutput>, CloudError> {
    let call = aws.cloudwatch.get_dashboard().dashboard_name(name);
    match call.send().await.map_err(refused) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The dashboard, when it is ours and of this region's stack.
fn observe(look: &Look, found: &GetDashboardOutput, tags: &Tags) -> Option<Observed<Dashboard>> {
    let (name, arn) = (found.dashboard_name()?, found.dashboard_arn()?);
    let address = owned(look.stack(), tags)?;
    let region = tags.get(REGION_TAG);
    if region.is_some_and(|region| region != look.aws.region()) {
        return None;
    }
    // CloudWatch takes no body that is not a JSON object; were one there, it would show as empty.
    let body = serde_json::from_str(found.dashboard_body().unwrap_or_default());
    Some(Observed {
        id: name.to_owned(),
        address: Some(address),
        props: Some(Dashboard {
            body: body.unwrap_or_default(),
        }),
        outputs: [("arn", arn), ("name", name)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: tags.clone(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
