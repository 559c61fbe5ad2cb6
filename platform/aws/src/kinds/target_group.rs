//! A target group of an application load balancer.

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as Wire, TargetGroupAttribute, TargetTypeEnum,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::elb_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// Where a load balancer sends requests, and how it tells healthy targets from others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// VPC of the targets.
    pub vpc: String,
    /// Port on which targets listen, unless a target says otherwise.
    pub port: i32,
    /// `HTTP` (the default) or `HTTPS`.
    #[serde(default = "http")]
    pub protocol: String,
    /// `ip` (the default; what Fargate tasks need) or `instance`.
    #[serde(default = "ip")]
    pub target_type: String,
    /// Seconds that a target on its way out may finish requests, 0 to 3600; default 30.
    #[serde(default = "thirty")]
    pub deregistration_delay_seconds: u32,
    /// How health is checked.
    pub health_check: HealthCheck,
}

/// How a load balancer checks a target's health.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// Path that is asked for, with its leading slash.
    pub path: String,
    /// Seconds between checks, 5 to 300.
    pub interval_seconds: i32,
    /// Seconds after which a check has failed, 2 to 120, less than the interval.
    pub timeout_seconds: i32,
    /// Checks in a row that make a target healthy, 2 to 10.
    pub healthy_threshold: i32,
    /// Failed checks in a row that make a target unhealthy, 2 to 10.
    pub unhealthy_threshold: i32,
    /// Status codes that count as healthy, such as `200` (the default), `200,204` or `200-299`.
    #[serde(default = "ok")]
    pub matcher: String,
}

fn http() -> String {
    "HTTP".to_owned()
}

fn ip() -> String {
    "ip".to_owned()
}

fn thirty() -> u32 {
    30
}

fn ok() -> String {
    "200".to_owned()
}

const DELAY: &str = "deregistration_delay.timeout_seconds";
/// AWS's own delay for a new group, in seconds.
const DELAY_OF_NEW: u32 = 300;

