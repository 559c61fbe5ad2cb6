//! A public IPv4 address that stays the same.

use aws_sdk_ec2::types::{Address as Wire, DomainType, ResourceType};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ec2_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A public IPv4 address that stays the same, of Amazon's own pool and for use in a VPC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticIp {
    /// Where the address is announced from: the region's own name, or a Local Zone group; AWS takes
    /// the region where it is left out.
    #[serde(default)]
    pub network_border_group: Option<String>,
}

impl Resource for ElasticIp {
    type Cloud = Aws;
    const KIND: &'static str = "elastic_ip";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id", "public_ip"];
    const IMMUTABLE: &'static [&'static str] = &["network_border_group"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:AllocateAddress",
        "ec2:DescribeAddresses",
        "ec2:ReleaseAddress",
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    /// Every public IPv4 address is paid for by the hour, that of a NAT gateway as well. One that
    /// nothing uses costs the same under another usage type; it is metered as in use, since a stack
    /// has no idle one.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "public IPv4 address",
            assumptions.hours(Self::KIND),
            "hour",
            "AmazonVPC",
            "PublicIPv4:InUseAddress",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let filter = ec2_tags::scope(look, "allocation-id");
        let call = look.aws.ec2.describe_addresses().filters(filter);
        let answer = call.send().await.map_err(refused)?;
        let found = answer.addresses().iter();
        Ok(found.filter_map(|address| observe(look, address)).collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ec2
            .allocate_address()
            .domain(DomainType::Vpc)
            .set_network_border_group(self.network_border_group.clone())
            .tag_specifications(ec2_tags::on_create(ResourceType::ElasticIp, who));
        let answer = call.send().await.map_err(refused)?;
        let id = answer.allocation_id.unwrap_or_default();
        let outputs = [
            ("id", id.clone()),
            ("public_ip", answer.public_ip.unwrap_or_default()),
        ];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Its one property is fixed.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.ec2.release_address().allocation_id(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("id", "{}.id"), ("public_ip", "{}.public_ip")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("domain", "vpc")
            .set("network_border_group", self.network_border_group.as_deref())
            .tags(exported.tags);
        vec![Block::new("aws_eip", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({}),
            changes: vec![],
        }
    }
}

fn observe(look: &Look, address: &Wire) -> Option<Observed<ElasticIp>> {
    let tags = ec2_tags::read(Some(address.tags()));
    let ours = owned(look.stack(), &tags)?;
    let id = address.allocation_id()?.to_owned();
    let public_ip = address.public_ip().unwrap_or_default().to_owned();
    Some(Observed {
        address: Some(ours),
        props: Some(ElasticIp {
            network_border_group: address.network_border_group.clone(),
        }),
        outputs: [
            ("id".to_owned(), id.clone()),
            ("public_ip".to_owned(), public_ip),
        ]
        .into(),
        id,
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
