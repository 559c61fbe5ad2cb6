//! The way of a VPC to and from the internet.

use aws_sdk_ec2::types::{AttachmentStatus, InternetGateway as Wire, ResourceType};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::blockers::{self, filter};
use super::ec2_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// The way of a VPC to and from the internet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternetGateway {
    /// Id of the VPC it is attached to; a VPC has at most one. Read back empty when it is attached
    /// to none, which is repaired in place: creating and attaching are two calls, and a run can end
    /// between them.
    pub vpc: String,
}

impl Resource for InternetGateway {
    type Cloud = Aws;
    const KIND: &'static str = "internet_gateway";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id", "vpc"];
    const IMMUTABLE: &'static [&'static str] = &["vpc"];
    const EXCLUSIVE: &'static [&'static str] = &["vpc"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:AttachInternetGateway",
        "ec2:CreateInternetGateway",
        "ec2:DeleteInternetGateway",
        "ec2:DescribeInternetGateways",
        "ec2:DetachInternetGateway",
        blockers::ACTION,
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let filter = ec2_tags::scope(look, "internet-gateway-id");
        let call = look.aws.ec2.describe_internet_gateways().filters(filter);
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?;
            found.extend(
                page.internet_gateways()
                    .iter()
                    .filter_map(|seen| observe(look, seen)),
            );
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let answer = aws
            .ec2
            .create_internet_gateway()
            .tag_specifications(ec2_tags::on_create(ResourceType::InternetGateway, who))
            .send()
            .await
            .map_err(refused)?;
        let gateway = answer
            .internet_gateway
            .and_then(|made| made.internet_gateway_id);
        let id = gateway.unwrap_or_default();
        let outputs = [("id", id.clone())];
        // It is attached by `update`.
        let detached = Self { vpc: String::new() };
        Ok(Made::usable(id, detached, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let id = who.id()?;
        if from.vpc == self.vpc {
            return Ok(());
        }
        attach(aws, id, &self.vpc).await
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        if let Some(vpc) = attached_to(aws, id).await? {
            detach(aws, id, &vpc).await?;
        }
        let call = aws.ec2.delete_internet_gateway().internet_gateway_id(id);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("id", "{}.id"), ("vpc", "{}.vpc_id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("vpc_id", self.vpc.as_str())
            .tags(exported.tags);
        vec![Block::new("aws_internet_gateway", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("vpc.parent", json!({"cidr": "10.90.0.0/16"}))],
            properties: json!({"vpc": "${vpc.parent.id}"}),
            changes: vec![],
        }
    }
}

/// Attaches; that it is attached there already, by an attempt whose answer was lost, is success.
async fn attach(aws: &Aws, id: &str, vpc: &str) -> Result<(), CloudError> {
    let call = aws
        .ec2
        .attach_internet_gateway()
        .internet_gateway_id(id)
        .vpc_id(vpc);
    let Err(error) = call.send().await.map_err(refused) else {
        return Ok(());
    };
    let repeated =
        error.fault == Fault::Exists && attached_to(aws, id).await?.as_deref() == Some(vpc);
    if repeated { Ok(()) } else { Err(error) }
}

async fn detach(aws: &Aws, id: &str, vpc: &str) -> Result<(), CloudError> {
    let call = aws
        .ec2
        .detach_internet_gateway()
        .internet_gateway_id(id)
        .vpc_id(vpc);
    match call.send().await.map_err(refused) {
        Ok(_) => Ok(()),
        Err(error) if error.fault == Fault::NotFound => Ok(()),
        Err(error) => {
            let public = vec![filter("vpc-id", vpc), filter("association.public-ip", "*")];
            Err(blockers::explain(error, blockers::interfaces(aws, public)).await)
        }
    }
}

async fn attached_to(aws: &Aws, id: &str) -> Result<Option<String>, CloudError> {
    let call = aws.ec2.describe_internet_gateways();
    let call = call.filters(filter("internet-gateway-id", id));
    let answer = call.send().await.map_err(refused)?;
    Ok(answer
        .internet_gateways()
        .first()
        .and_then(attachment)
        .map(|(vpc, _)| vpc))
}

fn attachment(gateway: &Wire) -> Option<(String, Phase)> {
    gateway.attachments().iter().find_map(|attachment| {
        let phase = match attachment.state() {
            Some(AttachmentStatus::Detached) => return None,
            Some(state @ (AttachmentStatus::Attaching | AttachmentStatus::Detaching)) => {
                Phase::Pending(state.as_str().to_owned())
            }
            _ => Phase::Ready,
        };
        Some((attachment.vpc_id()?.to_owned(), phase))
    })
}

fn observe(look: &Look, gateway: &Wire) -> Option<Observed<InternetGateway>> {
    let tags = ec2_tags::read(Some(gateway.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = gateway.internet_gateway_id()?.to_owned();
    let mut outputs = bella_engine::resource::Outputs::from([("id".to_owned(), id.clone())]);
    let (vpc, phase) = attachment(gateway).unwrap_or((String::new(), Phase::Ready));
    if !vpc.is_empty() {
        outputs.insert("vpc".to_owned(), vpc.clone());
    }
    Some(Observed {
        id,
        address: Some(address),
        props: Some(InternetGateway { vpc }),
        outputs,
        tags,
        phase,
        created: None,
        protected: None,
    })
}
