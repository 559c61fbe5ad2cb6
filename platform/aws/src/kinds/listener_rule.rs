//! A rule of a listener of an application load balancer.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{
    HostHeaderConditionConfig, Rule as Wire, RuleCondition,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Phase, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::{elb_tags, listener, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// Where a listener sends the requests for one host name.
///
/// It has no priority of its own choosing: rules for different host names never fit one request, so
/// that their order means nothing, and numbers that two stacks choose would meet. The lowest that is
/// free is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListenerRule {
    /// ARN of the listener, which may be another stack's.
    pub listener: String,
    /// Host name, in which `*` stands for any characters and `?` for one; 128 characters at most, with a
    /// dot and only letters behind the last one.
    pub host: String,
    /// ARN of the target group that requests for that name go to.
    pub target_group: String,
}

/// The condition's field.
const FIELD: &str = "host-header";
/// The most that a host name in a condition may have (API reference of `HostHeaderConditionConfig`).
const LONGEST: usize = 128;
/// Rules have priorities from 1 up to this (API reference of `CreateRule`).
const LAST: u32 = 50_000;
const SERVICE: &str = "elasticloadbalancingv2";

impl Resource for ListenerRule {
    type Cloud = Aws;
    const KIND: &'static str = "listener_rule";
    const SERVICE: &'static str = "elasticloadbalancing";
    const OUTPUTS: &'static [&'static str] = &["arn", "host", "target_group"];
    const IMMUTABLE: &'static [&'static str] = &["listener"];
    const EXCLUSIVE: &'static [&'static str] = &["listener", "host"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:ModifyRule",
        elb_tags::ACTIONS[0],
        elb_tags::ACTIONS[1],
        elb_tags::ACTIONS[2],
        elb_tags::ACTIONS[3],
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    /// By the tagging service: the listener may be on a load balancer of another stack, and no call
    /// lists the rules of all listeners. A rule that it does not show yet is found by
    /// [`Resource::create`], which looks before it makes one.
    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let arns: Vec<String> = match look.id() {
            Some(arn) => vec![arn.to_owned()],
            None => {
                let tagged = look.tagged().await?;
                let rules = tagged.keys().filter(|arn| arn.contains(":listener-rule/"));
                rules.cloned().collect()
            }
        };
        let reads = arns.iter().map(|arn| {
            let (aws, arn) = (look.aws.clone(), arn.clone());
            let read: Read<_> = Box::pin(async move { described(&aws, &arn).await });
            read
        });
        let rules = at_once::all(reads.collect()).await?;
        let mut tags = elb_tags::of(look, arns).await?;
        let found = rules.iter().flatten().filter_map(|rule| {
            let arn = rule.rule_arn()?;
            let tags = tags.remove(arn)?;
            let address = owned(look.stack(), &tags)?;
            let it = read(rule);
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
        self.check("CreateRule")?;
        let rules = on(aws, &self.listener).await?;
        // The answer of a call before this one may have been lost: what carries these tags is what it made.
        if let Some(same) = rules.iter().find(|rule| read(rule) == *self) {
            let arn = same.rule_arn().unwrap_or_default();
            if elb_tags::are(aws, arn, &who.tags).await? {
                return Ok(self.made(arn));
            }
        }
        self.refuse_taken("CreateRule", &rules, None)?;
        let call = aws
            .elb
            .create_rule()
            .listener_arn(&self.listener)
            .priority(self.free(&rules)?)
            .conditions(self.condition())
            .actions(listener::forward(&self.target_group))
            .set_tags(Some(elb_tags::wire(&who.tags)));
        let answer = call.send().await.map_err(refused)?;
        let rules = answer.rules.unwrap_or_default();
        let arn = rules.first().and_then(Wire::rule_arn);
        Ok(self.made(arn.unwrap_or_default()))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        self.check("ModifyRule")?;
        let id = who.id()?;
        if self.host != from.host {
            let rules = on(aws, &self.listener).await?;
            self.refuse_taken("ModifyRule", &rules, Some(id))?;
        }
        let action = listener::forward(&self.target_group);
        let call = aws
            .elb
            .modify_rule()
            .rule_arn(id)
            .set_conditions((self.host != from.host).then(|| vec![self.condition()]))
            .set_actions((self.target_group != from.target_group).then(|| vec![action]));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elb.delete_rule().rule_arn(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        elb_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("arn", "{}.arn"),
        ("target_group", "{}.action[0].target_group_arn"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let action = Body::new()
            .set("type", "forward")
            .set("target_group_arn", self.target_group.as_str());
        let hosts = Body::new().set("values", json!([self.host]));
        let body = Body::new()
            .set("listener_arn", self.listener.as_str())
            .block("action", action)
            .block("condition", Body::new().block("host_header", hosts))
            .tags(exported.tags);
        vec![Block::new("aws_lb_listener_rule", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: sample::balancer(),
            properties: json!({
                "listener": "${listener.parent.arn}",
                "host": "one.bella.example",
                "target_group": "${target_group.parent.arn}",
            }),
            changes: vec![
                ("host", json!("*.two.bella.example")),
                ("target_group", json!("${target_group.other.arn}")),
            ],
        }
    }
}

impl ListenerRule {
    /// Outputs that repeat a property.
    fn echoes(&self) -> [(String, String); 2] {
        [
            ("host".to_owned(), self.host.clone()),
            ("target_group".to_owned(), self.target_group.clone()),
        ]
    }

    fn made(&self, arn: &str) -> Made<Self> {
        let mut made = Made::usable(arn.to_owned(), self.clone(), [("arn", arn.to_owned())]);
        if let Some(now) = &mut made.now {
            now.outputs.extend(self.echoes());
        }
        made
    }

    fn condition(&self) -> RuleCondition {
        let hosts = HostHeaderConditionConfig::builder().values(&self.host);
        let condition = RuleCondition::builder().field(FIELD);
        condition.host_header_config(hosts.build()).build()
    }

    /// The lowest priority that no rule of the listener has.
    fn free(&self, rules: &[Wire]) -> Result<i32, CloudError> {
        let priorities = rules
            .iter()
            .filter_map(|rule| rule.priority()?.parse().ok());
        let taken: BTreeSet<u32> = priorities.collect();
        let free = (1..=LAST).find(|priority| !taken.contains(priority));
        let free = free.and_then(|priority| i32::try_from(priority).ok());
        free.ok_or_else(|| {
            rejected(
                "CreateRule",
                format!("the listener {} has no free priority", self.listener),
            )
        })
    }

    /// Of two rules for one host name the one with the lower number would have all requests.
    fn refuse_taken(
        &self,
        operation: &str,
        rules: &[Wire],
        own: Option<&str>,
    ) -> Result<(), CloudError> {
        let others = rules.iter().filter(|rule| rule.rule_arn() != own);
        let mut taken = others.filter(|rule| hosts(rule).contains(&self.host.as_str()));
        match taken.next() {
            None => Ok(()),
            Some(rule) => Err(rejected(
                operation,
                format!(
                    "requests for {} go elsewhere already, by the rule {}",
                    self.host,
                    rule.rule_arn().unwrap_or_default()
                ),
            )),
        }
    }

    /// Refuses what AWS would (API reference of `HostHeaderConditionConfig`).
    fn check(&self, operation: &str) -> Result<(), CloudError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-.*?".contains(c);
        let is_name = self.host.chars().all(fits) && self.host.len() <= LONGEST;
        let top = self.host.rsplit_once('.').map(|(_, top)| top);
        let is_top = |top: &str| !top.is_empty() && top.chars().all(|c| c.is_ascii_alphabetic());
        if is_name && top.is_some_and(is_top) {
            return Ok(());
        }
        Err(rejected(
            operation,
            format!(
                "`{}` is no host name of at most {LONGEST} letters, digits, `-` and `.`, with `*` and `?` for others, a dot among them \
                 and only letters behind the last",
                self.host
            ),
        ))
    }
}

fn rejected(operation: &str, message: String) -> CloudError {
    CloudError::new(Fault::Rejected, SERVICE, operation, message)
}

/// The host names of a rule that asks for nothing else; none of one that does.
fn hosts(rule: &Wire) -> Vec<&str> {
    let [condition] = rule.conditions() else {
        return Vec::new();
    };
    if condition.field() != Some(FIELD) {
        return Vec::new();
    }
    let given = condition.host_header_config().map(|config| config.values());
    let given = given.filter(|values| !values.is_empty());
    let values = given.unwrap_or_else(|| condition.values());
    values.iter().map(String::as_str).collect()
}

/// What a rule is; texts that no rule of ours has where it asks for something else, or does it.
fn read(rule: &Wire) -> ListenerRule {
    let hosts = hosts(rule).join(" ");
    let group = listener::target_of(rule.actions());
    ListenerRule {
        listener: listener_of(rule.rule_arn().unwrap_or_default()),
        host: hosts,
        target_group: group.unwrap_or_default(),
    }
}

/// `…:listener-rule/app/NAME/ID/LISTENER/RULE` is a rule of `…:listener/app/NAME/ID/LISTENER`.
fn listener_of(rule: &str) -> String {
    let (listener, _) = rule.rsplit_once('/').unwrap_or((rule, ""));
    listener.replacen(":listener-rule/", ":listener/", 1)
}

/// One rule; none when it has gone, which the tagging service hears of later.
async fn described(aws: &Aws, arn: &str) -> Result<Option<Wire>, CloudError> {
    let call = aws.elb.describe_rules().rule_arns(arn);
    match call.send().await.map_err(refused) {
        Ok(answer) => Ok(answer.rules.unwrap_or_default().into_iter().next()),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The rules of a listener.
async fn on(aws: &Aws, listener: &str) -> Result<Vec<Wire>, CloudError> {
    let call = aws.elb.describe_rules().listener_arn(listener);
    let mut pages = call.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(page.map_err(refused)?.rules.unwrap_or_default());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENER: &str = "arn:aws:elasticloadbalancing:r:1:listener/app/n/50dc/0467";

    fn rule(host: &str) -> ListenerRule {
        ListenerRule {
            listener: LISTENER.to_owned(),
            host: host.to_owned(),
            target_group: "arn:tg".to_owned(),
        }
    }

    fn wire(number: u32, priority: &str, of: &ListenerRule) -> Wire {
        let arn = LISTENER.replacen(":listener/", ":listener-rule/", 1);
        Wire::builder()
            .rule_arn(format!("{arn}/{number}"))
            .priority(priority)
            .conditions(of.condition())
            .actions(listener::forward(&of.target_group))
            .build()
    }

    #[test]
    fn host_names_are_held_to_what_a_condition_takes() {
        let long = format!("{}.example", "a".repeat(LONGEST + 1 - ".example".len()));
        for (host, fits) in [
            ("pr-42.bella.example", true),
            ("*.bella.example", true),
            (&long[1..], true),
            (&long, false),
            ("", false),
            ("localhost", false),
            ("a.b1", false),
            ("a.", false),
            ("a b", false),
            ("bücher.example", false),
            ("http://a", false),
        ] {
            assert_eq!(rule(host).check("CreateRule").is_ok(), fits, "{host}");
        }
    }

    #[test]
    fn what_is_made_is_what_is_read() {
        let one = rule("one.bella.example");
        assert_eq!(read(&wire(1, "3", &one)), one);
    }

    #[test]
    fn priorities_and_names_of_others_are_left_to_them() {
        let default = Wire::builder().priority("default").is_default(true).build();
        let (one, two) = (rule("one.bella.example"), rule("two.bella.example"));
        let rules = [default, wire(1, "1", &one), wire(2, "3", &two)];
        assert_eq!(rule("x").free(&rules).ok(), Some(2));
        assert!(rule("x").refuse_taken("CreateRule", &rules, None).is_ok());
        let taken = one.refuse_taken("CreateRule", &rules, None);
        let message = taken.expect_err("it is taken").message;
        assert!(message.contains("requests for one.bella.example go elsewhere"));
        let own = rules[1].rule_arn();
        assert!(one.refuse_taken("ModifyRule", &rules, own).is_ok());
        let all: Vec<Wire> = (1..=LAST)
            .map(|number| wire(number, &number.to_string(), &one))
            .collect();
        assert!(rule("x").free(&all).is_err());
    }
}
