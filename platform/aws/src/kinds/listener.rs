//! A listener of an application load balancer.

mod action;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, Certificate as WireCertificate, Listener as Wire, ProtocolEnum,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::action::Redirect;
pub(super) use self::action::{forward, target_of};
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
    /// `HTTP`, the default, or `HTTPS`, which needs a certificate.
    #[serde(default = "http")]
    pub protocol: String,
    /// ARN of the certificate of an HTTPS listener. While it is not yet issued, making the listener
    /// is repeated for 75 minutes (aws-behaviours rows 29, 30).
    #[serde(default)]
    pub certificate: Option<String>,
    /// Which versions and ciphers of TLS an HTTPS listener takes; default
    /// `ELBSecurityPolicy-TLS13-1-2-2021-06`, TLS 1.2 and 1.3. An HTTP listener has none, which
    /// counts as the default, and is refused with another.
    #[serde(default = "tls12")]
    pub ssl_policy: Option<String>,
    /// ARN of the target group that requests go to; exactly one of this and `redirect` is set.
    #[serde(default)]
    pub target_group: Option<String>,
    /// Where callers are sent instead.
    #[serde(default)]
    pub redirect: Option<Redirect>,
}

fn tls12() -> Option<String> {
    Some("ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned())
}

fn http() -> String {
    "HTTP".to_owned()
}

impl Resource for Listener {
    type Cloud = Aws;
    const KIND: &'static str = "listener";
    const SERVICE: &'static str = "elasticloadbalancing";
    const OUTPUTS: &'static [&'static str] = &["arn", "target_group", "certificate"];
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
        elb_tags::ACTIONS[3],
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
        let mut tags = elb_tags::of(look, arns.collect()).await?;
        let found = listeners.iter().filter_map(|listener| {
            let arn = listener.listener_arn()?;
            let tags = tags.remove(arn)?;
            let address = owned(look.stack(), &tags)?;
            let it = read(listener);
            let mut outputs = Outputs::from([("arn".to_owned(), arn.to_owned())]);
            outputs.extend(it.echoes());
            Some(Observed {
                id: arn.to_owned(),
                address: Some(address),
                outputs,
                props: Some(it),
                tags,
                phase: Phase::Ready,
                created: None,
                protected: None,
            })
        });
        Ok(found.collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let action = self.check("CreateListener")?;
        let call = aws
            .elb
            .create_listener()
            .load_balancer_arn(&self.load_balancer)
            .port(self.port)
            .protocol(self.protocol())
            .set_certificates(self.certificates())
            .set_ssl_policy(self.policy())
            .default_actions(action)
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
        let arn = arn.unwrap_or_default();
        let mut made = Made::usable(arn.clone(), self.clone(), [("arn", arn)]);
        if let Some(now) = &mut made.now {
            now.outputs.extend(self.echoes());
        }
        Ok(made)
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let action = self.check("ModifyListener")?;
        let is_same = self.target_group == from.target_group && self.redirect == from.redirect;
        let call = aws
            .elb
            .modify_listener()
            .listener_arn(who.id()?)
            .set_port((self.port != from.port).then_some(self.port))
            .set_protocol((self.protocol != from.protocol).then(|| self.protocol()))
            .set_certificates(
                (self.certificate != from.certificate)
                    .then(|| self.certificates())
                    .flatten(),
            )
            .set_ssl_policy(
                (self.policy() != from.policy())
                    .then(|| self.policy())
                    .flatten(),
            )
            .set_default_actions((!is_same).then(|| vec![action]));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
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
        ("certificate", "{}.certificate_arn"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let action = match &self.redirect {
            Some(redirect) => Body::new()
                .set("type", "redirect")
                .block("redirect", redirect.terraform()),
            None => Body::new()
                .set("type", "forward")
                .set("target_group_arn", self.target_group.as_deref()),
        };
        let body = Body::new()
            .set("load_balancer_arn", self.load_balancer.as_str())
            .set("port", self.port)
            .set("protocol", self.protocol.as_str())
            .set("certificate_arn", self.certificate.as_deref())
            .set("ssl_policy", self.policy())
            .block("default_action", action)
            .tags(exported.tags);
        vec![Block::new("aws_lb_listener", exported.id, body)]
    }

    fn example() -> Example {
        let mut parents = sample::balancer();
        parents.retain(|(address, _)| !address.starts_with("listener."));
        parents.extend(sample::certificates());
        Example {
            parents,
            properties: json!({
                "load_balancer": "${load_balancer.parent.arn}",
                "port": 443,
                "protocol": "HTTPS",
                "certificate": "${certificate.parent.arn}",
                "target_group": "${target_group.parent.arn}",
            }),
            // `protocol` changes together with `certificate`, `redirect` in place of the target
            // group.
            changes: vec![
                ("port", json!(8443)),
                ("certificate", json!("${certificate.other.arn}")),
                ("ssl_policy", json!("ELBSecurityPolicy-TLS13-1-3-2021-06")),
                ("target_group", json!("${target_group.other.arn}")),
            ],
        }
    }
}

impl Listener {
    /// Outputs that repeat a property.
    fn echoes(&self) -> impl Iterator<Item = (String, String)> + use<> {
        let echoes = [
            ("target_group", self.target_group.clone()),
            ("certificate", self.certificate.clone()),
        ];
        let given = echoes.into_iter();
        given.filter_map(|(name, value)| Some((name.to_owned(), value?)))
    }

    fn protocol(&self) -> ProtocolEnum {
        ProtocolEnum::from(self.protocol.as_str())
    }

    fn is_https(&self) -> bool {
        self.protocol() == ProtocolEnum::Https
    }

    fn certificates(&self) -> Option<Vec<WireCertificate>> {
        let arn = self.certificate.as_ref()?;
        Some(vec![
            WireCertificate::builder().certificate_arn(arn).build(),
        ])
    }

    /// What an HTTPS listener has; an HTTP listener takes none.
    fn policy(&self) -> Option<String> {
        self.ssl_policy.clone().filter(|_| self.is_https())
    }

    /// What is done with requests.
    ///
    /// # Errors
    /// Properties that exclude or need each other.
    fn check(&self, operation: &str) -> Result<Action, CloudError> {
        let both = match (&self.certificate, self.is_https()) {
            (Some(_), true) | (None, false) => None,
            (None, true) => Some("speaks HTTPS and has no certificate; set both".to_owned()),
            (Some(certificate), false) => Some(format!(
                "speaks {} and has the certificate {certificate}; set protocol HTTPS, or no certificate",
                self.protocol
            )),
        };
        let of_tls = self.ssl_policy.as_ref().filter(|_| !self.is_https());
        let idle = of_tls.filter(|_| self.ssl_policy != tls12()).map(|policy| {
            format!(
                "speaks {} and has the ssl_policy {policy}; set protocol HTTPS, or no ssl_policy",
                self.protocol
            )
        });
        let action = match (&self.target_group, &self.redirect) {
            (Some(group), None) => Ok(forward(group)),
            (None, Some(redirect)) => Ok(redirect.action()),
            (Some(group), Some(redirect)) => Err(format!(
                "forwards to the target group {group} and redirects to {}; set one of the two",
                redirect.protocol
            )),
            (None, None) => {
                Err("has neither target_group nor redirect; set one of the two".to_owned())
            }
        };
        let wrong = match (both.or(idle), action) {
            (None, Ok(action)) => return Ok(action),
            (Some(wrong), _) | (None, Err(wrong)) => wrong,
        };
        let message = format!("the listener on port {} {wrong}", self.port);
        let service = "elasticloadbalancingv2";
        Err(CloudError::new(
            Fault::Rejected,
            service,
            operation,
            message,
        ))
    }
}

fn read(listener: &Wire) -> Listener {
    let is_https = listener.protocol() == Some(&ProtocolEnum::Https);
    let certificate = listener.certificates().first();
    let certificate = certificate.and_then(|one| one.certificate_arn.clone());
    Listener {
        load_balancer: listener.load_balancer_arn().unwrap_or_default().to_owned(),
        port: listener.port().unwrap_or_default(),
        protocol: listener
            .protocol()
            .map(|value| value.as_str().to_owned())
            .unwrap_or_default(),
        certificate,
        // Without TLS it has none, whatever may be shown.
        ssl_policy: listener
            .ssl_policy
            .clone()
            .filter(|_| is_https)
            .or_else(tls12),
        target_group: action::forwards_to(listener),
        redirect: action::redirects_to(listener),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_of_tls_needs_https() {
        let refusal = |more: serde_json::Value| {
            let mut properties = json!({"load_balancer": "lb", "port": 80, "target_group": "tg"});
            let all = properties.as_object_mut().expect("an object");
            all.extend(more.as_object().expect("an object").clone());
            let listener: Listener = serde_json::from_value(properties).expect("a listener");
            let refused = listener.check("CreateListener").err();
            refused.map(|error| error.message)
        };
        let strict = json!("ELBSecurityPolicy-TLS13-1-3-2021-06");
        assert_eq!(
            refusal(json!({"ssl_policy": strict})).as_deref(),
            Some(
                "the listener on port 80 speaks HTTP and has the ssl_policy ELBSecurityPolicy-TLS13-1-3-2021-06; set protocol HTTPS, or no ssl_policy"
            )
        );
        let https = json!({"protocol": "HTTPS", "certificate": "arn", "ssl_policy": strict});
        assert_eq!(refusal(https), None);
        assert_eq!(refusal(json!({})), None);
        assert_eq!(refusal(json!({"ssl_policy": null})), None);
    }
}
