//! Which route table a subnet follows.

use aws_sdk_ec2::types::{
    RouteTable, RouteTableAssociation as Wire, RouteTableAssociationStateCode as Code,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::blockers::{MOST_VALUES, one_of};
use super::{route_table, subnet};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// Which route table a subnet follows; a subnet without one follows its VPC's main table.
///
/// Its id here is the subnet's: a subnet has one association at most, and AWS gives the association
/// another id each time the table is replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteTableAssociation {
    /// Id of the subnet.
    pub subnet: String,
    /// Id of the route table it follows, in the same VPC.
    pub route_table: String,
}

impl Resource for RouteTableAssociation {
    type Cloud = Aws;
    const KIND: &'static str = "route_table_association";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["subnet"];
    const IMMUTABLE: &'static [&'static str] = &["subnet"];
    const EXCLUSIVE: &'static [&'static str] = &["subnet"];
    const OWNED_BY: Owner = Owner::Parent("subnet");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:AssociateRouteTable",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ec2:DisassociateRouteTable",
        "ec2:ReplaceRouteTableAssociation",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let ours = subnet::our_ids(look).await?;
        let mut found = Vec::new();
        if look.focus().is_none() {
            // Most follow a table of this stack, and these are read anyway.
            let tables = route_table::tables(look).await?;
            found.extend(explicit(&tables, &ours).filter_map(observe));
        }
        let is_open = |subnet: &String| found.iter().all(|it| it.id != *subnet);
        let open: Vec<String> = ours.iter().filter(|it| is_open(it)).cloned().collect();
        for some in open.chunks(MOST_VALUES) {
            let tables = tables_of(&look.aws, some).await?;
            found.extend(explicit(&tables, some).filter_map(observe));
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.ec2.associate_route_table();
        let call = call
            .route_table_id(&self.route_table)
            .subnet_id(&self.subnet);
        let state = call.send().await.map_err(refused)?.association_state;
        let id = self.subnet.clone();
        if state.and_then(|state| state.state) != Some(Code::Associated) {
            return Ok(Made::unseen(id));
        }
        let outputs = [("subnet", id.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if from.route_table == self.route_table {
            return Ok(());
        }
        let subnet = who.id()?;
        let Some((association, table)) = current(aws, subnet).await? else {
            let message = format!("{subnet} follows no route table of its own any more");
            return Err(CloudError::new(
                Fault::NotYet,
                "ec2",
                "DescribeRouteTables",
                message,
            ));
        };
        if table == self.route_table {
            return Ok(());
        }
        let call = aws.ec2.replace_route_table_association();
        let call = call
            .association_id(association)
            .route_table_id(&self.route_table);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let Some((association, _)) = current(aws, who.id()?).await? else {
            return Ok(());
        };
        let call = aws
            .ec2
            .disassociate_route_table()
            .association_id(association);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Owned through its subnet: it has no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("subnet", "{}.subnet_id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("subnet_id", self.subnet.as_str())
            .set("route_table_id", self.route_table.as_str());
        let import = format!(
            "{}/{}",
            exported.text("subnet"),
            exported.text("route_table")
        );
        vec![Block::new("aws_route_table_association", import, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![
                ("vpc.parent", json!({"cidr": "10.90.0.0/16"})),
                (
                    "subnet.parent",
                    json!({
                        "vpc": "${vpc.parent.id}",
                        "cidr": "10.90.1.0/24",
                        "availability_zone": "ca-central-1a",
                    }),
                ),
                ("route_table.parent", json!({"vpc": "${vpc.parent.id}"})),
                ("route_table.other", json!({"vpc": "${vpc.parent.id}"})),
            ],
            properties: json!({
                "subnet": "${subnet.parent.id}",
                "route_table": "${route_table.parent.id}",
            }),
            changes: vec![("route_table", json!("${route_table.other.id}"))],
        }
    }
}

/// The tables that `subnets` follow by an association of their own, ours or not.
async fn tables_of(aws: &Aws, subnets: &[String]) -> Result<Vec<RouteTable>, CloudError> {
    route_table::fetch(aws, one_of("association.subnet-id", subnets)).await
}

/// Associations of `subnets`; a table is answered with those of other subnets too.
fn explicit<'a>(
    tables: &'a [RouteTable],
    subnets: &'a [String],
) -> impl Iterator<Item = &'a Wire> + use<'a> {
    let all = tables.iter().flat_map(|table| table.associations().iter());
    all.filter(|seen| !seen.main().unwrap_or(false))
        .filter(|seen| {
            seen.subnet_id
                .as_ref()
                .is_some_and(|subnet| subnets.contains(subnet))
        })
        .filter(|seen| state(seen) != Some(&Code::Disassociated))
}

fn state(association: &Wire) -> Option<&Code> {
    association
        .association_state()
        .and_then(|state| state.state())
}

/// Ids of the subnet's association and of the table it follows now.
async fn current(aws: &Aws, subnet: &str) -> Result<Option<(String, String)>, CloudError> {
    let wanted = [subnet.to_owned()];
    let tables = tables_of(aws, &wanted).await?;
    let found = explicit(&tables, &wanted).find_map(|seen| {
        let id = seen.route_table_association_id()?.to_owned();
        Some((id, seen.route_table_id()?.to_owned()))
    });
    Ok(found)
}

fn observe(association: &Wire) -> Option<Observed<RouteTableAssociation>> {
    let subnet = association.subnet_id()?.to_owned();
    let table = association.route_table_id()?.to_owned();
    let why = association
        .association_state()
        .and_then(|state| state.status_message());
    Some(Observed {
        id: subnet.clone(),
        address: None,
        outputs: [("subnet".to_owned(), subnet.clone())].into(),
        props: Some(RouteTableAssociation {
            subnet,
            route_table: table,
        }),
        tags: Tags::new(),
        phase: match state(association) {
            Some(Code::Associating) => Phase::Pending("associating".to_owned()),
            Some(Code::Disassociating) => Phase::Deleting,
            Some(Code::Failed) => Phase::Failed(why.unwrap_or("failed").to_owned()),
            _ => Phase::Ready,
        },
        created: None,
        protected: None,
    })
}
