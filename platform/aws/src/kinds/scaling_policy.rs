//! What a service is scaled by: a metric that is held at a value.

use std::sync::Arc;

use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalingPolicy as Wire, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration as Tracking,
};
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
use super::number::Number;
use super::when::timestamp;
use super::{sample, scaling_target};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

mod custom_metric;

pub use custom_metric::CustomMetric;

/// A target tracking policy: tasks are added and removed so that a metric stays at a value. It has
/// exactly one metric, predefined or custom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalingPolicy {
    /// What is scaled: the `resource` of a scaling target.
    pub target: String,
    /// Its name, unique for the target.
    pub policy_name: String,
    /// `ECSServiceAverageCPUUtilization` or `ECSServiceAverageMemoryUtilization`, in percent.
    #[serde(default)]
    pub predefined_metric: Option<String>,
    /// A metric of CloudWatch that falls as tasks are added.
    #[serde(default)]
    pub custom_metric: Option<CustomMetric>,
    /// The value the metric is held at.
    pub target_value: Number,
    /// Seconds after tasks were added before more are; default 300, as AWS's for ECS.
    #[serde(default = "five_minutes")]
    pub scale_out_cooldown_seconds: i32,
    /// Seconds after tasks were removed before more are; default 300, as AWS's for ECS.
    #[serde(default = "five_minutes")]
    pub scale_in_cooldown_seconds: i32,
    /// Whether the policy only ever adds tasks; default false.
    #[serde(default)]
    pub disable_scale_in: bool,
}

fn five_minutes() -> i32 {
    300
}

/// Alarms that a target tracking policy makes for itself: one to scale out, one to scale in.
const ALARMS: u32 = 2;

impl Resource for ScalingPolicy {
    type Cloud = Aws;
    const KIND: &'static str = "scaling_policy";
    const SERVICE: &'static str = "application-autoscaling";
    const OUTPUTS: &'static [&'static str] = &["arn"];
    const IMMUTABLE: &'static [&'static str] = &["target", "policy_name"];
    const EXCLUSIVE: &'static [&'static str] = &["target", "policy_name"];
    const OWNED_BY: Owner = Owner::Parent("scaling_target");
    const NAMING: Naming = Naming::Unnamed;
    /// The ones of CloudWatch are for the policy's own alarms (Application Auto Scaling user guide,
    /// identity-based policies).
    const ACTIONS: &'static [&'static str] = &[
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:PutScalingPolicy",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:PutMetricAlarm",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:ListClusters",
        "ecs:ListServices",
    ];

    /// The policy itself is free; the alarms it makes are billed as any.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "alarms of the scaling policy",
            Decimal::from(ALARMS) * assumptions.months(Self::KIND),
            "alarm-month",
            "AmazonCloudWatch",
            "CW:AlarmMonitorUsage",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let (targets, name) = match look.id() {
            Some(id) => {
                let (target, name) = parts(id)?;
                let target = Arc::new(scaling_target::one(look, target).await?);
                (target, Some(name.to_owned()))
            }
            None => (scaling_target::of_look(look).await?, None),
        };
        let reads = targets.iter().map(|target| {
            let (aws, id, name) = (look.aws.clone(), target.resource_id.clone(), name.clone());
            let read: Read<_> = Box::pin(async move { described(&aws, &id, name).await });
            read
        });
        let found = at_once::all(reads.collect()).await?;
        Ok(found
            .into_iter()
            .flatten()
            .map(|one| observe(&one))
            .collect())
    }

    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        let arn = self.put(aws).await?;
        let id = format!("{}/{}", self.target, self.policy_name);
        Ok(Made::usable(id, self.clone(), [("arn", arn)]))
    }

    async fn update(&self, aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.put(aws).await?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let (target, name) = parts(who.id()?)?;
        let call = aws
            .autoscaling
            .delete_scaling_policy()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(scaling_target::DIMENSION)
            .resource_id(target)
            .policy_name(name);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Owned through its target: it has no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let metric = match (&self.predefined_metric, &self.custom_metric) {
            (Some(metric), _) => Body::new().block(
                "predefined_metric_specification",
                Body::new().set("predefined_metric_type", metric.as_str()),
            ),
            (None, Some(metric)) => {
                Body::new().block("customized_metric_specification", metric.terraform())
            }
            (None, None) => Body::new(),
        };
        let tracking = metric
            .set("target_value", json!(self.target_value))
            .set("scale_out_cooldown", self.scale_out_cooldown_seconds)
            .set("scale_in_cooldown", self.scale_in_cooldown_seconds)
            .set("disable_scale_in", self.disable_scale_in);
        let body = Body::new()
            .set("name", self.policy_name.as_str())
            .set("policy_type", "TargetTrackingScaling")
            .set("service_namespace", "ecs")
            .set("scalable_dimension", scaling_target::DIMENSION.as_str())
            .set("resource_id", self.target.as_str())
            .block("target_tracking_scaling_policy_configuration", tracking);
        let import = format!(
            "ecs/{}/{}/{}",
            exported.text("target"),
            scaling_target::DIMENSION.as_str(),
            self.policy_name
        );
        vec![Block::new("aws_appautoscaling_policy", import, body)]
    }

    fn example() -> Example {
        let mut parents = sample::service_parents();
        parents.extend([
            ("ecs_service.parent", sample::service()),
            (
                "scaling_target.parent",
                json!({
                    "cluster": "${ecs_cluster.parent.name}",
                    "service": "${ecs_service.parent.name}",
                    "min_capacity": 0,
                    "max_capacity": 3,
                }),
            ),
        ]);
        Example {
            parents,
            properties: json!({
                "target": "${scaling_target.parent.resource}",
                "policy_name": "cpu",
                "predefined_metric": "ECSServiceAverageCPUUtilization",
                "target_value": 60,
            }),
            changes: vec![
                (
                    "predefined_metric",
                    json!("ECSServiceAverageMemoryUtilization"),
                ),
                ("target_value", json!(70.5)),
                ("scale_out_cooldown_seconds", json!(60)),
                ("scale_in_cooldown_seconds", json!(600)),
                ("disable_scale_in", json!(true)),
            ],
        }
    }
}

