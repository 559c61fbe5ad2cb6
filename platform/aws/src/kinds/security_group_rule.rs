//! One rule of a security group.

mod ip_permission;

use aws_sdk_ec2::types::{Filter, SecurityGroupRule as Wire, SecurityGroupRuleUpdate};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::json;

use self::ip_permission::{has_ports, permission, protocol, request};
use super::blockers::{MOST_VALUES, filter, one_of};
use super::{cidr, security_group};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// One rule of a security group. Its id here is `<group>/<direction>/<rule id>`, since removing a
/// rule takes all three.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SecurityGroupRule {
    /// Id of the security group it belongs to.
    pub security_group: String,
    /// Which way the traffic goes.
    pub direction: Direction,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for all.
    #[serde(deserialize_with = "protocol")]
    pub protocol: String,
    /// First port, or the ICMP type (-1: all). Null for protocols without ports.
    #[serde(default)]
    pub from_port: Option<i32>,
    /// Last port, or the ICMP code (-1: all). Null for protocols without ports.
    #[serde(default)]
    pub to_port: Option<i32>,
    /// Who is on the other side: an IPv4 or IPv6 range in CIDR notation, a security group id, or a
    /// prefix list id.
    #[serde(deserialize_with = "cidr::peer")]
    pub peer: String,
    /// What it is for, up to 255 characters of `a-zA-Z0-9 ._-:/()#,@[]+=&;{}!$*`.
    #[serde(default)]
    pub description: String,
}

/// Directions of traffic, seen from what carries the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// In.
    Ingress,
    /// Out.
    Egress,
}

impl Serialize for SecurityGroupRule {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for SecurityGroupRule {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let rule = Self::deserialize(source)?;
        let ports = (rule.from_port, rule.to_port);
        match (has_ports(&rule.protocol), ports) {
            (true, (Some(_), Some(_))) | (false, (None, None)) => Ok(rule),
            (true, _) => Err(D::Error::custom(format!(
                "protocol {} needs from_port and to_port (for icmp: type and code, -1 for all)",
                rule.protocol
            ))),
            (false, _) => Err(D::Error::custom(format!(
                "protocol {} has no ports: leave from_port and to_port out",
                rule.protocol
            ))),
        }
    }
}

impl Resource for SecurityGroupRule {
    type Cloud = Aws;
    const KIND: &'static str = "security_group_rule";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["security_group"];
    const IMMUTABLE: &'static [&'static str] = &[
        "security_group",
        "direction",
        "protocol",
        "from_port",
        "to_port",
        "peer",
    ];
    const EXCLUSIVE: &'static [&'static str] = Self::IMMUTABLE;
    const OWNED_BY: Owner = Owner::Parent("security_group");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        if let Some(id) = look.id() {
            let filter = filter("security-group-rule-id", Id::of(id)?.rule);
            let rules = rules(&look.aws, filter).await?;
            return Ok(rules.iter().filter_map(observe).collect());
        }
        let ours = security_group::our_ids(look).await?;
        let mut found = Vec::new();
        for some in ours.chunks(MOST_VALUES) {
            let rules = rules(&look.aws, one_of("group-id", some)).await?;
            found.extend(rules.iter().filter_map(observe));
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        let group = &self.security_group;
        let made = match self.direction {
            Direction::Ingress => {
                let call = aws.ec2.authorize_security_group_ingress().group_id(group);
                let answer = call.ip_permissions(permission(self)).send().await;
                answer.map_err(refused)?.security_group_rules
            }
            Direction::Egress => {
                let call = aws.ec2.authorize_security_group_egress().group_id(group);
                let answer = call.ip_permissions(permission(self)).send().await;
                answer.map_err(refused)?.security_group_rules
            }
        };
        let rule = made.unwrap_or_default().pop();
        let rule = rule
            .and_then(|rule| rule.security_group_rule_id)
            .unwrap_or_default();
        let outputs = [("security_group", group.clone())];
        let id = id(group, self.direction, &rule);
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if from.description == self.description {
            return Ok(());
        }
        let id = Id::of(who.id()?)?;
        let change = SecurityGroupRuleUpdate::builder()
            .security_group_rule_id(id.rule)
            .security_group_rule(request(self));
        let call = aws.ec2.modify_security_group_rules().group_id(id.group);
        call.security_group_rules(change.build())
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = Id::of(who.id()?)?;
        if id.direction == "egress" {
            let call = aws.ec2.revoke_security_group_egress().group_id(id.group);
            call.security_group_rule_ids(id.rule)
                .send()
                .await
                .map_err(refused)?;
        } else {
            let call = aws.ec2.revoke_security_group_ingress().group_id(id.group);
            call.security_group_rule_ids(id.rule)
                .send()
                .await
                .map_err(refused)?;
        }
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // Owned through its group: its tags prove nothing.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("security_group", "{}.security_group_id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let resource = match self.direction {
            Direction::Ingress => "aws_vpc_security_group_ingress_rule",
            Direction::Egress => "aws_vpc_security_group_egress_rule",
        };
        let peer = match exported.text("peer") {
            peer if peer.starts_with("sg-") => "referenced_security_group_id",
            peer if peer.starts_with("pl-") => "prefix_list_id",
            peer if peer.contains(':') => "cidr_ipv6",
            _ => "cidr_ipv4",
        };
        let body = Body::new()
            .set("security_group_id", self.security_group.as_str())
            .text("description", &self.description)
            .set("ip_protocol", self.protocol.as_str())
            .set("from_port", self.from_port)
            .set("to_port", self.to_port)
            .set(peer, self.peer.as_str());
        let import = exported.id.rsplit('/').next().unwrap_or_default();
        vec![Block::new(resource, import, body)]
    }

    fn example() -> Example {
        let group = json!({"vpc": "${vpc.parent.id}", "description": "Tasks of the service"});
        Example {
            parents: vec![
                ("vpc.parent", json!({"cidr": "10.90.0.0/16"})),
                ("security_group.parent", group),
            ],
            properties: json!({
                "security_group": "${security_group.parent.id}",
                "direction": "ingress",
                "protocol": "tcp",
                "from_port": 8080,
                "to_port": 8080,
                "peer": "10.90.0.0/16",
            }),
            changes: vec![("description", json!("The service from within the VPC"))],
        }
    }
}

