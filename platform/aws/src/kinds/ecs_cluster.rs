//! A cluster of ECS: where services run.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_ecs::types::{Cluster as Wire, ClusterField, ClusterSetting, ClusterSettingName};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ecs_role, ecs_tags};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A cluster without machines of its own: its capacity is Fargate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EcsCluster {
    /// CloudWatch Container Insights: `disabled` (the default), `enabled` or `enhanced`. Its
    /// metrics are billed.
    #[serde(default = "disabled")]
    pub container_insights: String,
    /// Capacity that services may ask for: `FARGATE`, `FARGATE_SPOT`.
    pub capacity_providers: BTreeSet<String>,
}

fn disabled() -> String {
    "disabled".to_owned()
}

/// Metrics of Container Insights for a cluster with one service: ten quantities by cluster, service
/// and family, five more of the service, two of the cluster (CloudWatch user guide, "Amazon ECS
/// Container Insights metrics").
const INSIGHTS_METRICS: Decimal = Decimal::from_parts(37, 0, 0, false, 0);

/// DescribeClusters takes so many.
const BATCH: usize = 100;

impl Resource for EcsCluster {
    type Cloud = Aws;
    const KIND: &'static str = "ecs_cluster";
    const SERVICE: &'static str = "ecs";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "ecs:CreateCluster",
        "ecs:DeleteCluster",
        "ecs:DescribeClusters",
        "ecs:ListClusters",
        "ecs:PutClusterCapacityProviders",
        "ecs:UpdateClusterSettings",
        ecs_tags::ACTIONS[0],
        ecs_tags::ACTIONS[1],
        ecs_role::ACTION,
    ];

    /// A cluster is free, and Container Insights is not: each metric is billed as a custom one. How
    /// many there are is the figure `insights_metrics`, by default those of a cluster with one
    /// service; `enhanced` has prices of its own.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let usage_type = match self.container_insights.as_str() {
            "disabled" => return Usage::Free,
            "enabled" => "CW:MetricMonitorUsage",
            _ => "MetricsUsage",
        };
        let metrics = assumptions.figure("insights_metrics", INSIGHTS_METRICS);
        Usage::Metered(vec![Quantity::new(
            "Container Insights metrics",
            metrics * assumptions.months(Self::KIND),
            "metric-month",
            "AmazonCloudWatch",
            usage_type,
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = match look.focus() {
            Some(who) => {
                let cluster = who.id.as_ref().unwrap_or(&who.name).clone();
                let all = describe(&look.aws, vec![cluster]).await?;
                Arc::new(of_stack(look.stack(), all))
            }
            None => of_look(look).await?,
        };
        Ok(found
            .iter()
            .filter_map(|(cluster, tags)| observe(look.stack(), cluster, tags))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ecs
            .create_cluster()
            .cluster_name(&who.name)
            .settings(self.insights())
            .set_capacity_providers(Some(self.capacity_providers.iter().cloned().collect()))
            .set_tags(Some(ecs_tags::wire(&who.tags)));
        match call.send().await.map_err(refused) {
            Ok(answer) => Ok(self.made(answer.cluster.unwrap_or_else(|| Wire::builder().build()))),
            Err(error) => Err(ecs_role::made_for(aws, error).await),
        }
    }

    /// A change of capacity providers clears the cluster's default strategy, which services of
    /// this tool do not use: each names its provider.
    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let arn = who.id()?;
        if self.container_insights != from.container_insights {
            let call = aws.ecs.update_cluster_settings().cluster(arn);
            call.settings(self.insights())
                .send()
                .await
                .map_err(refused)?;
        }
        if self.capacity_providers != from.capacity_providers {
            let call = aws
                .ecs
                .put_cluster_capacity_providers()
                .cluster(arn)
                .set_capacity_providers(Some(self.capacity_providers.iter().cloned().collect()))
                .set_default_capacity_provider_strategy(Some(vec![]));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.ecs.delete_cluster().cluster(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ecs_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let setting = Body::new()
            .set("name", "containerInsights")
            .set("value", self.container_insights.as_str());
        let body = Body::new()
            .set("name", name)
            .block("setting", setting)
            .tags(exported.tags);
        let providers = Body::new().set("cluster_name", exported.own("name")).list(
            "capacity_providers",
            self.capacity_providers.iter().cloned(),
        );
        vec![
            Block::new("aws_ecs_cluster", name, body),
            Block::new("aws_ecs_cluster_capacity_providers", name, providers),
        ]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"capacity_providers": ["FARGATE", "FARGATE_SPOT"]}),
            changes: vec![
                ("container_insights", json!("enabled")),
                ("capacity_providers", json!(["FARGATE"])),
            ],
        }
    }
}