impl Resource for TargetGroup {
    type Cloud = Aws;
    const KIND: &'static str = "target_group";
    const SERVICE: &'static str = "elasticloadbalancing";
    const OUTPUTS: &'static [&'static str] = &["arn", "full_name"];
    const IMMUTABLE: &'static [&'static str] = &["vpc", "port", "protocol", "target_type"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 32,
        generations: true,
        forbidden: &["internal-"],
    };
    /// The EC2 ones are checked by AWS on the caller when a group is made.
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        elb_tags::ACTIONS[0],
        elb_tags::ACTIONS[1],
        elb_tags::ACTIONS[2],
        elb_tags::ACTIONS[3],
        "ec2:DescribeInternetGateways",
        "ec2:DescribeVpcs",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.elb.describe_target_groups();
        let call = match look.focus() {
            Some(Identity { id: Some(arn), .. }) => call.target_group_arns(arn),
            Some(who) => call.names(&who.name),
            None => call,
        };
        let mut pages = call.into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.extend(page.map_err(refused)?.target_groups.unwrap_or_default());
        }
        // Row 27: a new group's ARN may be answered with another group.
        all.retain(|group| {
            look.id()
                .is_none_or(|id| group.target_group_arn() == Some(id))
        });
        let arns = all
            .iter()
            .filter_map(|group| group.target_group_arn.clone());
        let mut tags = elb_tags::of(look, arns.collect()).await?;
        let reads = all.into_iter().filter_map(|group| {
            let tags = tags.remove(group.target_group_arn()?)?;
            owned(look.stack(), &tags)?;
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let read: Read<_> = Box::pin(async move { observe(&aws, &stack, &group, tags).await });
            Some(read)
        });
        Ok(at_once::all(reads.collect())
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let check = &self.health_check;
        let call = aws
            .elb
            .create_target_group()
            .name(&who.name)
            .vpc_id(&self.vpc)
            .port(self.port)
            .protocol(ProtocolEnum::from(self.protocol.as_str()))
            .target_type(TargetTypeEnum::from(self.target_type.as_str()))
            .health_check_path(&check.path)
            .health_check_interval_seconds(check.interval_seconds)
            .health_check_timeout_seconds(check.timeout_seconds)
            .healthy_threshold_count(check.healthy_threshold)
            .unhealthy_threshold_count(check.unhealthy_threshold)
            .matcher(Matcher::builder().http_code(&check.matcher).build())
            .set_tags(Some(elb_tags::wire(&who.tags)));
        let made = call
            .send()
            .await
            .map_err(refused)?
            .target_groups
            .unwrap_or_default();
        let arn = made
            .first()
            .and_then(Wire::target_group_arn)
            .unwrap_or_default();
        let as_new = Self {
            deregistration_delay_seconds: DELAY_OF_NEW,
            ..self.clone()
        };
        let outputs = [
            ("arn", arn.to_owned()),
            ("full_name", elb_tags::full_name(arn)),
        ];
        Ok(Made::usable(arn, as_new, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let arn = who.id()?;
        let (to, from_check) = (&self.health_check, &from.health_check);
        if to != from_check {
            let matcher = Matcher::builder().http_code(&to.matcher).build();
            let call = aws
                .elb
                .modify_target_group()
                .target_group_arn(arn)
                .set_health_check_path(changed(&to.path, &from_check.path))
                .set_health_check_interval_seconds(changed(
                    &to.interval_seconds,
                    &from_check.interval_seconds,
                ))
                .set_health_check_timeout_seconds(changed(
                    &to.timeout_seconds,
                    &from_check.timeout_seconds,
                ))
                .set_healthy_threshold_count(changed(
                    &to.healthy_threshold,
                    &from_check.healthy_threshold,
                ))
                .set_unhealthy_threshold_count(changed(
                    &to.unhealthy_threshold,
                    &from_check.unhealthy_threshold,
                ))
                .set_matcher((to.matcher != from_check.matcher).then_some(matcher));
            call.send().await.map_err(refused)?;
        }
        self.set_delay(aws, arn, from.deregistration_delay_seconds)
            .await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elb.delete_target_group().target_group_arn(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        elb_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("full_name", "{}.arn_suffix")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let check = &self.health_check;
        let check = Body::new()
            .set("path", check.path.as_str())
            .set("interval", check.interval_seconds)
            .set("timeout", check.timeout_seconds)
            .set("healthy_threshold", check.healthy_threshold)
            .set("unhealthy_threshold", check.unhealthy_threshold)
            .set("matcher", check.matcher.as_str());
        let body = Body::new()
            .set("name", elb_tags::name(exported.output("full_name")))
            .set("vpc_id", self.vpc.as_str())
            .set("port", self.port)
            .set("protocol", self.protocol.as_str())
            .set("target_type", self.target_type.as_str())
            .set("deregistration_delay", self.deregistration_delay_seconds)
            .block("health_check", check)
            .tags(exported.tags);
        vec![Block::new("aws_lb_target_group", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("vpc.parent", json!({"cidr": "10.90.0.0/16"}))],
            properties: json!({
                "vpc": "${vpc.parent.id}",
                "port": 8080,
                "health_check": {
                    "path": "/health",
                    "interval_seconds": 15,
                    "timeout_seconds": 5,
                    "healthy_threshold": 2,
                    "unhealthy_threshold": 3,
                },
            }),
            changes: vec![
                ("deregistration_delay_seconds", json!(60)),
                ("health_check.path", json!("/health/ready")),
                ("health_check.interval_seconds", json!(20)),
                ("health_check.timeout_seconds", json!(6)),
                ("health_check.healthy_threshold", json!(4)),
                ("health_check.unhealthy_threshold", json!(5)),
                ("health_check.matcher", json!("200-299")),
            ],
        }
    }
}

fn changed<T: PartialEq + Clone>(to: &T, from: &T) -> Option<T> {
    (to != from).then(|| to.clone())
}

impl TargetGroup {
    async fn set_delay(&self, aws: &Aws, arn: &str, now: u32) -> Result<(), CloudError> {
        if self.deregistration_delay_seconds == now {
            return Ok(());
        }
        let delay = TargetGroupAttribute::builder().key(DELAY);
        let delay = delay
            .value(self.deregistration_delay_seconds.to_string())
            .build();
        let call = aws
            .elb
            .modify_target_group_attributes()
            .target_group_arn(arn);
        call.attributes(delay).send().await.map_err(refused)?;
        Ok(())
    }
}

async fn observe(
    aws: &Aws,
    stack: &str,
    group: &Wire,
    tags: Tags,
) -> Result<Option<Observed<TargetGroup>>, CloudError> {
    let arn = group.target_group_arn().unwrap_or_default();
    let call = aws
        .elb
        .describe_target_group_attributes()
        .target_group_arn(arn);
    let attributes = match call.send().await.map_err(refused) {
        Ok(answer) => answer.attributes.unwrap_or_default(),
        Err(error) if error.fault == Fault::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let delay = attributes
        .iter()
        .find(|attribute| attribute.key() == Some(DELAY));
    let delay = delay
        .and_then(TargetGroupAttribute::value)
        .and_then(|value| value.parse().ok());
    let matcher = group.matcher().and_then(Matcher::http_code);
    Ok(Some(Observed {
        id: arn.to_owned(),
        address: owned(stack, &tags),
        props: Some(TargetGroup {
            vpc: group.vpc_id().unwrap_or_default().to_owned(),
            port: group.port().unwrap_or_default(),
            protocol: group
                .protocol()
                .map(|value| value.as_str().to_owned())
                .unwrap_or_default(),
            target_type: group
                .target_type()
                .map(|value| value.as_str().to_owned())
                .unwrap_or_default(),
            deregistration_delay_seconds: delay.unwrap_or(DELAY_OF_NEW),
            health_check: HealthCheck {
                path: group.health_check_path().unwrap_or_default().to_owned(),
                interval_seconds: group.health_check_interval_seconds().unwrap_or_default(),
                timeout_seconds: group.health_check_timeout_seconds().unwrap_or_default(),
                healthy_threshold: group.healthy_threshold_count().unwrap_or_default(),
                unhealthy_threshold: group.unhealthy_threshold_count().unwrap_or_default(),
                matcher: matcher.unwrap_or_default().to_owned(),
            },
        }),
        outputs: [
            ("arn".to_owned(), arn.to_owned()),
            ("full_name".to_owned(), elb_tags::full_name(arn)),
        ]
        .into(),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    }))
}
