use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::page::service_of;
use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: ChangedTags = ChangedTags;

pub(crate) struct ChangedTags;

/// Most objects in one call (API reference of `TagResources`).
const LARGEST: usize = 20;

impl Rule for ChangedTags {
    fn name(&self) -> &'static str {
        "changed-tags-reach-their-objects"
    }

    fn about(&self) -> About {
        About::fills(
            "Tags changed through the Resource Groups Tagging API are the object's own, as its service tells them.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("tagging", &["TagResources", "UntagResources"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { change(&turn).await })
    }
}

/// What is to happen to an object's tags.
enum Change {
    Set(BTreeMap<String, String>),
    Remove(Vec<String>),
}

async fn change(turn: &Turn<'_>) -> Outcome {
    let request = turn.json();
    let arns: Vec<&str> = array(&request["ResourceARNList"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if !(1..=LARGEST).contains(&arns.len()) {
        let message = format!("ResourceARNList holds {}, not 1 to {LARGEST}", arns.len());
        let (status, code) = (StatusCode::BAD_REQUEST, "InvalidParameterException");
        return Ok(Answer::error(turn.call, status, code, &message));
    }
    let change = if turn.call.operation == "TagResources" {
        Change::Set(serde_json::from_value(request["Tags"].clone()).unwrap_or_default())
    } else {
        Change::Remove(serde_json::from_value(request["TagKeys"].clone()).unwrap_or_default())
    };
    let mut failed = Map::new();
    for arn in arns {
        if !apply(turn, arn, &change).await? {
            let what = json!({
                "StatusCode": 400,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": format!("{arn} is not there, or its service takes no such tags"),
            });
            failed.insert(arn.to_owned(), what);
        }
    }
    let body = json!({"FailedResourcesMap": failed});
    let content_type = "application/x-amz-json-1.1";
    Ok(Answer::new(StatusCode::OK, content_type, body.to_string()))
}

/// Asks the object's own service; false when that refuses.
async fn apply(turn: &Turn<'_>, arn: &str, change: &Change) -> Result<bool, NoAnswer> {
    match service_of(arn) {
        "acm" => by_json(turn, &ACM, arn, change).await,
        "ecr" => by_json(turn, &ECR, arn, change).await,
        "ecs" => by_json(turn, &ECS, arn, change).await,
        "logs" => by_json(turn, &LOGS, arn, change).await,
        "secretsmanager" => by_json(turn, &SECRETS, arn, change).await,
        "ec2" => by_form(turn, &EC2, arn.rsplit('/').next().unwrap_or(arn), change).await,
        "elasticache" => by_form(turn, &ELASTICACHE, arn, change).await,
        "elasticloadbalancing" => by_form(turn, &ELB, arn, change).await,
        "rds" => by_form(turn, &RDS, arn, change).await,
        "sns" => by_form(turn, &SNS, arn, change).await,
        _ => of_the_emulator(turn, arn).await,
    }
}

/// How a service that speaks JSON takes tags.
struct Json {
    service: &'static str,
    prefix: &'static str,
    set: &'static str,
    remove: &'static str,
    /// The field that names the object.
    object: &'static str,
    /// Its lists of tags and of keys, and what a tag calls its key and value; a map where these are empty.
    tags: &'static str,
    keys: &'static str,
    pair: (&'static str, &'static str),
}

const ACM: Json = Json {
    service: "acm",
    prefix: "CertificateManager",
    set: "AddTagsToCertificate",
    remove: "RemoveTagsFromCertificate",
    object: "CertificateArn",
    tags: "Tags",
    keys: "",
    pair: ("Key", "Value"),
};
const ECR: Json = Json {
    service: "ecr",
    prefix: "AmazonEC2ContainerRegistry_V20150921",
    set: "TagResource",
    remove: "UntagResource",
    object: "resourceArn",
    tags: "tags",
    keys: "tagKeys",
    pair: ("Key", "Value"),
};
const ECS: Json = Json {
    service: "ecs",
    prefix: "AmazonEC2ContainerServiceV20141113",
    pair: ("key", "value"),
    ..ECR
};
const LOGS: Json = Json {
    service: "logs",
    prefix: "Logs_20140328",
    pair: ("", ""),
    ..ECR
};
const SECRETS: Json = Json {
    service: "secretsmanager",
    prefix: "secretsmanager",
    object: "SecretId",
    tags: "Tags",
    keys: "TagKeys",
    ..ECR
};

async fn by_json(
    turn: &Turn<'_>,
    how: &Json,
    arn: &str,
    change: &Change,
) -> Result<bool, NoAnswer> {
    let (key_name, value_name) = how.pair;
    let mut body = json!({ how.object: arn });
    let operation = match change {
        Change::Set(tags) if key_name.is_empty() => {
            body[how.tags] = json!(tags);
            how.set
        }
        Change::Set(tags) => {
            let pair = |(key, value)| json!({ key_name: key, value_name: value });
            body[how.tags] = tags.iter().map(pair).collect();
            how.set
        }
        // Without a list of keys, tags are removed by tags without a value.
        Change::Remove(keys) if how.keys.is_empty() => {
            body[how.tags] = keys.iter().map(|key| json!({ key_name: key })).collect();
            how.remove
        }
        Change::Remove(keys) => {
            body[how.keys] = json!(keys);
            how.remove
        }
    };
    let target = format!("{}.{operation}", how.prefix);
    let answer = turn.ask_json(how.service, &target, &body).await?;
    Ok(!answer.is_null())
}

/// How a service that speaks a Query protocol takes tags.
struct Query {
    service: &'static str,
    version: &'static str,
    set: &'static str,
    remove: &'static str,
    object: &'static str,
    /// What leads the number of a tag and of a key; tags all the way where keys have no list of their own.
    tags: &'static str,
    keys: &'static str,
}

const EC2: Query = Query {
    service: "ec2",
    version: "2016-11-15",
    set: "CreateTags",
    remove: "DeleteTags",
    object: "ResourceId.1",
    tags: "Tag",
    keys: "",
};
const RDS: Query = Query {
    service: "rds",
    version: "2014-10-31",
    set: "AddTagsToResource",
    remove: "RemoveTagsFromResource",
    object: "ResourceName",
    tags: "Tags.Tag",
    keys: "TagKeys.member",
};
const ELASTICACHE: Query = Query {
    service: "elasticache",
    version: "2015-02-02",
    ..RDS
};
const ELB: Query = Query {
    service: "elasticloadbalancing",
    version: "2015-12-01",
    set: "AddTags",
    remove: "RemoveTags",
    object: "ResourceArns.member.1",
    tags: "Tags.member",
    keys: "TagKeys.member",
};
const SNS: Query = Query {
    service: "sns",
    version: "2010-03-31",
    set: "TagResource",
    remove: "UntagResource",
    object: "ResourceArn",
    tags: "Tags.member",
    keys: "TagKeys.member",
};

async fn by_form(
    turn: &Turn<'_>,
    how: &Query,
    object: &str,
    change: &Change,
) -> Result<bool, NoAnswer> {
    let mut fields = vec![(how.object.to_owned(), object)];
    let action = match change {
        Change::Set(tags) => {
            for (number, (key, value)) in (1..).zip(tags) {
                fields.push((format!("{}.{number}.Key", how.tags), key));
                fields.push((format!("{}.{number}.Value", how.tags), value));
            }
            how.set
        }
        Change::Remove(keys) => {
            for (number, key) in (1..).zip(keys) {
                fields.push(match how.keys {
                    "" => (format!("{}.{number}.Key", how.tags), key),
                    list => (format!("{list}.{number}"), key),
                });
            }
            how.remove
        }
    };
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let answer = turn
        .ask_query(how.service, how.version, action, &fields)
        .await?;
    Ok(!answer.contains("<Error>"))
}

/// What the emulator itself makes of the call for one object.
async fn of_the_emulator(turn: &Turn<'_>, arn: &str) -> Result<bool, NoAnswer> {
    let mut body = turn.json();
    body["ResourceARNList"] = json!([arn]);
    let target = format!("ResourceGroupsTaggingAPI_20170126.{}", turn.call.operation);
    let answer = turn.ask_json("tagging", &target, &body).await?;
    let failed = answer["FailedResourcesMap"].as_object();
    Ok(!answer.is_null() && failed.is_none_or(Map::is_empty))
}
