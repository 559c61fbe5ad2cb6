//! Network interfaces that outlive the load balancer or the tasks that had them (rows 13 to 18 of AWS's behaviours).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::ec2::interface_filters::matches;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};
use crate::temper::Wait;

pub(super) static RULE: Lingering = Lingering;

pub(super) struct Lingering;

const NAME: &str = "interfaces-released-late";

/// One interface that is not released yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Interface {
    id: String,
    region: String,
    subnet: String,
    groups: BTreeSet<String>,
    is_public: bool,
    description: String,
    until: Timestamp,
}

/// Leaves an interface in each subnet that `source`, a description of their owner, names, in its security groups.
pub(super) fn leave(
    turn: &Turn<'_>,
    owner: &str,
    description: &str,
    source: &str,
    is_public: bool,
) {
    let Some(until) = turn.temper.until(Wait::InterfaceRelease, owner) else {
        return;
    };
    let now = turn.clock.now();
    let words = |start: &str| -> BTreeSet<String> {
        let words = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words
            .filter(|word| word.starts_with(start))
            .map(str::to_owned)
            .collect()
    };
    let groups = words("sg-");
    let region = turn.region();
    let made = words("subnet-").into_iter().map(|subnet| Interface {
        id: format!("eni-{:017x}", hash(&[owner, &subnet])),
        region: region.to_owned(),
        subnet,
        groups: groups.clone(),
        is_public,
        description: description.to_owned(),
        until,
    });
    let made: Vec<Interface> = made.collect();
    // Should it not be saved, the interfaces are released at once.
    let _ = turn.store.change(NAME, |all: &mut Vec<Interface>| {
        all.retain(|one| one.until > now);
        all.extend(made);
    });
}

impl Rule for Lingering {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> About {
        About::refuses(
            "The interfaces of a load balancer or of tasks hold their subnet, groups and gateway for minutes after \
             these are gone.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "DeleteSecurityGroup",
            "DeleteSubnet",
            "DescribeNetworkInterfaces",
            "DetachInternetGateway",
        ];
        call.is("ec2", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let mut left: Vec<Interface> = turn.store.read(NAME);
            let now = turn.clock.now();
            left.retain(|one| one.until > now && one.region == turn.region());
            if left.is_empty() {
                return turn.pass().await;
            }
            if turn.call.operation == "DescribeNetworkInterfaces" {
                return describe(&turn, &left).await;
            }
            match why_not(&turn, &left).await? {
                Some(message) => Ok(Answer::error(
                    turn.call,
                    hyper::StatusCode::BAD_REQUEST,
                    "DependencyViolation",
                    &message,
                )),
                None => turn.pass().await,
            }
        })
    }
}

async fn why_not(turn: &Turn<'_>, left: &[Interface]) -> Result<Option<String>, NoAnswer> {
    let form = turn.form();
    Ok(match turn.call.operation.as_str() {
        "DeleteSecurityGroup" => {
            let group = form.text("GroupId");
            let is_held = left.iter().any(|one| one.groups.contains(group));
            is_held.then(|| format!("resource {group} has a dependent object"))
        }
        "DeleteSubnet" => {
            let subnet = form.text("SubnetId");
            let is_held = left.iter().any(|one| one.subnet == subnet);
            is_held
                .then(|| format!("The subnet '{subnet}' has dependencies and cannot be deleted."))
        }
        _ => {
            let vpc = form.text("VpcId");
            let filter = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc)];
            let subnets = turn.ec2("DescribeSubnets", &filter).await?;
            let is_held = left
                .iter()
                .any(|one| one.is_public && subnets.contains(&one.subnet));
            is_held.then(|| {
                format!(
                    "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
                )
            })
        }
    })
}

async fn describe(turn: &Turn<'_>, left: &[Interface]) -> Outcome {
    let answer = turn.pass().await?;
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let Some(set) = xml::find(document.root(), "networkInterfaceSet") else {
        return Ok(answer);
    };
    let form = turn.form();
    let mut edits = Edits::default();
    for one in left {
        let subnets = turn
            .ec2("DescribeSubnets", &[("SubnetId.1", &one.subnet)])
            .await?;
        let described = xml::parse(&subnets);
        let vpc = xml::find(described.root(), "vpcId").and_then(|node| node.text());
        let text = one.wire(vpc.unwrap_or_default());
        let item = xml::parse(&text);
        if matches(&form, item.root_element()) {
            edits.append(&source, set, &text);
        }
    }
    let body = edits.apply(&source);
    Ok(answer.with_body(body))
}

impl Interface {
    fn wire(&self, vpc: &str) -> String {
        let groups: String = self
            .groups
            .iter()
            .map(|group| format!("<item><groupId>{group}</groupId></item>"))
            .collect();
        format!(
            "<item><networkInterfaceId>{}</networkInterfaceId><subnetId>{}</subnetId><vpcId>{vpc}</vpcId>\
             <description>{}</description><requesterManaged>true</requesterManaged><status>in-use</status>\
             <interfaceType>interface</interfaceType><groupSet>{groups}</groupSet><tagSet/></item>",
            self.id, self.subnet, self.description
        )
    }
}

fn hash(words: &[&str]) -> u64 {
    // Any number that is the same for the same words.
    let throw = crate::temper::Dice::of(0, words, 0).number(0);
    throw.to_bits()
}
