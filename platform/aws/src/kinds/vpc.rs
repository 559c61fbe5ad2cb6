//! A virtual private cloud.

use aws_sdk_ec2::types::{
    AttributeBooleanValue, ResourceType, Vpc as Wire, VpcAttributeName, VpcState,
};
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

/// A virtual private cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// IPv4 range in CIDR notation, /16 to /28.
    #[serde(deserialize_with = "cidr::range")]
    pub cidr: String,
    /// Whether the Amazon DNS server answers in the VPC.
    #[serde(default = "yes")]
    pub enable_dns_support: bool,
    /// Whether instances with public addresses get public DNS names.
    #[serde(default = "yes")]
    pub enable_dns_hostnames: bool,
}

fn yes() -> bool {
    true
}

impl Resource for Vpc {
    type Cloud = Aws;
    const KIND: &'static str = "vpc";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["cidr"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateVpc",
        "ec2:DeleteVpc",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        blockers::ACTION,
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let filter = ec2_tags::scope(look, "vpc-id");
        let mut pages = look
            .aws
            .ec2
            .describe_vpcs()
            .filters(filter)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            for vpc in page.map_err(refused)?.vpcs() {
                found.extend(observe(look, vpc).await?);
            }
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let answer = aws
            .ec2
            .create_vpc()
            .cidr_block(&self.cidr)
            .tag_specifications(ec2_tags::on_create(ResourceType::Vpc, who))
            .send()
            .await
            .map_err(refused)?;
        let made = answer
            .vpc
            .map(|made| (made.vpc_id.unwrap_or_default(), made.state));
        let (id, state) = made.unwrap_or_default();
        if state != Some(VpcState::Available) {
            return Ok(Made::unseen(id));
        }
        let outputs = [("id", id.clone())];
        let as_new = Self {
            enable_dns_support: true,
            enable_dns_hostnames: false,
            ..self.clone()
        };
        Ok(Made::usable(id, as_new, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let now = (from.enable_dns_support, from.enable_dns_hostnames);
        self.set_attributes(aws, who.id()?, now).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        match aws
            .ec2
            .delete_vpc()
            .vpc_id(id)
            .send()
            .await
            .map_err(refused)
        {
            Ok(_) => Ok(()),
            Err(error) => Err(blockers::explain(error, inside(aws, id)).await),
        }
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("cidr_block", self.cidr.as_str())
            .set("enable_dns_support", self.enable_dns_support)
            .set("enable_dns_hostnames", self.enable_dns_hostnames)
            .tags(exported.tags);
        vec![Block::new("aws_vpc", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"cidr": "10.90.0.0/16"}),
            changes: vec![
                ("enable_dns_support", json!(false)),
                ("enable_dns_hostnames", json!(false)),
            ],
        }
    }
}

impl Vpc {
    /// One attribute a call: EC2 refuses both at once. Host names need support, so support is
    /// switched on first and off last.
    async fn set_attributes(
        &self,
        aws: &Aws,
        id: &str,
        now: (bool, bool),
    ) -> Result<(), CloudError> {
        let flag = |value| AttributeBooleanValue::builder().value(value).build();
        let support = (self.enable_dns_support != now.0).then_some(self.enable_dns_support);
        let hostnames = (self.enable_dns_hostnames != now.1).then_some(self.enable_dns_hostnames);
        let modify = || aws.ec2.modify_vpc_attribute().vpc_id(id);
        if support == Some(true) {
            modify()
                .enable_dns_support(flag(true))
                .send()
                .await
                .map_err(refused)?;
        }
        if let Some(value) = hostnames {
            modify()
                .enable_dns_hostnames(flag(value))
                .send()
                .await
                .map_err(refused)?;
        }
        if support == Some(false) {
            modify()
                .enable_dns_support(flag(false))
                .send()
                .await
                .map_err(refused)?;
        }
        Ok(())
    }
}

async fn observe(look: &Look, vpc: &Wire) -> Result<Option<Observed<Vpc>>, CloudError> {
    let tags = ec2_tags::read(Some(vpc.tags()));
    let (Some(id), Some(address)) = (vpc.vpc_id(), owned(look.stack(), &tags)) else {
        return Ok(None);
    };
    let attribute = |name| {
        let ec2 = &look.aws.ec2;
        ec2.describe_vpc_attribute()
            .vpc_id(id)
            .attribute(name)
            .send()
    };
    let (support, hostnames) = tokio::try_join!(
        attribute(VpcAttributeName::EnableDnsSupport),
        attribute(VpcAttributeName::EnableDnsHostnames),
    )
    .map_err(refused)?;
    let is_on = |value: Option<AttributeBooleanValue>| value.and_then(|v| v.value).unwrap_or(false);
    Ok(Some(Observed {
        id: id.to_owned(),
        address: Some(address),
        props: Some(Vpc {
            cidr: vpc.cidr_block().unwrap_or_default().to_owned(),
            enable_dns_support: is_on(support.enable_dns_support),
            enable_dns_hostnames: is_on(hostnames.enable_dns_hostnames),
        }),
        outputs: [("id".to_owned(), id.to_owned())].into(),
        tags,
        phase: match vpc.state().map(|state| state.as_str()) {
            Some("pending") => Phase::Pending("pending".to_owned()),
            _ => Phase::Ready,
        },
        created: None,
        protected: None,
    }))
}

/// What keeps a VPC from being deleted; what came with it (its default security group, its main
/// route table) goes with it.
async fn inside(aws: &Aws, id: &str) -> Result<Vec<String>, CloudError> {
    let here = || filter("vpc-id", id);
    let ec2 = &aws.ec2;
    let mut found = blockers::interfaces(aws, vec![here()]).await?;
    let subnets = ec2.describe_subnets().filters(here()).send();
    let tables = ec2.describe_route_tables().filters(here()).send();
    let groups = ec2.describe_security_groups().filters(here()).send();
    let gateways = ec2
        .describe_internet_gateways()
        .filters(filter("attachment.vpc-id", id))
        .send();
    let endpoints = ec2.describe_vpc_endpoints().filters(here()).send();
    let subnets = subnets.await.map_err(refused)?;
    found.extend(
        subnets
            .subnets()
            .iter()
            .filter_map(|subnet| subnet.subnet_id.clone()),
    );
    for table in tables.await.map_err(refused)?.route_tables() {
        if !table
            .associations()
            .iter()
            .any(|seen| seen.main().unwrap_or(false))
        {
            found.extend(table.route_table_id.clone());
        }
    }
    for group in groups.await.map_err(refused)?.security_groups() {
        if group.group_name() != Some("default") {
            found.extend(group.group_id.clone());
        }
    }
    let gateways = gateways.await.map_err(refused)?;
    found.extend(
        gateways
            .internet_gateways()
            .iter()
            .filter_map(|seen| seen.internet_gateway_id.clone()),
    );
    let endpoints = endpoints.await.map_err(refused)?;
    found.extend(
        endpoints
            .vpc_endpoints()
            .iter()
            .filter_map(|seen| seen.vpc_endpoint_id.clone()),
    );
    Ok(found)
}
