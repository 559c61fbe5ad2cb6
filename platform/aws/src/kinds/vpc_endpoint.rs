//! A private way from a VPC to an AWS service.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, UnsuccessfulItem, VpcEndpoint as Wire, VpcEndpointType};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ec2_tags;
use crate::clients::Aws;
use crate::error::{classify, refused};
use crate::look::Look;
use crate::tags::owned;

/// A private way from a VPC to an AWS service, through routes that AWS keeps in route tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcEndpoint {
    /// Id of the VPC.
    pub vpc: String,
    /// The service's full name, for example `com.amazonaws.ca-central-1.s3`.
    pub service: String,
    /// Type of endpoint.
    #[serde(default)]
    pub endpoint_type: EndpointType,
    /// Ids of the route tables that get a route to the service.
    #[serde(default)]
    pub route_tables: BTreeSet<String>,
}

/// Types of endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum EndpointType {
    /// Routes to Amazon S3 or DynamoDB; free of charge.
    #[default]
    Gateway,
}

impl Resource for VpcEndpoint {
    type Cloud = Aws;
    const KIND: &'static str = "vpc_endpoint";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["vpc", "service", "endpoint_type"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteVpcEndpoints",
        "ec2:DescribeVpcEndpoints",
        "ec2:ModifyVpcEndpoint",
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    /// Gateway endpoints have no hourly or data charge.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let filter = ec2_tags::scope(look, "vpc-endpoint-id");
        let call = look.aws.ec2.describe_vpc_endpoints().filters(filter);
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?;
            found.extend(
                page.vpc_endpoints()
                    .iter()
                    .filter_map(|seen| observe(look, seen)),
            );
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let EndpointType::Gateway = self.endpoint_type;
        let answer = aws
            .ec2
            .create_vpc_endpoint()
            .client_token(&who.token)
            .vpc_endpoint_type(VpcEndpointType::Gateway)
            .vpc_id(&self.vpc)
            .service_name(&self.service)
            .set_route_table_ids(ids(self.route_tables.iter()))
            .tag_specifications(ec2_tags::on_create(ResourceType::VpcEndpoint, who))
            .send()
            .await
            .map_err(refused)?;
        let Some(made) = answer.vpc_endpoint else {
            return Ok(Made::unseen(""));
        };
        let id = made.vpc_endpoint_id().unwrap_or_default().to_owned();
        if phase(&made) != Some(Phase::Ready) {
            return Ok(Made::unseen(id));
        }
        let outputs = [("id", id.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if from.route_tables == self.route_tables {
            return Ok(());
        }
        aws.ec2
            .modify_vpc_endpoint()
            .vpc_endpoint_id(who.id()?)
            .set_add_route_table_ids(ids(self.route_tables.difference(&from.route_tables)))
            .set_remove_route_table_ids(ids(from.route_tables.difference(&self.route_tables)))
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.ec2.delete_vpc_endpoints().vpc_endpoint_ids(who.id()?);
        let answer = call.send().await.map_err(refused)?;
        match answer.unsuccessful().first() {
            Some(item) => Err(unsuccessful(item)),
            None => Ok(()),
        }
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let EndpointType::Gateway = self.endpoint_type;
        let body = Body::new()
            .set("vpc_id", self.vpc.as_str())
            .set("service_name", self.service.as_str())
            .set("vpc_endpoint_type", "Gateway")
            .list("route_table_ids", self.route_tables.iter().cloned())
            .tags(exported.tags);
        vec![Block::new("aws_vpc_endpoint", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![
                ("vpc.parent", json!({"cidr": "10.90.0.0/16"})),
                ("route_table.parent", json!({"vpc": "${vpc.parent.id}"})),
                ("route_table.other", json!({"vpc": "${vpc.parent.id}"})),
            ],
            properties: json!({
                "vpc": "${vpc.parent.id}",
                "service": "com.amazonaws.ca-central-1.s3",
                "route_tables": ["${route_table.parent.id}"],
            }),
            changes: vec![("route_tables", json!(["${route_table.other.id}"]))],
        }
    }
}

/// A list parameter; none rather than an empty one.
fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> Option<Vec<String>> {
    let ids: Vec<String> = ids.cloned().collect();
    (!ids.is_empty()).then_some(ids)
}

/// The refusal in an answer whose status is 200 (aws-behaviours row 21).
fn unsuccessful(item: &UnsuccessfulItem) -> CloudError {
    let error = item.error();
    let code = error.and_then(|error| error.code()).unwrap_or_default();
    let message = error.and_then(|error| error.message()).unwrap_or_default();
    let (service, operation) = ("ec2", "DeleteVpcEndpoints");
    let (fault, patience) =
        classify(service, operation, code, message).unwrap_or((Fault::Rejected, None));
    CloudError {
        code: code.to_owned(),
        patience,
        ..CloudError::new(fault, service, operation, message)
    }
}

/// `None` for one that has gone.
fn phase(endpoint: &Wire) -> Option<Phase> {
    // The API answers in lower case, its model says `Available`.
    let state = endpoint.state().map(|state| state.as_str().to_lowercase());
    let why = endpoint
        .failure_reason()
        .or(endpoint.last_error().and_then(|e| e.message()));
    Some(match state.as_deref() {
        Some("deleted") => return None,
        Some("deleting") => Phase::Deleting,
        Some(state @ ("pending" | "pendingacceptance" | "partial")) => {
            Phase::Pending(state.to_owned())
        }
        Some(state @ ("failed" | "rejected" | "expired")) => {
            Phase::Failed(why.map_or_else(|| state.to_owned(), |why| format!("{state}: {why}")))
        }
        _ => Phase::Ready,
    })
}

fn observe(look: &Look, endpoint: &Wire) -> Option<Observed<VpcEndpoint>> {
    let tags = ec2_tags::read(Some(endpoint.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = endpoint.vpc_endpoint_id()?.to_owned();
    let phase = phase(endpoint)?;
    let created = endpoint.creation_timestamp();
    Some(Observed {
        outputs: [("id".to_owned(), id.clone())].into(),
        id,
        address: Some(address),
        props: Some(VpcEndpoint {
            vpc: endpoint.vpc_id().unwrap_or_default().to_owned(),
            service: endpoint.service_name().unwrap_or_default().to_owned(),
            endpoint_type: EndpointType::Gateway,
            route_tables: endpoint.route_table_ids().iter().cloned().collect(),
        }),
        tags,
        phase,
        created: created.and_then(|at| Timestamp::from_second(at.secs()).ok()),
        protected: None,
    })
}
