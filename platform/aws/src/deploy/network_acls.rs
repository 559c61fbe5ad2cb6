//! The network ACLs of VPCs: what a subnet lets through, whatever its security groups say.

use aws_sdk_ec2::types::{Filter, NetworkAcl as Wire, NetworkAclEntry, RuleAction};
use bella_engine::cloud::CloudError;

use crate::clients::Aws;
use crate::error::refused;

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkAcl {
    /// Its id.
    pub id: String,
    /// Whether it holds for subnets of its VPC that no other names.
    pub is_default: bool,
    /// Ids of the subnets that it names.
    pub subnets: Vec<String>,
    /// Its rules for IPv4.
    pub rules: Vec<AclRule>,
}

/// One rule of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclRule {
    /// Its number: of those that fit, the lowest decides.
    pub number: i32,
    /// Whether it is about what leaves the subnet.
    pub egress: bool,
    /// Whether it lets through.
    pub allows: bool,
    /// `-1` for all, else the protocol's number.
    pub protocol: String,
    /// The other side's addresses.
    pub cidr: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
}

/// The network ACLs of these VPCs, by id.
///
/// # Errors
/// AWS refuses the listing.
pub async fn network_acls(aws: &Aws, vpcs: &[String]) -> Result<Vec<NetworkAcl>, CloudError> {
    if vpcs.is_empty() {
        return Ok(Vec::new());
    }
    let within = Filter::builder().name("vpc-id");
    let within = within.set_values(Some(vpcs.to_vec())).build();
    let call = aws.ec2.describe_network_acls().filters(within);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let acls = page.map_err(refused)?.network_acls.unwrap_or_default();
        found.extend(acls.iter().map(read));
    }
    Ok(found)
}

fn read(acl: &Wire) -> NetworkAcl {
    let subnets = acl.associations().iter();
    let subnets = subnets.filter_map(|one| one.subnet_id().map(str::to_owned));
    NetworkAcl {
        id: acl.network_acl_id().unwrap_or_default().to_owned(),
        is_default: acl.is_default().unwrap_or_default(),
        subnets: subnets.collect(),
        rules: acl.entries().iter().filter_map(rule).collect(),
    }
}

/// `None` for a rule about IPv6.
fn rule(entry: &NetworkAclEntry) -> Option<AclRule> {
    let port = |number: Option<i32>| u16::try_from(number?).ok();
    let ports = entry.port_range();
    let ports = ports.and_then(|range| Some((port(range.from())?, port(range.to())?)));
    Some(AclRule {
        number: entry.rule_number().unwrap_or_default(),
        egress: entry.egress().unwrap_or_default(),
        allows: entry.rule_action() == Some(&RuleAction::Allow),
        protocol: entry.protocol().unwrap_or_default().to_owned(),
        cidr: entry.cidr_block()?.to_owned(),
        ports,
    })
}
