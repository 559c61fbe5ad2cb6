//! The subnets in which a cache has its network interfaces.

use std::collections::BTreeSet;

use aws_sdk_elasticache::types::CacheSubnetGroup as Wire;
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tagged::{self, Listed, name_of};
use super::{cache_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// The subnets in which a cache has its network interfaces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheSubnetGroup {
    /// Id of the VPC its subnets are in; it cannot move to another.
    pub vpc: String,
    /// What the group is for.
    #[serde(default = "ours")]
    pub description: String,
    /// Ids of subnets in the availability zones in which its nodes may be.
    pub subnets: BTreeSet<String>,
}

fn ours() -> String {
    "Managed by bella".to_owned()
}

impl Resource for CacheSubnetGroup {
    type Cloud = Aws;
    const KIND: &'static str = "cache_subnet_group";
    const SERVICE: &'static str = "elasticache";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &["vpc"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: true,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "elasticache:CreateCacheSubnetGroup",
        "elasticache:DeleteCacheSubnetGroup",
        "elasticache:DescribeCacheSubnetGroups",
        "elasticache:ListTagsForResource",
        "elasticache:ModifyCacheSubnetGroup",
        cache_tags::ACTIONS[0],
        cache_tags::ACTIONS[1],
        "tag:GetResources",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.elasticache.describe_cache_subnet_groups();
        let found = match look.focus() {
            Some(who) => {
                let name = name_of(who.id.as_ref().unwrap_or(&who.name));
                let answer = call.cache_subnet_group_name(name).send().await;
                let groups = answer
                    .map_err(refused)?
                    .cache_subnet_groups
                    .unwrap_or_default();
                let mut found = Vec::new();
                for group in groups {
                    let arn = group.arn().unwrap_or_default().to_owned();
                    let tags = cache_tags::ask(look.aws.clone(), arn).await?;
                    found.extend(tags.map(|tags| (group, tags)));
                }
                found
            }
            None => {
                let mut pages = call.into_paginator().items().send();
                let mut all = Vec::new();
                while let Some(group) = pages.next().await {
                    all.push(listed(group.map_err(refused)?));
                }
                tagged::of_stack(look, all, cache_tags::ask).await?
            }
        };
        let observed = found.into_iter();
        Ok(observed
            .filter_map(|(group, tags)| observe(look.stack(), &group, tags))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .elasticache
            .create_cache_subnet_group()
            .cache_subnet_group_name(&who.name)
            .cache_subnet_group_description(&self.description)
            .set_subnet_ids(Some(self.subnets.iter().cloned().collect()))
            .set_tags(Some(cache_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.cache_subnet_group;
        let arn = made.and_then(|group| group.arn).unwrap_or_default();
        let outputs = [("name", name_of(&arn).to_owned()), ("arn", arn.clone())];
        Ok(Made::usable(arn, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if self != from {
            // The call takes no description without the subnets.
            let call = aws
                .elasticache
                .modify_cache_subnet_group()
                .cache_subnet_group_name(name_of(who.id()?))
                .cache_subnet_group_description(&self.description)
                .set_subnet_ids(Some(self.subnets.iter().cloned().collect()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elasticache.delete_cache_subnet_group();
        let call = call.cache_subnet_group_name(name_of(who.id()?));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        cache_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let body = Body::new()
            .set("name", name)
            .set("description", self.description.as_str())
            .list("subnet_ids", self.subnets.iter().cloned())
            .tags(exported.tags);
        vec![Block::new("aws_elasticache_subnet_group", name, body)]
    }

    fn example() -> Example {
        Example {
            parents: sample::network(),
            properties: json!({"vpc": "${vpc.parent.id}", "subnets": sample::TWO_SUBNETS}),
            changes: vec![
                ("description", json!("Another description")),
                ("subnets", json!(sample::OTHER_TWO_SUBNETS)),
            ],
        }
    }
}

fn listed(group: Wire) -> Listed<Wire> {
    Listed {
        arn: group.arn().unwrap_or_default().to_owned(),
        name: group
            .cache_subnet_group_name()
            .unwrap_or_default()
            .to_owned(),
        wire: group,
    }
}

fn observe(stack: &str, group: &Wire, tags: Tags) -> Option<Observed<CacheSubnetGroup>> {
    let address = owned(stack, &tags)?;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let arn = text(group.arn());
    let subnets = group.subnets().iter();
    let outputs = [
        ("name", text(group.cache_subnet_group_name())),
        ("arn", arn.clone()),
    ];
    Some(Observed {
        id: arn,
        address: Some(address),
        props: Some(CacheSubnetGroup {
            vpc: text(group.vpc_id()),
            description: text(group.cache_subnet_group_description()),
            subnets: subnets
                .filter_map(|subnet| subnet.subnet_identifier().map(str::to_owned))
                .collect(),
        }),
        outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