/// The parts of our id.
struct Id<'a> {
    group: &'a str,
    direction: &'a str,
    rule: &'a str,
}

impl<'a> Id<'a> {
    fn of(text: &'a str) -> Result<Self, CloudError> {
        match text.split('/').collect::<Vec<_>>()[..] {
            [group, direction, rule] => Ok(Self {
                group,
                direction,
                rule,
            }),
            _ => {
                let message =
                    format!("`{text}` is not <group>/<direction>/<rule>; this is a bug in bella");
                Err(CloudError::new(Fault::Rejected, "ec2", "identify", message))
            }
        }
    }
}

fn id(group: &str, direction: Direction, rule: &str) -> String {
    let direction = match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    };
    format!("{group}/{direction}/{rule}")
}

async fn rules(aws: &Aws, filter: Filter) -> Result<Vec<Wire>, CloudError> {
    let mut pages = aws
        .ec2
        .describe_security_group_rules()
        .filters(filter)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.extend(
            page.map_err(refused)?
                .security_group_rules
                .unwrap_or_default(),
        );
    }
    Ok(found)
}

fn observe(rule: &Wire) -> Option<Observed<SecurityGroupRule>> {
    let group = rule.group_id()?.to_owned();
    let direction = match rule.is_egress() {
        Some(true) => Direction::Egress,
        _ => Direction::Ingress,
    };
    let protocol = rule.ip_protocol().unwrap_or("-1").to_owned();
    // AWS answers -1 for the ports of a protocol that has none.
    let port = |port: Option<i32>| {
        if has_ports(&protocol) {
            port.or(Some(-1))
        } else {
            None
        }
    };
    let peer = rule
        .cidr_ipv4()
        .or(rule.cidr_ipv6())
        .or(rule
            .referenced_group_info()
            .and_then(|info| info.group_id()))
        .or(rule.prefix_list_id())?;
    Some(Observed {
        id: id(&group, direction, rule.security_group_rule_id()?),
        address: None,
        outputs: [("security_group".to_owned(), group.clone())].into(),
        props: Some(SecurityGroupRule {
            from_port: port(rule.from_port()),
            to_port: port(rule.to_port()),
            protocol,
            security_group: group,
            direction,
            peer: peer.to_owned(),
            description: rule.description().unwrap_or_default().to_owned(),
        }),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
