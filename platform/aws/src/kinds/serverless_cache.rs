//! A cache without nodes of its own, paid for by what it holds and does.

use std::collections::BTreeSet;

use aws_sdk_elasticache::types::{
    CacheUsageLimits, DataStorage, DataStorageUnit, EcpuPerSecond, ServerlessCache as Wire,
};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tagged::{self, Listed, name_of};
use super::when::timestamp;
use super::{cache_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A cache without nodes of its own. It is always encrypted, in transit and at rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerlessCache {
    /// Cache engine: `valkey` (the default) or `redis`.
    #[serde(default = "valkey")]
    pub engine: String,
    /// Major version of the engine; default `8`. It can only go up.
    #[serde(default = "eight")]
    pub major_engine_version: String,
    /// Ids of subnets in two or three availability zones.
    pub subnets: BTreeSet<String>,
    /// Ids of the security groups of its endpoint.
    pub security_groups: BTreeSet<String>,
    /// What the cache is for.
    #[serde(default = "ours")]
    pub description: String,
    /// Most data it may hold, in GB.
    pub max_data_gb: Option<i32>,
    /// Most work it may do, in ElastiCache processing units (ECPU) a second, 1000 at least.
    pub max_ecpu_per_second: Option<i32>,
    /// Days for which daily snapshots are kept; default 0, no snapshots.
    #[serde(default)]
    pub snapshot_retention_days: i32,
}

/// Valkey is metered as if it held a tenth of a GB at least, Redis OSS a whole one
/// (ElastiCache pricing).
const LEAST_VALKEY_GB: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
const LEAST_REDIS_GB: Decimal = Decimal::ONE;

fn valkey() -> String {
    "valkey".to_owned()
}

fn eight() -> String {
    "8".to_owned()
}

fn ours() -> String {
    "Managed by bella".to_owned()
}

impl Resource for ServerlessCache {
    type Cloud = Aws;
    const KIND: &'static str = "serverless_cache";
    const SERVICE: &'static str = "elasticache";
    const OUTPUTS: &'static [&'static str] = &["name", "arn", "endpoint", "port"];
    const IMMUTABLE: &'static [&'static str] = &["engine", "subnets"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 40,
        generations: true,
        forbidden: &[],
    };
    /// Those of other services are checked by AWS on the caller: the cache's endpoint in the VPC.
    const ACTIONS: &'static [&'static str] = &[
        "elasticache:CreateServerlessCache",
        "elasticache:DeleteServerlessCache",
        "elasticache:DescribeServerlessCaches",
        "elasticache:ListTagsForResource",
        "elasticache:ModifyServerlessCache",
        cache_tags::ACTIONS[0],
        cache_tags::ACTIONS[1],
        "tag:GetResources",
        "ec2:CreateTags",
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteVpcEndpoints",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "iam:CreateServiceLinkedRole",
    ];

    /// `cache_gb` is what it holds on average, the metered minimum where nothing is said;
    /// `cache_million_ecpu` are millions of processing units a month, 0 where nothing is said.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let (engine, least) = match self.engine.as_str() {
            "redis" => ("Redis", LEAST_REDIS_GB),
            _ => ("Valkey", LEAST_VALKEY_GB),
        };
        let held = assumptions.figure("cache_gb", least).max(least);
        let work = assumptions.figure("cache_million_ecpu", Decimal::ZERO);
        let of = |component, quantity, unit, usage_type: &str| {
            let usage_type = format!("{usage_type}:{engine}");
            Quantity::new(component, quantity, unit, "AmazonElastiCache", usage_type)
        };
        let hours = assumptions.hours(Self::KIND);
        Usage::Metered(vec![
            of("cached data", held * hours, "GB-hour", "CachedData"),
            of(
                "cache processing",
                work,
                "million ECPU",
                "ElastiCacheProcessingUnits",
            ),
        ])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.elasticache.describe_serverless_caches();
        let found = match look.focus() {
            Some(who) => {
                let name = name_of(who.id.as_ref().unwrap_or(&who.name));
                let answer = call.serverless_cache_name(name).send().await;
                let caches = answer.map_err(refused)?;
                let mut found = Vec::new();
                for cache in caches.serverless_caches.unwrap_or_default() {
                    let arn = cache.arn().unwrap_or_default().to_owned();
                    let tags = cache_tags::ask(look.aws.clone(), arn).await?;
                    found.extend(tags.map(|tags| (cache, tags)));
                }
                found
            }
            None => {
                let mut pages = call.into_paginator().items().send();
                let mut all = Vec::new();
                while let Some(cache) = pages.next().await {
                    all.push(listed(cache.map_err(refused)?));
                }
                tagged::of_stack(look, all, cache_tags::ask).await?
            }
        };
        let observed = found.into_iter();
        Ok(observed
            .filter_map(|(cache, tags)| observe(look.stack(), &cache, tags))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .elasticache
            .create_serverless_cache()
            .serverless_cache_name(&who.name)
            .engine(&self.engine)
            .major_engine_version(&self.major_engine_version)
            .set_subnet_ids(Some(self.subnets.iter().cloned().collect()))
            .set_security_group_ids(Some(self.security_groups.iter().cloned().collect()))
            .description(&self.description)
            .set_cache_usage_limits(limits(self.max_data_gb, self.max_ecpu_per_second))
            .snapshot_retention_limit(self.snapshot_retention_days)
            .set_tags(Some(cache_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.serverless_cache;
        let arn = made.and_then(|cache| cache.arn);
        Ok(Made::unseen(arn.unwrap_or_default()))
    }

    /// One call with what differs. A limit that is not managed is said again as it is: the call
    /// takes both or none.
    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if self == from {
            return Ok(());
        }
        let data = self.max_data_gb.or(from.max_data_gb);
        let work = self.max_ecpu_per_second.or(from.max_ecpu_per_second);
        let limited = (data, work) != (from.max_data_gb, from.max_ecpu_per_second);
        let groups = self.security_groups.iter().cloned().collect();
        let regrouped = self.security_groups != from.security_groups;
        let upgraded = self.major_engine_version != from.major_engine_version;
        let described = self.description != from.description;
        let kept = self.snapshot_retention_days != from.snapshot_retention_days;
        let call = aws
            .elasticache
            .modify_serverless_cache()
            .serverless_cache_name(name_of(who.id()?))
            .set_engine(upgraded.then(|| self.engine.clone()))
            .set_major_engine_version(upgraded.then(|| self.major_engine_version.clone()))
            .set_description(described.then(|| self.description.clone()))
            .set_cache_usage_limits(limited.then(|| limits(data, work)).flatten())
            .set_security_group_ids(regrouped.then_some(groups))
            .set_snapshot_retention_limit(kept.then_some(self.snapshot_retention_days));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elasticache.delete_serverless_cache();
        let call = call.serverless_cache_name(name_of(who.id()?));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        cache_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("name", "{}.name"),
        ("arn", "{}.arn"),
        ("endpoint", "{}.endpoint[0].address"),
        ("port", "tostring({}.endpoint[0].port)"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let data = self.max_data_gb.map(|most| {
            let limit = Body::new().set("maximum", most).set("unit", "GB");
            ("data_storage", limit)
        });
        let work = self
            .max_ecpu_per_second
            .map(|most| ("ecpu_per_second", Body::new().set("maximum", most)));
        let limits: Vec<_> = data.into_iter().chain(work).collect();
        let body = Body::new()
            .set("name", name)
            .set("description", self.description.as_str())
            .set("engine", self.engine.as_str())
            .set("major_engine_version", self.major_engine_version.as_str())
            .list("subnet_ids", self.subnets.iter().cloned())
            .list("security_group_ids", self.security_groups.iter().cloned())
            .set("snapshot_retention_limit", self.snapshot_retention_days)
            .tags(exported.tags);
        let body = match limits.is_empty() {
            true => body,
            false => {
                let add = |all: Body, (name, limit): (&str, Body)| all.block(name, limit);
                body.block(
                    "cache_usage_limits",
                    limits.into_iter().fold(Body::new(), add),
                )
            }
        };
        vec![Block::new("aws_elasticache_serverless_cache", name, body)]
    }

    fn example() -> Example {
        Example {
            parents: sample::network(),
            properties: json!({
                "subnets": sample::TWO_SUBNETS,
                "security_groups": ["${security_group.parent.id}"],
                "max_data_gb": 1,
                "max_ecpu_per_second": 1000,
            }),
            changes: vec![
                ("security_groups", json!(["${security_group.other.id}"])),
                ("description", json!("Another description")),
                ("max_data_gb", json!(2)),
                ("max_ecpu_per_second", json!(2000)),
                ("snapshot_retention_days", json!(1)),
            ],
        }
    }
}

fn limits(data: Option<i32>, work: Option<i32>) -> Option<CacheUsageLimits> {
    let storage = data.map(|gb| {
        let storage = DataStorage::builder().maximum(gb);
        storage.unit(DataStorageUnit::Gb).build()
    });
    let work = work.map(|units| EcpuPerSecond::builder().maximum(units).build());
    (storage.is_some() || work.is_some()).then(|| {
        CacheUsageLimits::builder()
            .set_data_storage(storage)
            .set_ecpu_per_second(work)
            .build()
    })
}

fn listed(cache: Wire) -> Listed<Wire> {
    Listed {
        arn: cache.arn().unwrap_or_default().to_owned(),
        name: cache.serverless_cache_name().unwrap_or_default().to_owned(),
        wire: cache,
    }
}

fn observe(stack: &str, cache: &Wire, tags: Tags) -> Option<Observed<ServerlessCache>> {
    let address = owned(stack, &tags)?;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let endpoint = cache.endpoint();
    let port = endpoint.and_then(|it| it.port());
    let limits = cache.cache_usage_limits();
    let arn = text(cache.arn());
    let outputs = [
        ("name", text(cache.serverless_cache_name())),
        ("arn", arn.clone()),
        ("endpoint", text(endpoint.and_then(|it| it.address()))),
        (
            "port",
            port.map(|port| port.to_string()).unwrap_or_default(),
        ),
    ];
    Some(Observed {
        id: arn,
        address: Some(address),
        props: Some(ServerlessCache {
            engine: text(cache.engine()),
            major_engine_version: text(cache.major_engine_version()),
            subnets: cache.subnet_ids().iter().cloned().collect(),
            security_groups: cache.security_group_ids().iter().cloned().collect(),
            description: text(cache.description()),
            max_data_gb: limits.and_then(|all| all.data_storage()?.maximum()),
            max_ecpu_per_second: limits.and_then(|all| all.ecpu_per_second()?.maximum()),
            snapshot_retention_days: cache.snapshot_retention_limit().unwrap_or_default(),
        }),
        outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
        tags,
        phase: match cache.status().unwrap_or_default() {
            "available" => Phase::Ready,
            "deleting" => Phase::Deleting,
            failed @ "create-failed" => Phase::Failed(failed.to_owned()),
            other => Phase::Pending(other.to_owned()),
        },
        created: timestamp(cache.create_time()),
        protected: None,
    })
}
