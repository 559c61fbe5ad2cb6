//! Settings of a database server.

use std::collections::BTreeMap;

use aws_sdk_rds::types::DbParameterGroup as Wire;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::db_parameters::{self, Parameters};
use super::rds_tags;
use super::tagged::{self, Listed, name_of};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// Settings of a database server that differ from those of its family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbParameterGroup {
    /// Engine and major version its instances must have, for example `postgres16`.
    pub family: String,
    /// What the group is for.
    #[serde(default = "ours")]
    pub description: String,
    /// Values by parameter name, each as text; the rest is the family's default. What takes effect
    /// only when a server starts waits for its next restart.
    #[serde(default)]
    pub parameters: Parameters,
}

fn ours() -> String {
    "Managed by bella".to_owned()
}

impl Resource for DbParameterGroup {
    type Cloud = Aws;
    const KIND: &'static str = "db_parameter_group";
    const SERVICE: &'static str = "rds";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &["family", "description"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: true,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "rds:CreateDBParameterGroup",
        "rds:DeleteDBParameterGroup",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBParameters",
        "rds:ListTagsForResource",
        "rds:ModifyDBParameterGroup",
        "rds:ResetDBParameterGroup",
        rds_tags::ACTIONS[0],
        rds_tags::ACTIONS[1],
        "tag:GetResources",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.rds.describe_db_parameter_groups();
        let found = match look.focus() {
            Some(who) => {
                let name = name_of(who.id.as_ref().unwrap_or(&who.name));
                let answer = call.db_parameter_group_name(name).send().await;
                let groups = answer.map_err(refused)?;
                let groups = groups.db_parameter_groups.unwrap_or_default();
                let mut found = Vec::new();
                for group in groups {
                    let arn = group
                        .db_parameter_group_arn()
                        .unwrap_or_default()
                        .to_owned();
                    let tags = rds_tags::ask(look.aws.clone(), arn).await?;
                    found.extend(tags.map(|tags| (group, tags)));
                }
                found
            }
            None => {
                let mut pages = call.into_paginator().items().send();
                let mut all = Vec::new();
                while let Some(group) = pages.next().await {
                    all.push(listed(group.map_err(refused)?));
                }
                tagged::of_stack(look, all, rds_tags::ask).await?
            }
        };
        let reads = found.into_iter().map(|(group, tags)| {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let read: Read<_> = Box::pin(async move { observe(&aws, &stack, &group, tags).await });
            read
        });
        let observed = at_once::all(reads.collect()).await?;
        Ok(observed.into_iter().flatten().collect())
    }

    /// The parameters are left to `update`: this call takes none.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .rds
            .create_db_parameter_group()
            .db_parameter_group_name(&who.name)
            .db_parameter_group_family(&self.family)
            .description(&self.description)
            .set_tags(Some(rds_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.db_parameter_group;
        let arn = made
            .and_then(|group| group.db_parameter_group_arn)
            .unwrap_or_default();
        let outputs = [("name", name_of(&arn).to_owned()), ("arn", arn.clone())];
        let bare = Self {
            parameters: BTreeMap::new(),
            ..self.clone()
        };
        Ok(Made::usable(arn, bare, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let group = name_of(who.id()?);
        db_parameters::set(aws, group, &self.parameters, &from.parameters).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.rds.delete_db_parameter_group();
        let call = call.db_parameter_group_name(name_of(who.id()?));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        rds_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let body = Body::new()
            .set("name", name)
            .set("family", self.family.as_str())
            .set("description", self.description.as_str());
        let body = self.parameters.iter().fold(body, |body, (name, value)| {
            let parameter = Body::new()
                .set("name", name.as_str())
                .set("value", value.as_str());
            body.block("parameter", parameter)
        });
        vec![Block::new(
            "aws_db_parameter_group",
            name,
            body.tags(exported.tags),
        )]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({
                "family": "postgres16",
                "parameters": {"rds.force_ssl": "1", "log_min_duration_statement": "1000"},
            }),
            changes: vec![(
                "parameters",
                json!({"log_min_duration_statement": "500", "shared_buffers": "16384"}),
            )],
        }
    }
}

fn listed(group: Wire) -> Listed<Wire> {
    Listed {
        arn: group
            .db_parameter_group_arn()
            .unwrap_or_default()
            .to_owned(),
        name: group
            .db_parameter_group_name()
            .unwrap_or_default()
            .to_owned(),
        wire: group,
    }
}

/// The group, unless it is not ours or went since it was listed.
async fn observe(
    aws: &Aws,
    stack: &str,
    group: &Wire,
    tags: Tags,
) -> Result<Option<Observed<DbParameterGroup>>, CloudError> {
    let Some(address) = owned(stack, &tags) else {
        return Ok(None);
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let name = text(group.db_parameter_group_name());
    let parameters = match db_parameters::read(aws, &name).await {
        Ok(parameters) => parameters,
        Err(error) if error.fault == Fault::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let arn = text(group.db_parameter_group_arn());
    let outputs = BTreeMap::from([("name", name), ("arn", arn.clone())]);
    let outputs = outputs.into_iter();
    Ok(Some(Observed {
        id: arn,
        address: Some(address),
        props: Some(DbParameterGroup {
            family: text(group.db_parameter_group_family()),
            description: text(group.description()),
            parameters,
        }),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    }))
}
