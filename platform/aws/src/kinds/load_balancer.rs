//! An application load balancer.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer as Wire, LoadBalancerSchemeEnum};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::when::timestamp;
use super::{balancer_attributes as attributes, elb_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// An application load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// Id of the VPC its subnets and security groups are in; it cannot move to another.
    pub vpc: String,
    /// `internet-facing` (the default) or `internal`.
    #[serde(default = "internet_facing")]
    pub scheme: String,
    /// Subnets in at least two availability zones, one each.
    pub subnets: BTreeSet<String>,
    /// Security groups of its network interfaces.
    pub security_groups: BTreeSet<String>,
    /// Seconds after which an idle connection is closed, 1 to 4000; default 60.
    #[serde(default = "minute")]
    pub idle_timeout_seconds: u32,
    /// Whether header fields with invalid names are dropped rather than passed on; default true.
    #[serde(default = "yes")]
    pub drop_invalid_header_fields: bool,
    /// Whether AWS refuses to delete it; default false.
    #[serde(default)]
    pub deletion_protection: bool,
}

/// Capacity units at the scale of a few calls an hour: 0.05 (a real bill showed less).
const IDLE_UNITS: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

fn internet_facing() -> String {
    "internet-facing".to_owned()
}

fn minute() -> u32 {
    60
}

fn yes() -> bool {
    true
}

impl Resource for LoadBalancer {
    type Cloud = Aws;
    const KIND: &'static str = "load_balancer";
    const SERVICE: &'static str = "elasticloadbalancing";
    const OUTPUTS: &'static [&'static str] = &["arn", "dns_name", "hosted_zone", "full_name"];
    const IMMUTABLE: &'static [&'static str] = &["vpc", "scheme"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 32,
        generations: true,
        forbidden: &["internal-"],
    };
    /// The EC2 and IAM ones are checked by AWS on the caller when a load balancer is made or moved.
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        elb_tags::ACTIONS[0],
        elb_tags::ACTIONS[1],
        elb_tags::ACTIONS[2],
        elb_tags::ACTIONS[3],
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAddresses",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "iam:CreateServiceLinkedRole",
    ];

    /// An internet-facing one has a public address in each of its subnets.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let hours = assumptions.hours(Self::KIND);
        let units = assumptions.figure("load_balancer_capacity_units", IDLE_UNITS);
        let of = |component, quantity, unit, usage_type: &str| {
            Quantity::new(component, quantity, unit, "AWSELB", usage_type)
        };
        let mut all = vec![
            of("load balancer", hours, "hour", "LoadBalancerUsage"),
            of("capacity units", units * hours, "LCU-hour", "LCUUsage"),
        ];
        if self.scheme == internet_facing() {
            all.push(Quantity::new(
                "public IPv4 addresses",
                Decimal::from(self.subnets.len()) * hours,
                "hour",
                "AmazonVPC",
                "PublicIPv4:InUseAddress",
            ));
        }
        Usage::Metered(all)
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = match look.focus() {
            Some(who) => {
                let call = look.aws.elb.describe_load_balancers();
                let call = match &who.id {
                    Some(arn) => call.load_balancer_arns(arn),
                    None => call.names(&who.name),
                };
                let answer = call.send().await.map_err(refused)?;
                let all = answer.load_balancers.unwrap_or_default();
                Arc::new(of_stack(look, all).await?)
            }
            None => of_look(look).await?,
        };
        let reads = found.iter().cloned().map(|(balancer, tags)| {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let read: Read<_> =
                Box::pin(async move { observe(&aws, &stack, &balancer, tags).await });
            read
        });
        Ok(at_once::all(reads.collect())
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .elb
            .create_load_balancer()
            .name(&who.name)
            .scheme(LoadBalancerSchemeEnum::from(self.scheme.as_str()))
            .set_subnets(Some(self.subnets.iter().cloned().collect()))
            .set_security_groups(Some(self.security_groups.iter().cloned().collect()))
            .set_tags(Some(elb_tags::wire(&who.tags)));
        let made = call
            .send()
            .await
            .map_err(refused)?
            .load_balancers
            .unwrap_or_default();
        let arn = made
            .first()
            .and_then(Wire::load_balancer_arn)
            .unwrap_or_default();
        Ok(Made::unseen(arn))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let arn = who.id()?;
        if self.security_groups != from.security_groups {
            let call = aws.elb.set_security_groups().load_balancer_arn(arn);
            let call =
                call.set_security_groups(Some(self.security_groups.iter().cloned().collect()));
            call.send().await.map_err(refused)?;
        }
        if self.subnets != from.subnets {
            let call = aws.elb.set_subnets().load_balancer_arn(arn);
            let call = call.set_subnets(Some(self.subnets.iter().cloned().collect()));
            call.send().await.map_err(refused)?;
        }
        attributes::set(aws, arn, attributes::of(self), &attributes::of(from)).await
    }

    /// Other subnets need other network interfaces; its other settings are there at once.
    fn settles(&self, from: &Self) -> bool {
        self.subnets != from.subnets
    }

    /// Its network interfaces go minutes later (aws-behaviours row 14); until then its security
    /// groups and subnets answer `DependencyViolation`, which their own deletes wait out.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let arn = who.id()?;
        // The plan refuses a protected one unless told otherwise, so this is wanted (row 25).
        attributes::unprotect(aws, arn).await?;
        let call = aws.elb.delete_load_balancer().load_balancer_arn(arn);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        elb_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("arn", "{}.arn"),
        ("dns_name", "{}.dns_name"),
        ("hosted_zone", "{}.zone_id"),
        ("full_name", "{}.arn_suffix"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", elb_tags::name(exported.output("full_name")))
            .set("load_balancer_type", "application")
            .set("internal", self.scheme == "internal")
            .list("subnets", self.subnets.iter().cloned())
            .list("security_groups", self.security_groups.iter().cloned())
            .set("idle_timeout", self.idle_timeout_seconds)
            .set(
                "drop_invalid_header_fields",
                self.drop_invalid_header_fields,
            )
            .set("enable_deletion_protection", self.deletion_protection)
            .tags(exported.tags);
        vec![Block::new("aws_lb", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: sample::network(),
            properties: json!({
                "vpc": "${vpc.parent.id}",
                "subnets": sample::TWO_SUBNETS,
                "security_groups": ["${security_group.parent.id}"],
                "deletion_protection": true,
            }),
            changes: vec![
                // First, so that what follows can be torn down.
                ("deletion_protection", json!(false)),
                ("subnets", json!(sample::OTHER_TWO_SUBNETS)),
                ("security_groups", json!(["${security_group.other.id}"])),
                ("idle_timeout_seconds", json!(120)),
                ("drop_invalid_header_fields", json!(false)),
            ],
        }
    }
}

