//! The Resource Groups Tagging API: what carries a tag, of every service that Bella tags.
//!
//! The emulator's own answer knows some services. Those in [`SERVICES`] are listed here instead, a file and a line
//! each: `list` asks the bare emulator (or a fake's store) and answers all of the caller's objects in the region with
//! their tags; filters and pages are done once, in this file. As on AWS, roles are in no answer, and budgets, which
//! are global, are in none of a region.

mod acm;
pub(super) mod change;
mod cloudwatch;
mod ec2;
mod ecs;
mod elasticache;
mod elb;
mod logs;
mod page;
mod rds;
mod secretsmanager;

use std::pin::Pin;

use hyper::StatusCode;
use serde_json::{Value, json};

use self::page::{Page, matches, region_of, service_of};
use super::rule::{About, Outcome, Rule, Work};
use super::turn::{Turn, array};
use crate::gateway::{Answer, Call, NoAnswer};

pub(crate) static RULE: Tagging = Tagging;

pub(crate) struct Tagging;

/// An object with its tags, which may be none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) arn: String,
    pub(crate) tags: Vec<(String, String)>,
}

pub(crate) type Listed<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Tagged>, NoAnswer>> + Send + 'a>>;

/// How the objects of one service are listed.
struct Service {
    /// As ARNs name it.
    name: &'static str,
    list: for<'a> fn(&'a Turn<'a>) -> Listed<'a>,
}

/// Services of which the emulator's own answer says nothing, or too much.
const SERVICES: &[Service] = &[
    Service {
        name: "acm",
        list: acm::list,
    },
    Service {
        name: "cloudwatch",
        list: cloudwatch::list,
    },
    Service {
        name: "ec2",
        list: ec2::list,
    },
    Service {
        name: "ecs",
        list: ecs::list,
    },
    Service {
        name: "elasticloadbalancing",
        list: elb::list,
    },
    Service {
        name: "elasticache",
        list: elasticache::list,
    },
    Service {
        name: "logs",
        list: logs::list,
    },
    Service {
        name: "rds",
        list: rds::list,
    },
    Service {
        name: "secretsmanager",
        list: secretsmanager::list,
    },
];

const TARGET: &str = "ResourceGroupsTaggingAPI_20170126.GetResources";

impl Rule for Tagging {
    fn name(&self) -> &'static str {
        "tagged-objects-of-every-service"
    }

    fn about(&self) -> About {
        About::fills(
            "What carries a tag, of every service that Bella tags; roles are in no answer, nor budgets in one of a \
             region.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("tagging", &["GetResources"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { answer(&turn).await })
    }
}

async fn answer(turn: &Turn<'_>) -> Outcome {
    let request = turn.json();
    let page = match Page::of(&request) {
        Ok(page) => page,
        Err(message) => {
            let (status, code) = (StatusCode::BAD_REQUEST, "InvalidParameterException");
            return Ok(Answer::error(turn.call, status, code, &message));
        }
    };
    let mut found = of_the_emulator(turn, &json!({})).await?;
    found.retain(|object| !SERVICES.iter().any(|s| s.name == service_of(&object.arn)));
    for service in SERVICES {
        found.extend((service.list)(turn).await?);
    }
    found.retain(|object| {
        let region = region_of(&object.arn);
        !object.tags.is_empty()
            && (region.is_empty() || region == turn.region())
            && matches(&request, object)
    });
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    let (shown, next) = page.cut(&found);
    let shown: Vec<Value> = shown.iter().map(wire).collect();
    let body = json!({"ResourceTagMappingList": shown, "PaginationToken": next});
    Ok(Answer::new(
        StatusCode::OK,
        "application/x-amz-json-1.1",
        body.to_string(),
    ))
}

/// What the emulator itself answers to such a request.
async fn of_the_emulator(turn: &Turn<'_>, request: &Value) -> Result<Vec<Tagged>, NoAnswer> {
    let answer = turn.ask_json("tagging", TARGET, request).await?;
    let object = |object: &Value| Tagged {
        arn: text(&object["ResourceARN"]),
        tags: pairs(&object["Tags"], "Key", "Value"),
    };
    Ok(array(&answer["ResourceTagMappingList"])
        .iter()
        .map(object)
        .collect())
}

/// The tags in a JSON list of objects, with the names that the service gives key and value.
fn pairs(list: &Value, key: &str, value: &str) -> Vec<(String, String)> {
    let pair = |tag: &Value| (text(&tag[key]), text(&tag[value]));
    array(list).iter().map(pair).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn wire(object: &Tagged) -> Value {
    let tags = object.tags.iter();
    let tags: Vec<Value> = tags
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    json!({"ResourceARN": object.arn, "Tags": tags})
}
