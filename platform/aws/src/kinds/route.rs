//! One route of a route table.

use std::sync::Arc;

use aws_sdk_ec2::types::{Route as Wire, RouteOrigin};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::blockers::filter;
use super::{cidr, ec2_tags, route_table};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// One route of a route table. It has no id in AWS; ours is `<route table>/<destination>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Id of the route table it stands in.
    pub route_table: String,
    /// Where packets go to: an IPv4 or IPv6 range in CIDR notation.
    #[serde(deserialize_with = "cidr::peer")]
    pub destination_cidr: String,
    /// Id of the internet gateway they go through; exactly one of this and `nat_gateway` is set.
    #[serde(default)]
    pub gateway: Option<String>,
    /// Id of the NAT gateway they go through.
    #[serde(default)]
    pub nat_gateway: Option<String>,
}

impl Resource for Route {
    type Cloud = Aws;
    const KIND: &'static str = "route";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["route_table"];
    const IMMUTABLE: &'static [&'static str] = &["route_table", "destination_cidr"];
    const EXCLUSIVE: &'static [&'static str] = &["route_table", "destination_cidr"];
    const OWNED_BY: Owner = Owner::Parent("route_table");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateRoute",
        "ec2:DeleteRoute",
        "ec2:DescribeRouteTables",
        "ec2:ReplaceRoute",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let tables = match look.id() {
            Some(id) => {
                let (table, _) = parts(id)?;
                let filter = filter("route-table-id", table);
                Arc::new(route_table::fetch(&look.aws, filter).await?)
            }
            None => route_table::tables(look).await?,
        };
        let ours = tables
            .iter()
            .filter(|table| owned(look.stack(), &ec2_tags::read(Some(table.tags()))).is_some());
        let found = ours.flat_map(|table| {
            let routes = table.routes().iter();
            routes.filter_map(|route| observe(table.route_table_id()?, route))
        });
        Ok(found.collect())
    }

    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        self.check("CreateRoute")?;
        let to = Destination::of(&self.destination_cidr);
        aws.ec2
            .create_route()
            .route_table_id(&self.route_table)
            .set_destination_cidr_block(to.v4)
            .set_destination_ipv6_cidr_block(to.v6)
            .set_destination_prefix_list_id(to.list)
            .set_gateway_id(self.gateway.clone())
            .set_nat_gateway_id(self.nat_gateway.clone())
            .send()
            .await
            .map_err(refused)?;
        let id = format!("{}/{}", self.route_table, self.destination_cidr);
        let outputs = [("route_table", self.route_table.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, _who: &Identity, from: &Self) -> Result<(), CloudError> {
        self.check("ReplaceRoute")?;
        if (&from.gateway, &from.nat_gateway) == (&self.gateway, &self.nat_gateway) {
            return Ok(());
        }
        let to = Destination::of(&self.destination_cidr);
        aws.ec2
            .replace_route()
            .route_table_id(&self.route_table)
            .set_destination_cidr_block(to.v4)
            .set_destination_ipv6_cidr_block(to.v6)
            .set_destination_prefix_list_id(to.list)
            .set_gateway_id(self.gateway.clone())
            .set_nat_gateway_id(self.nat_gateway.clone())
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let (table, destination) = parts(who.id()?)?;
        let to = Destination::of(destination);
        aws.ec2
            .delete_route()
            .route_table_id(table)
            .set_destination_cidr_block(to.v4)
            .set_destination_ipv6_cidr_block(to.v6)
            .set_destination_prefix_list_id(to.list)
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Owned through its route table: it has no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("route_table", "{}.route_table_id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let destination = match &self.destination_cidr {
            list if list.starts_with("pl-") => "destination_prefix_list_id",
            range if range.contains(':') => "destination_ipv6_cidr_block",
            _ => "destination_cidr_block",
        };
        let body = Body::new()
            .set("route_table_id", self.route_table.as_str())
            .set(destination, self.destination_cidr.as_str())
            .set("gateway_id", self.gateway.as_deref())
            .set("nat_gateway_id", self.nat_gateway.as_deref());
        let import = format!("{}_{}", exported.text("route_table"), self.destination_cidr);
        vec![Block::new("aws_route", import, body)]
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
                    "route_table.parent",
                    json!({"vpc": "${internet_gateway.parent.vpc}"}),
                ),
            ],
            properties: json!({
                "route_table": "${route_table.parent.id}",
                "destination_cidr": "0.0.0.0/0",
                "gateway": "${internet_gateway.parent.id}",
            }),
            // `local` is the one other target that needs no second gateway in the VPC, but AWS
            // takes it only for the VPC's own range; a second valid value does not exist here.
            changes: vec![],
        }
    }
}

impl Route {
    fn check(&self, operation: &str) -> Result<(), CloudError> {
        let wrong = match (&self.gateway, &self.nat_gateway) {
            (Some(_), None) | (None, Some(_)) => return Ok(()),
            (Some(gateway), Some(nat)) => format!("through both {gateway} and {nat}"),
            (None, None) => "through nothing".to_owned(),
        };
        let message = format!(
            "the route to {} in {} leads {wrong}; set either gateway or nat_gateway",
            self.destination_cidr, self.route_table
        );
        Err(CloudError::new(Fault::Rejected, "ec2", operation, message))
    }
}

/// The three parameters of which one says where a route leads.
struct Destination {
    v4: Option<String>,
    v6: Option<String>,
    list: Option<String>,
}

impl Destination {
    fn of(text: &str) -> Self {
        let is_list = text.starts_with("pl-");
        let is_v6 = text.contains(':');
        let when = |applies: bool| applies.then(|| text.to_owned());
        Self {
            v4: when(!is_list && !is_v6),
            v6: when(is_v6),
            list: when(is_list),
        }
    }
}

fn parts(id: &str) -> Result<(&str, &str), CloudError> {
    id.split_once('/').ok_or_else(|| {
        let message = format!("`{id}` is not <route table>/<destination>; this is a bug in bella");
        CloudError::new(Fault::Rejected, "ec2", "identify", message)
    })
}

/// Leaves out what nobody declares as a route: the route within the VPC, propagated routes, and
/// the prefix lists of gateway endpoints, which come and go with the endpoint.
fn observe(table: &str, route: &Wire) -> Option<Observed<Route>> {
    let added = route
        .origin()
        .is_none_or(|origin| *origin == RouteOrigin::CreateRoute);
    let nat_gateway = route.nat_gateway_id().map(str::to_owned);
    let gateway = target(route);
    if !added || gateway.is_some_and(|id| id == "local" || id.starts_with("vpce-")) {
        return None;
    }
    let destination = route
        .destination_cidr_block()
        .or(route.destination_ipv6_cidr_block())
        .or(route.destination_prefix_list_id())?;
    Some(Observed {
        id: format!("{table}/{destination}"),
        address: None,
        props: Some(Route {
            route_table: table.to_owned(),
            destination_cidr: destination.to_owned(),
            gateway: gateway.map(str::to_owned),
            nat_gateway,
        }),
        outputs: [("route_table".to_owned(), table.to_owned())].into(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}

/// What the route points at unless it is a NAT gateway, of whatever type, so that a change of type
/// shows.
fn target(route: &Wire) -> Option<&str> {
    route
        .gateway_id()
        .or(route.transit_gateway_id())
        .or(route.vpc_peering_connection_id())
        .or(route.egress_only_internet_gateway_id())
        .or(route.local_gateway_id())
        .or(route.carrier_gateway_id())
        .or(route.core_network_arn())
        .or(route.network_interface_id())
}