impl EcsCluster {
    /// What the answer to its create call says: with capacity providers it may not be active yet.
    fn made(&self, made: Wire) -> Made<Self> {
        let is_ready = phase(&made) == Some(Phase::Ready);
        let arn = made.cluster_arn.unwrap_or_default();
        if !is_ready {
            return Made::unseen(arn);
        }
        let name = made.cluster_name.unwrap_or_default();
        let outputs = [("arn", arn.clone()), ("name", name)];
        Made::usable(arn, self.clone(), outputs)
    }

    fn insights(&self) -> ClusterSetting {
        ClusterSetting::builder()
            .name(ClusterSettingName::ContainerInsights)
            .value(&self.container_insights)
            .build()
    }
}

/// The stack's clusters with their tags: one read for all kinds that live in them.
pub(super) async fn of_look(look: &Look) -> Result<Arc<Vec<(Wire, Tags)>>, CloudError> {
    look.once("ecs_clusters", async {
        let prefix = format!("{}-", look.stack());
        let mut pages = look.aws.ecs.list_clusters().into_paginator().send();
        let mut arns = Vec::new();
        while let Some(page) = pages.next().await {
            arns.extend(page.map_err(refused)?.cluster_arns.unwrap_or_default());
        }
        // Every generated name begins so; the tags decide.
        arns.retain(|arn| {
            arn.rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with(&prefix))
        });
        let mut all = Vec::new();
        for batch in arns.chunks(BATCH) {
            all.extend(describe(&look.aws, batch.to_vec()).await?);
        }
        Ok(of_stack(look.stack(), all))
    })
    .await
}

/// A cluster that is not there is only missing from the answer.
async fn describe(aws: &Aws, clusters: Vec<String>) -> Result<Vec<Wire>, CloudError> {
    let call = aws
        .ecs
        .describe_clusters()
        .set_clusters(Some(clusters))
        .include(ClusterField::Tags)
        .include(ClusterField::Settings);
    Ok(call
        .send()
        .await
        .map_err(refused)?
        .clusters
        .unwrap_or_default())
}

fn of_stack(stack: &str, all: Vec<Wire>) -> Vec<(Wire, Tags)> {
    let tagged = all.into_iter().filter_map(|cluster| {
        let tags = ecs_tags::read(cluster.tags());
        owned(stack, &tags).map(|_| (cluster, tags))
    });
    tagged.collect()
}

fn observe(stack: &str, cluster: &Wire, tags: &Tags) -> Option<Observed<EcsCluster>> {
    let arn = cluster.cluster_arn().unwrap_or_default();
    let insights = cluster
        .settings()
        .iter()
        .find(|setting| setting.name() == Some(&ClusterSettingName::ContainerInsights));
    let insights = insights.and_then(ClusterSetting::value);
    let outputs = [
        ("arn", arn),
        ("name", cluster.cluster_name().unwrap_or_default()),
    ];
    Some(Observed {
        id: arn.to_owned(),
        address: owned(stack, tags),
        props: Some(EcsCluster {
            container_insights: insights.map_or_else(disabled, str::to_owned),
            capacity_providers: cluster.capacity_providers().iter().cloned().collect(),
        }),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: tags.clone(),
        phase: phase(cluster)?,
        created: None,
        protected: None,
    })
}

/// A deleted cluster stays readable as `INACTIVE` for about an hour (row 39): it is not there.
fn phase(cluster: &Wire) -> Option<Phase> {
    match (
        cluster.status().unwrap_or_default(),
        cluster.attachments_status(),
    ) {
        ("INACTIVE", _) => None,
        ("DEPROVISIONING", _) => Some(Phase::Deleting),
        ("FAILED", _) => Some(Phase::Failed("ECS could not provision it".to_owned())),
        ("ACTIVE", Some("UPDATE_IN_PROGRESS")) => {
            Some(Phase::Pending("UPDATE_IN_PROGRESS".to_owned()))
        }
        ("ACTIVE", _) => Some(Phase::Ready),
        (other, _) => Some(Phase::Pending(other.to_owned())),
    }
}
