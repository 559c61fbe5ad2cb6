//! A listener of an application load balancer.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Listener as Wire, ProtocolEnum,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Observed, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::{elb_tags, load_balancer, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A port on which a load balancer takes requests, and where it sends them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// ARN of the load balancer.
    pub load_balancer: String,
    /// Port, 1 to 65535.
    pub port: i32,
    /// `HTTP`, the default and the only one that needs no certificate.
    #[serde(default = "http")]
    pub protocol: String,
    /// ARN of the target group that requests go to.
    pub target_group: String,
}

fn http() -> String {
    "HTTP".to_owned()
}

impl Resource for Listener {
    type Cloud = Aws;
    const KIND: &'static str = "listener";
    const SERVICE: &'static str = "elasticloadbalancing";
    const OUTPUTS: &'static [&'static str] = &["arn", "target_group"];
    const IMMUTABLE: &'static [&'static str] = &["load_balancer"];
    const EXCLUSIVE: &'static [&'static str] = &["load_balancer", "port"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:ModifyListener",
        elb_tags::ACTIONS[0],
        elb_tags::ACTIONS[1],
        elb_tags::ACTIONS[2],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let listeners = match look.id() {
            Some(arn) => {
                let call = look.aws.elb.describe_listeners().listener_arns(arn);
                call.send()
                    .await
                    .map_err(refused)?
                    .listeners
                    .unwrap_or_default()
            }
            None => {
                let balancers = load_balancer::of_look(look).await?;
                let reads = balancers.iter().filter_map(|(balancer, _)| {
                    let (aws, arn) = (look.aws.clone(), balancer.load_balancer_arn.clone()?);
                    let read: Read<_> = Box::pin(async move { on(&aws, &arn).await });
                    Some(read)
                });
                at_once::all(reads.collect())
                    .await?
                    .into_iter()
                    .flatten()
                    .collect()
            }
        };
        let arns = listeners
            .iter()
            .filter_map(|listener| listener.listener_arn.clone());
        let mut tags = elb_tags::of(&look.aws, arns.collect()).await?;
        let found = listeners.iter().filter_map(|listener| {
            let arn = listener.listener_arn()?;
            let tags = tags.remove(arn)?;
            let address = owned(look.stack(), &tags)?;
            let target_group = forwards_to(listener);
            Some(Observed {
                id: arn.to_owned(),
                address: Some(address),
                outputs: [
                    ("arn".to_owned(), arn.to_owned()),
                    ("target_group".to_owned(), target_group.clone()),
                ]
                .into(),
                props: Some(Self {
                    load_balancer: listener.load_balancer_arn().unwrap_or_default().to_owned(),
                    port: listener.port().unwrap_or_default(),
                    protocol: listener
                        .protocol()
                        .map(|value| value.as_str().to_owned())
                        .unwrap_or_default(),
                    target_group,
                }),
                tags,
                phase: Phase::Ready,
                created: None,
                protected: None,
            })
        });
        Ok(found.collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<String, CloudError> {
        let call = aws
            .elb
            .create_listener()
            .load_balancer_arn(&self.load_balancer)
            .port(self.port)
            .protocol(self.protocol())
            .default_actions(self.forward())
            .set_tags(Some(elb_tags::wire(&who.tags)));
        let made = call
            .send()
            .await
            .map_err(refused)?
            .listeners
            .unwrap_or_default();
        let arn = made
            .into_iter()
            .next()
            .and_then(|listener| listener.listener_arn);
        Ok(arn.unwrap_or_default())
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let forward = (self.target_group != from.target_group).then(|| vec![self.forward()]);
        let call = aws
            .elb
            .modify_listener()
            .listener_arn(who.id()?)
            .set_port((self.port != from.port).then_some(self.port))
            .set_protocol((self.protocol != from.protocol).then(|| self.protocol()))
            .set_default_actions(forward);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elb.delete_listener().listener_arn(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        elb_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("arn", "{}.arn"),
        ("target_group", "{}.default_action[0].target_group_arn"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let forward = Body::new()
            .set("type", "forward")
            .set("target_group_arn", self.target_group.as_str());
        let body = Body::new()
            .set("load_balancer_arn", self.load_balancer.as_str())
            .set("port", self.port)
            .set("protocol", self.protocol.as_str())
            .block("default_action", forward)
            .tags(exported.tags);
        vec![Block::new("aws_lb_listener", exported.id, body)]
    }

    fn example() -> Example {
        let mut parents = sample::balancer();
        parents.retain(|(address, _)| !address.starts_with("listener."));
        Example {
            parents,
            properties: json!({
                "load_balancer": "${load_balancer.parent.arn}",
                "port": 80,
                "target_group": "${target_group.parent.arn}",
            }),
            // Another protocol, HTTPS, needs a certificate, so `protocol` has no second value.
            changes: vec![
                ("port", json!(8080)),
                ("target_group", json!("${target_group.other.arn}")),
            ],
        }
    }
}

impl Listener {
    fn protocol(&self) -> ProtocolEnum {
        ProtocolEnum::from(self.protocol.as_str())
    }

    fn forward(&self) -> Action {
        let action = Action::builder().r#type(ActionTypeEnum::Forward);
        action.target_group_arn(&self.target_group).build()
    }
}

/// Listeners of one load balancer; none when it has gone meanwhile.
async fn on(aws: &Aws, balancer: &str) -> Result<Vec<Wire>, CloudError> {
    let mut pages = aws
        .elb
        .describe_listeners()
        .load_balancer_arn(balancer)
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(refused) {
            Ok(page) => all.extend(page.listeners.unwrap_or_default()),
            Err(error) if error.fault == Fault::NotFound => break,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// The one target group that requests go to; empty when they go elsewhere or to several, which
/// then shows as a difference.
fn forwards_to(listener: &Wire) -> String {
    let [action] = listener.default_actions() else {
        return String::new();
    };
    let groups = action
        .forward_config()
        .map(|config| config.target_groups())
        .unwrap_or_default();
    match (action.target_group_arn(), groups) {
        (_, [_, _, ..]) => String::new(),
        (Some(arn), _) => arn.to_owned(),
        (None, [group]) => group.target_group_arn().unwrap_or_default().to_owned(),
        (None, []) => String::new(),
    }
}
