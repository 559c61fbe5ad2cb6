//! Between how many tasks a service may be scaled.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget as Wire, ServiceNamespace,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::when::timestamp;
use super::{ecs_service, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// Between how many tasks Application Auto Scaling may keep a service of ECS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalingTarget {
    /// Name of the service's cluster.
    pub cluster: String,
    /// Name of the service.
    pub service: String,
    /// Tasks at the least; null leaves the number alone, as where a schedule sets it (a new target
    /// starts with 0).
    #[serde(default)]
    pub min_capacity: Option<i32>,
    /// Tasks at the most.
    pub max_capacity: i32,
}

/// DescribeScalableTargets takes so many ids, and gives so many a page.
const BATCH: usize = 50;

/// The one property of a service that is scaled.
pub(super) const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

impl Resource for ScalingTarget {
    type Cloud = Aws;
    const KIND: &'static str = "scaling_target";
    const SERVICE: &'static str = "application-autoscaling";
    const OUTPUTS: &'static [&'static str] = &["resource", "service"];
    const IMMUTABLE: &'static [&'static str] = &["cluster", "service"];
    const EXCLUSIVE: &'static [&'static str] = &["cluster", "service"];
    const OWNED_BY: Owner = Owner::Parent("ecs_service");
    const NAMING: Naming = Naming::Unnamed;
    /// The service-linked role `AWSServiceRoleForApplicationAutoScaling_ECSService` is made by
    /// RegisterScalableTarget on the caller's behalf.
    const ACTIONS: &'static [&'static str] = &[
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:RegisterScalableTarget",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:UpdateService",
        "iam:CreateServiceLinkedRole",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = match look.id() {
            Some(id) => Arc::new(one(look, id).await?),
            None => of_look(look).await?,
        };
        Ok(found.iter().filter_map(observe).collect())
    }

    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        let id = format!("service/{}/{}", self.cluster, self.service);
        let min = self.min_capacity.unwrap_or(0);
        self.register(aws, &id, Some(min)).await?;
        let now = Self {
            min_capacity: Some(min),
            ..self.clone()
        };
        let outputs = [("resource", id.clone()), ("service", self.service.clone())];
        Ok(Made::usable(id, now, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.register(aws, who.id()?, self.min_capacity).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    /// Its policies, and the alarms of these, go with it.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws
            .autoscaling
            .deregister_scalable_target()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(DIMENSION);
        call.resource_id(who.id()?).send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Owned through its service: it has no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("resource", "{}.resource_id"),
        ("service", "split(\"/\", {}.resource_id)[2]"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let live = exported.live["min_capacity"].as_i64();
        let body = Body::new()
            .set("service_namespace", "ecs")
            .set("scalable_dimension", DIMENSION.as_str())
            .set(
                "resource_id",
                format!("service/{}/{}", self.cluster, self.service),
            )
            .set("min_capacity", self.min_capacity.map(i64::from).or(live))
            .set("max_capacity", self.max_capacity);
        let body = match self.min_capacity {
            Some(_) => body,
            None => body.ignore_changes("A schedule sets it.", &["min_capacity"]),
        };
        let import = format!("ecs/{}/{}", exported.output("resource"), DIMENSION.as_str());
        vec![Block::new("aws_appautoscaling_target", import, body)]
    }

    fn example() -> Example {
        let mut parents = sample::service_parents();
        parents.push(("ecs_service.parent", sample::service()));
        Example {
            parents,
            properties: json!({
                "cluster": "${ecs_cluster.parent.name}",
                "service": "${ecs_service.parent.name}",
                "min_capacity": 0,
                "max_capacity": 3,
            }),
            changes: vec![("min_capacity", json!(1)), ("max_capacity", json!(5))],
        }
    }
}

impl ScalingTarget {
    /// Registers, or changes what is registered: one call for both. What is left out stays.
    async fn register(&self, aws: &Aws, id: &str, min: Option<i32>) -> Result<(), CloudError> {
        let call = aws
            .autoscaling
            .register_scalable_target()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(DIMENSION)
            .resource_id(id)
            .set_min_capacity(min)
            .max_capacity(self.max_capacity);
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

/// The scalable targets of the stack's services, read once a look; no call where it has no service.
pub(super) async fn of_look(look: &Look) -> Result<Arc<Vec<Wire>>, CloudError> {
    look.once("scalable_targets", async {
        let services = ecs_service::of_look(look).await?;
        let names: BTreeSet<String> = services
            .iter()
            .filter_map(|service| ecs_service::scaled_as(look.stack(), service))
            .collect();
        described(&look.aws, names.into_iter().collect()).await
    })
    .await
}

/// The target of that id, if its service is the stack's.
pub(super) async fn one(look: &Look, id: &str) -> Result<Vec<Wire>, CloudError> {
    let mut parts = id.splitn(3, '/').skip(1);
    let (Some(cluster), Some(service)) = (parts.next(), parts.next()) else {
        let message = format!("`{id}` is not service/<cluster>/<service>; this is a bug in bella");
        return Err(CloudError::new(
            Fault::Rejected,
            "applicationautoscaling",
            "identify",
            message,
        ));
    };
    match ecs_service::is_ours(look, cluster, service).await? {
        true => described(&look.aws, vec![id.to_owned()]).await,
        false => Ok(Vec::new()),
    }
}

async fn described(aws: &Aws, ids: Vec<String>) -> Result<Vec<Wire>, CloudError> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let call = aws
            .autoscaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(DIMENSION)
            .set_resource_ids(Some(batch.to_vec()));
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            found.extend(page.map_err(refused)?.scalable_targets.unwrap_or_default());
        }
    }
    Ok(found)
}

fn observe(target: &Wire) -> Option<Observed<ScalingTarget>> {
    let id = target.resource_id();
    let mut parts = id.splitn(3, '/').skip(1);
    let (cluster, service) = (parts.next()?, parts.next()?);
    let outputs = [("resource", id), ("service", service)];
    Some(Observed {
        id: id.to_owned(),
        address: None,
        props: Some(ScalingTarget {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            min_capacity: Some(target.min_capacity()),
            max_capacity: target.max_capacity(),
        }),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: timestamp(Some(target.creation_time())),
        protected: None,
    })
}
