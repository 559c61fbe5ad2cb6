//! A set of routes that subnets follow.

use std::sync::Arc;

use aws_sdk_ec2::types::{Filter, ResourceType, RouteTable as Wire};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ec2_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A set of routes that subnets follow; it begins with the route within its VPC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteTable {
    /// Id of the VPC it belongs to.
    pub vpc: String,
}

impl Resource for RouteTable {
    type Cloud = Aws;
    const KIND: &'static str = "route_table";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["vpc"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateRouteTable",
        "ec2:DeleteRouteTable",
        "ec2:DescribeRouteTables",
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let tables = tables(look).await?;
        Ok(tables
            .iter()
            .filter_map(|table| observe(look, table))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let answer = aws
            .ec2
            .create_route_table()
            .vpc_id(&self.vpc)
            .tag_specifications(ec2_tags::on_create(ResourceType::RouteTable, who))
            .send()
            .await
            .map_err(refused)?;
        let made = answer.route_table.and_then(|made| made.route_table_id);
        let id = made.unwrap_or_default();
        let outputs = [("id", id.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Nothing but its tags can change in place.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.ec2.delete_route_table().route_table_id(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("vpc_id", self.vpc.as_str())
            .tags(exported.tags);
        vec![Block::new("aws_route_table", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("vpc.parent", json!({"cidr": "10.90.0.0/16"}))],
            properties: json!({"vpc": "${vpc.parent.id}"}),
            changes: vec![],
        }
    }
}

/// The look's route tables, read once; not all of them need be ours.
pub(super) async fn tables(look: &Look) -> Result<Arc<Vec<Wire>>, CloudError> {
    let filter = ec2_tags::scope(look, "route-table-id");
    look.once("route_tables", fetch(&look.aws, filter)).await
}

/// The route tables that pass the filter.
pub(super) async fn fetch(aws: &Aws, filter: Filter) -> Result<Vec<Wire>, CloudError> {
    let mut pages = aws
        .ec2
        .describe_route_tables()
        .filters(filter)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.extend(page.map_err(refused)?.route_tables.unwrap_or_default());
    }
    Ok(found)
}

fn observe(look: &Look, table: &Wire) -> Option<Observed<RouteTable>> {
    let tags = ec2_tags::read(Some(table.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = table.route_table_id()?.to_owned();
    Some(Observed {
        outputs: [("id".to_owned(), id.clone())].into(),
        id,
        address: Some(address),
        props: Some(RouteTable {
            vpc: table.vpc_id().unwrap_or_default().to_owned(),
        }),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