impl ScalingPolicy {
    /// Makes it, or replaces all of its settings: one call for both, which answers the ARN.
    async fn put(&self, aws: &Aws) -> Result<String, CloudError> {
        let metric = self.predefined_metric.as_deref().map(|name| {
            PredefinedMetricSpecification::builder()
                .predefined_metric_type(MetricType::from(name))
                .build()
                .map_err(unbuilt)
        });
        let custom = self.custom_metric.as_ref().map(CustomMetric::wire);
        let tracking = Tracking::builder()
            .target_value(self.target_value.value())
            .set_predefined_metric_specification(metric.transpose()?)
            .set_customized_metric_specification(custom.transpose()?)
            .scale_out_cooldown(self.scale_out_cooldown_seconds)
            .scale_in_cooldown(self.scale_in_cooldown_seconds)
            .disable_scale_in(self.disable_scale_in);
        let call = aws
            .autoscaling
            .put_scaling_policy()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(scaling_target::DIMENSION)
            .resource_id(&self.target)
            .policy_name(&self.policy_name)
            .policy_type(PolicyType::TargetTrackingScaling)
            .target_tracking_scaling_policy_configuration(tracking.build().map_err(unbuilt)?);
        let answer = call.send().await.map_err(refused)?;
        Ok(answer.policy_arn)
    }
}

fn unbuilt(why: impl std::fmt::Display) -> CloudError {
    CloudError::new(
        Fault::Rejected,
        "applicationautoscaling",
        "PutScalingPolicy",
        why.to_string(),
    )
}

/// Our id is `service/<cluster>/<service>/<policy>`: the calls take these, not the ARN.
fn parts(id: &str) -> Result<(&str, &str), CloudError> {
    let mut slashes = id.match_indices('/').map(|(at, _)| at);
    match slashes.nth(2) {
        Some(at) => Ok((&id[..at], &id[at + 1..])),
        None => Err(unbuilt(format!(
            "`{id}` is not service/<cluster>/<service>/<policy>; this is a bug in bella"
        ))),
    }
}

/// The policies of one target, or the one of that name.
async fn described(aws: &Aws, target: &str, name: Option<String>) -> Result<Vec<Wire>, CloudError> {
    let call = aws
        .autoscaling
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(scaling_target::DIMENSION)
        .resource_id(target)
        .set_policy_names(name.map(|name| vec![name]));
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.extend(page.map_err(refused)?.scaling_policies.unwrap_or_default());
    }
    Ok(found)
}

/// A policy of another type, which somebody else made, shows without a metric.
fn observe(policy: &Wire) -> Observed<ScalingPolicy> {
    let tracking = policy.target_tracking_scaling_policy_configuration();
    let metric = tracking.and_then(|tracking| tracking.predefined_metric_specification());
    let custom = tracking.and_then(|tracking| tracking.customized_metric_specification());
    let cooldown = |seconds: Option<i32>| seconds.unwrap_or_else(five_minutes);
    Observed {
        id: format!("{}/{}", policy.resource_id(), policy.policy_name()),
        address: None,
        props: Some(ScalingPolicy {
            target: policy.resource_id().to_owned(),
            policy_name: policy.policy_name().to_owned(),
            predefined_metric: metric
                .map(|metric| metric.predefined_metric_type().as_str().to_owned()),
            custom_metric: custom.map(CustomMetric::of),
            target_value: Number::new(tracking.map_or(0.0, Tracking::target_value)),
            scale_out_cooldown_seconds: cooldown(tracking.and_then(Tracking::scale_out_cooldown)),
            scale_in_cooldown_seconds: cooldown(tracking.and_then(Tracking::scale_in_cooldown)),
            disable_scale_in: tracking
                .and_then(Tracking::disable_scale_in)
                .unwrap_or(false),
        }),
        outputs: [("arn".to_owned(), policy.policy_arn().to_owned())].into(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: timestamp(Some(policy.creation_time())),
        protected: None,
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_policy_may_have_a_slash_in_its_name() {
        assert_eq!(
            parts("service/c/s/a/b").map_err(|why| why.message),
            Ok(("service/c/s", "a/b"))
        );
        assert!(parts("service/c/s").is_err());
    }
}
