//! A set of rules about who may talk to what carries it.

use std::sync::Arc;

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, ResourceType, SecurityGroup as Wire};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::blockers::{self, filter};
use super::ec2_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A set of rules about who may talk to what carries it. It begins without any: the rule that lets
/// everything out, which AWS adds, is taken away as soon as the group is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// Id of the VPC it belongs to.
    pub vpc: String,
    /// What it is for, 1 to 255 characters of `a-zA-Z0-9 ._-:/()#,@[]+=&;{}!$*`.
    pub description: String,
}

impl Resource for SecurityGroup {
    type Cloud = Aws;
    const KIND: &'static str = "security_group";
    const SERVICE: &'static str = "ec2";
    const OUTPUTS: &'static [&'static str] = &["id", "name"];
    const IMMUTABLE: &'static [&'static str] = &["vpc", "description"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: true,
        forbidden: &["sg-"],
    };
    const ACTIONS: &'static [&'static str] = &[
        "ec2:CreateSecurityGroup",
        "ec2:DeleteSecurityGroup",
        "ec2:DescribeSecurityGroups",
        "ec2:RevokeSecurityGroupEgress",
        blockers::ACTION,
        ec2_tags::ACTIONS[0],
        ec2_tags::ACTIONS[1],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let groups = groups(look).await?;
        Ok(groups
            .iter()
            .filter_map(|group| observe(look, group))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ec2
            .create_security_group()
            .group_name(&who.name)
            .description(&self.description)
            .vpc_id(&self.vpc)
            .tag_specifications(ec2_tags::on_create(ResourceType::SecurityGroup, who));
        let answer = call.send().await.map_err(refused)?;
        let id = answer.group_id.unwrap_or_default();
        let outputs = [("id", id.clone()), ("name", who.name.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    const STRIPPED: bool = true;

    /// Takes away the rules that let everything out; the IPv6 one exists only in a VPC with an IPv6
    /// range (aws-behaviours row 12). No rule of the stack is on the group yet, which may be alike.
    async fn strip(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let everything = || IpPermission::builder().ip_protocol("-1");
        let v4 = IpRange::builder().cidr_ip("0.0.0.0/0").build();
        let v6 = Ipv6Range::builder().cidr_ipv6("::/0").build();
        for rule in [everything().ip_ranges(v4), everything().ipv6_ranges(v6)] {
            let call = aws.ec2.revoke_security_group_egress().group_id(who.id()?);
            let answer = call.ip_permissions(rule.build()).send().await;
            match answer.map_err(refused) {
                Err(error) if error.fault != Fault::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Nothing but its tags can change in place.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        let call = aws.ec2.delete_security_group().group_id(id);
        match call.send().await.map_err(refused) {
            Ok(_) => Ok(()),
            Err(error) => Err(blockers::explain(error, users(aws, id)).await),
        }
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ec2_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("id", "{}.id"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", exported.output("name"))
            .set("description", self.description.as_str())
            .set("vpc_id", self.vpc.as_str())
            .tags(exported.tags);
        vec![Block::new("aws_security_group", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("vpc.parent", json!({"cidr": "10.90.0.0/16"}))],
            properties: json!({"vpc": "${vpc.parent.id}", "description": "Tasks of the service"}),
            changes: vec![],
        }
    }
}

/// What keeps a group from being deleted: interfaces that carry it, groups whose rules name it.
async fn users(aws: &Aws, id: &str) -> Result<Vec<String>, CloudError> {
    let mut found = blockers::interfaces(aws, vec![filter("group-id", id)]).await?;
    for name in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let call = aws.ec2.describe_security_groups().filters(filter(name, id));
        let answer = call.send().await.map_err(refused)?;
        let groups = answer.security_groups().iter();
        let others = groups
            .filter_map(|group| group.group_id())
            .filter(|other| *other != id);
        found.extend(others.map(|other| format!("{other} (a rule of it names this group)")));
    }
    Ok(found)
}

/// The look's groups, read once; not all of them need be ours.
async fn groups(look: &Look) -> Result<Arc<Vec<Wire>>, CloudError> {
    let fetch = async {
        let filter = ec2_tags::scope(look, "group-id");
        let call = look.aws.ec2.describe_security_groups().filters(filter);
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            found.extend(page.map_err(refused)?.security_groups.unwrap_or_default());
        }
        Ok(found)
    };
    look.once("security_groups", fetch).await
}

/// Ids of the look's groups that are ours.
pub(super) async fn our_ids(look: &Look) -> Result<Vec<String>, CloudError> {
    let groups = groups(look).await?;
    let ours = groups.iter().filter_map(|group| observe(look, group));
    Ok(ours.map(|group| group.id).collect())
}

fn observe(look: &Look, group: &Wire) -> Option<Observed<SecurityGroup>> {
    let tags = ec2_tags::read(Some(group.tags()));
    let address = owned(look.stack(), &tags)?;
    let id = group.group_id()?.to_owned();
    Some(Observed {
        outputs: [
            ("id".to_owned(), id.clone()),
            (
                "name".to_owned(),
                group.group_name().unwrap_or_default().to_owned(),
            ),
        ]
        .into(),
        id,
        address: Some(address),
        props: Some(SecurityGroup {
            vpc: group.vpc_id().unwrap_or_default().to_owned(),
            description: group.description().unwrap_or_default().to_owned(),
        }),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
