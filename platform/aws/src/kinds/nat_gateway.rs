//! A NAT gateway.

use aws_sdk_ec2::types::{
    ConnectivityType, NatGateway as Wire, NatGatewayAddress, NatGatewayState, ResourceType,
};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ec2_tags;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A public NAT gateway: the way out of subnets whose instances have no public address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NatGateway {
    /// Id of the subnet it stands in; one with a route to an internet gateway.
    pub subnet: String,
    /// Allocation id of its elastic IP, which it alone has.
    pub elastic_ip: String,
}

impl Resource for NatGateway {
    type Cloud = Aws;
    const KIND: &'static str = "nat_gateway";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id", "subnet", "public_ip"];
    const IMMUTABLE: &'static [&'static str] = &["subnet", "elastic_ip"];
    const EXCLUSIVE: &'static [&'static str] = &["elastic_ip"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateNatGateway",
        "ec2:DeleteNatGateway",
        "ec2:DescribeNatGateways",
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    /// Hours, and the figure `nat_gb`: gigabytes it processes in a month, in both directions; none
    /// where nothing is said. Its address is metered by the elastic IP.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let of = |component, quantity, unit, usage_type: &str| {
            Quantity::new(component, quantity, unit, "AmazonEC2", usage_type)
        };
        let data = assumptions.figure("nat_gb", Decimal::ZERO);
        Usage::Metered(vec![
            of(
                "NAT gateway",
                assumptions.hours(Self::KIND),
                "hour",
                "NatGateway-Hours",
            ),
            of("data through it", data, "GB", "NatGateway-Bytes"),
        ])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let filter = ec2_tags::scope(look, "nat-gateway-id");
        let call = look.aws.ec2.describe_nat_gateways().filter(filter);
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?;
            let here = page.nat_gateways().iter();
            found.extend(here.filter_map(|gateway| observe(look, gateway)));
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ec2
            .create_nat_gateway()
            .connectivity_type(ConnectivityType::Public)
            .subnet_id(&self.subnet)
            .allocation_id(&self.elastic_ip)
            .client_token(&who.token)
            .tag_specifications(ec2_tags::on_create(ResourceType::Natgateway, who));
        let answer = call.send().await.map_err(refused)?;
        let made = answer.nat_gateway.and_then(|made| made.nat_gateway_id);
        Ok(Made::unseen(made.unwrap_or_default()))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Both its properties are fixed.
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.ec2.delete_nat_gateway().nat_gateway_id(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("id", "{}.id"),
        ("subnet", "{}.subnet_id"),
        ("public_ip", "{}.public_ip"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("subnet_id", self.subnet.as_str())
            .set("allocation_id", self.elastic_ip.as_str())
            .tags(exported.tags);
        vec![Block::new("aws_nat_gateway", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![
                ("vpc.parent", json!({"cidr": "10.90.0.0/16"})),
                (
                    "internet_gateway.parent",
                    json!({"vpc": "${vpc.parent.id}"}),
                ),
                (
                    "subnet.parent",
                    json!({
                        "vpc": "${internet_gateway.parent.vpc}",
                        "cidr": "10.90.1.0/24",
                        "availability_zone": "ca-central-1a",
                    }),
                ),
                ("elastic_ip.parent", json!({})),
            ],
            properties: json!({
                "subnet": "${subnet.parent.id}",
                "elastic_ip": "${elastic_ip.parent.id}",
            }),
            changes: vec![],
        }
    }
}

/// `None` for what is not the stack's, and for a deleted one, which stays listed for about an hour
/// (aws-behaviours row 19).
fn observe(look: &Look, gateway: &Wire) -> Option<Observed<NatGateway>> {
    let tags = ec2_tags::read(Some(gateway.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = gateway.nat_gateway_id()?.to_owned();
    let phase = phase(gateway, look.focus().is_some())?;
    let first = gateway.nat_gateway_addresses().first();
    let text = |part: fn(&NatGatewayAddress) -> Option<&str>| {
        first.and_then(part).unwrap_or_default().to_owned()
    };
    let subnet = gateway.subnet_id().unwrap_or_default().to_owned();
    let public_ip = text(NatGatewayAddress::public_ip);
    let mut outputs = Outputs::from([
        ("id".to_owned(), id.clone()),
        ("subnet".to_owned(), subnet.clone()),
    ]);
    if !public_ip.is_empty() {
        outputs.insert("public_ip".to_owned(), public_ip);
    }
    Some(Observed {
        id,
        address: Some(address),
        props: Some(NatGateway {
            subnet,
            elastic_ip: text(NatGatewayAddress::allocation_id),
        }),
        outputs,
        tags,
        phase,
        created: timestamp(gateway.create_time()),
        protected: None,
    })
}

/// Who waits for a gateway hears that it failed and why. To everybody else a failed one is on its
/// way out: AWS lets go of its address and removes it by itself after about an hour.
fn phase(gateway: &Wire, is_waited_on: bool) -> Option<Phase> {
    Some(match gateway.state()? {
        NatGatewayState::Pending => Phase::Pending("pending".to_owned()),
        NatGatewayState::Deleted => return None,
        NatGatewayState::Failed if is_waited_on => {
            let parts = [gateway.failure_code(), gateway.failure_message()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            Phase::Failed(parts.join(": "))
        }
        NatGatewayState::Failed | NatGatewayState::Deleting => Phase::Deleting,
        _ => Phase::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_gateway_says_why_to_who_waits_for_it_and_counts_as_gone_else() {
        let gateway = |state: NatGatewayState| {
            Wire::builder()
                .state(state)
                .failure_code("InsufficientFreeAddressesInSubnet")
                .failure_message("Subnet has insufficient free addresses")
                .build()
        };
        let why = "InsufficientFreeAddressesInSubnet: Subnet has insufficient free addresses";
        let failed = gateway(NatGatewayState::Failed);
        assert_eq!(phase(&failed, true), Some(Phase::Failed(why.to_owned())));
        assert_eq!(phase(&failed, false), Some(Phase::Deleting));
        let states = [
            (
                NatGatewayState::Pending,
                Some(Phase::Pending("pending".to_owned())),
            ),
            (NatGatewayState::Available, Some(Phase::Ready)),
            (NatGatewayState::Deleting, Some(Phase::Deleting)),
            (NatGatewayState::Deleted, None),
        ];
        for (state, expect) in states {
            assert_eq!(phase(&gateway(state), true), expect);
        }
    }
}