/// The stack's load balancers with their tags: one read for all kinds that hang on them.
pub(super) async fn of_look(look: &Look) -> Result<Arc<Vec<(Wire, Tags)>>, CloudError> {
    look.once("load_balancers", async {
        let mut pages = look
            .aws
            .elb
            .describe_load_balancers()
            .into_paginator()
            .send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.extend(page.map_err(refused)?.load_balancers.unwrap_or_default());
        }
        of_stack(look, all).await
    })
    .await
}

async fn of_stack(look: &Look, all: Vec<Wire>) -> Result<Vec<(Wire, Tags)>, CloudError> {
    let arns = all
        .iter()
        .filter_map(|balancer| balancer.load_balancer_arn.clone());
    let mut tags = elb_tags::of(look, arns.collect()).await?;
    let tagged = all.into_iter().filter_map(|balancer| {
        let tags = tags.remove(balancer.load_balancer_arn()?)?;
        owned(look.stack(), &tags).map(|_| (balancer, tags))
    });
    Ok(tagged.collect())
}

async fn observe(
    aws: &Aws,
    stack: &str,
    balancer: &Wire,
    tags: Tags,
) -> Result<Option<Observed<LoadBalancer>>, CloudError> {
    let arn = balancer.load_balancer_arn().unwrap_or_default();
    let set = match attributes::read(aws, arn).await {
        Ok(set) => set,
        Err(error) if error.fault == Fault::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let protected = set.deletion_protection;
    let outputs = [
        ("arn", arn.to_owned()),
        (
            "dns_name",
            balancer.dns_name().unwrap_or_default().to_owned(),
        ),
        (
            "hosted_zone",
            balancer
                .canonical_hosted_zone_id()
                .unwrap_or_default()
                .to_owned(),
        ),
        ("full_name", elb_tags::full_name(arn)),
    ];
    let zones = balancer.availability_zones().iter();
    Ok(Some(Observed {
        id: arn.to_owned(),
        address: owned(stack, &tags),
        props: Some(LoadBalancer {
            vpc: balancer.vpc_id().unwrap_or_default().to_owned(),
            scheme: balancer
                .scheme()
                .map(|scheme| scheme.as_str().to_owned())
                .unwrap_or_default(),
            subnets: zones
                .filter_map(|zone| zone.subnet_id().map(str::to_owned))
                .collect(),
            security_groups: balancer.security_groups().iter().cloned().collect(),
            idle_timeout_seconds: set.idle_timeout_seconds,
            drop_invalid_header_fields: set.drop_invalid_header_fields,
            deletion_protection: protected,
        }),
        outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
        tags,
        phase: phase(balancer),
        created: timestamp(balancer.created_time()),
        protected: protected.then(|| "deletion protection is on".to_owned()),
    }))
}

/// `active_impaired` serves, with less room to grow; it is for an alarm, not for a plan.
fn phase(balancer: &Wire) -> Phase {
    let state = balancer.state();
    match state
        .and_then(|state| state.code())
        .map(|code| code.as_str())
    {
        Some("provisioning") => Phase::Pending("provisioning".to_owned()),
        Some("failed") => {
            let reason = state
                .and_then(|state| state.reason())
                .unwrap_or("no reason given");
            Phase::Failed(reason.to_owned())
        }
        _ => Phase::Ready,
    }
}
