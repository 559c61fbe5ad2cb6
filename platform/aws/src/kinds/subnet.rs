//! A range of a VPC in one availability zone.

use std::sync::Arc;

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Subnet as Wire, SubnetState};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::blockers::{self, filter};
use super::{cidr, ec2_tags};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A range of a VPC in one availability zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// Id of the VPC it is a part of.
    pub vpc: String,
    /// IPv4 range in CIDR notation, within the VPC's, /16 to /28.
    #[serde(deserialize_with = "cidr::range")]
    pub cidr: String,
    /// Availability zone, for example `ca-central-1a`.
    pub availability_zone: String,
    /// Whether what is launched in it gets a public IPv4 address by default.
    #[serde(default)]
    pub map_public_ip_on_launch: bool,
}

impl Resource for Subnet {
    type Cloud = Aws;
    const KIND: &'static str = "subnet";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["vpc", "cidr", "availability_zone"];
    const EXCLUSIVE: &'static [&'static str] = &["vpc", "cidr"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateSubnet",
        "ec2:DeleteSubnet",
        "ec2:DescribeSubnets",
        "ec2:ModifySubnetAttribute",
        blockers::ACTION,
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let subnets = subnets(look).await?;
        Ok(subnets
            .iter()
            .filter_map(|subnet| observe(look, subnet))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let answer = aws
            .ec2
            .create_subnet()
            .vpc_id(&self.vpc)
            .cidr_block(&self.cidr)
            .availability_zone(&self.availability_zone)
            .tag_specifications(ec2_tags::on_create(ResourceType::Subnet, who))
            .send()
            .await
            .map_err(refused)?;
        let made = answer
            .subnet
            .map(|made| (made.subnet_id.unwrap_or_default(), made.state));
        let (id, state) = made.unwrap_or_default();
        if state != Some(SubnetState::Available) {
            return Ok(Made::unseen(id));
        }
        let outputs = [("id", id.clone())];
        let as_new = Self {
            map_public_ip_on_launch: false,
            ..self.clone()
        };
        Ok(Made::usable(id, as_new, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if from.map_public_ip_on_launch == self.map_public_ip_on_launch {
            return Ok(());
        }
        self.set_mapping(aws, who.id()?).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        let call = aws.ec2.delete_subnet().subnet_id(id);
        let Err(error) = call.send().await.map_err(refused) else {
            return Ok(());
        };
        let inside = blockers::interfaces(aws, vec![filter("subnet-id", id)]);
        Err(blockers::explain(error, inside).await)
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("vpc_id", self.vpc.as_str())
            .set("cidr_block", self.cidr.as_str())
            .set("availability_zone", self.availability_zone.as_str())
            .set("map_public_ip_on_launch", self.map_public_ip_on_launch)
            .tags(exported.tags);
        vec![Block::new("aws_subnet", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("vpc.parent", json!({"cidr": "10.90.0.0/16"}))],
            properties: json!({
                "vpc": "${vpc.parent.id}",
                "cidr": "10.90.1.0/24",
                "availability_zone": "ca-central-1a",
            }),
            changes: vec![("map_public_ip_on_launch", json!(true))],
        }
    }
}

impl Subnet {
    async fn set_mapping(&self, aws: &Aws, id: &str) -> Result<(), CloudError> {
        let value = AttributeBooleanValue::builder().value(self.map_public_ip_on_launch);
        let call = aws.ec2.modify_subnet_attribute().subnet_id(id);
        let call = call.map_public_ip_on_launch(value.build());
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

/// The look's subnets, read once; not all of them need be ours.
async fn subnets(look: &Look) -> Result<Arc<Vec<Wire>>, CloudError> {
    let fetch = async {
        let filter = ec2_tags::scope(look, "subnet-id");
        let mut pages = look
            .aws
            .ec2
            .describe_subnets()
            .filters(filter)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            found.extend(page.map_err(refused)?.subnets.unwrap_or_default());
        }
        Ok(found)
    };
    look.once("subnets", fetch).await
}

/// Ids of the look's subnets that are ours.
pub(super) async fn our_ids(look: &Look) -> Result<Vec<String>, CloudError> {
    let subnets = subnets(look).await?;
    let ours = subnets.iter().filter_map(|subnet| observe(look, subnet));
    Ok(ours.map(|subnet| subnet.id).collect())
}

fn observe(look: &Look, subnet: &Wire) -> Option<Observed<Subnet>> {
    let tags = ec2_tags::read(Some(subnet.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = subnet.subnet_id()?.to_owned();
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Some(Observed {
        outputs: [("id".to_owned(), id.clone())].into(),
        id,
        address: Some(address),
        props: Some(Subnet {
            vpc: text(subnet.vpc_id()),
            cidr: text(subnet.cidr_block()),
            availability_zone: text(subnet.availability_zone()),
            map_public_ip_on_launch: subnet.map_public_ip_on_launch().unwrap_or(false),
        }),
        tags,
        phase: match subnet.state().map(|state| state.as_str()) {
            Some("pending") => Phase::Pending("pending".to_owned()),
            Some(state) if state.starts_with("failed") => Phase::Failed(state.to_owned()),
            _ => Phase::Ready,
        },
        created: None,
        protected: None,
    })
}
