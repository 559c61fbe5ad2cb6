use std::collections::BTreeMap;

use hyper::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SERVICE;
use crate::gateway::{Answer, Call, cbor};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::tagging::Tagged;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Dashboards = Dashboards;

pub(crate) struct Dashboards;

const OF_DASHBOARDS: [&str; 4] = [
    "DeleteDashboards",
    "GetDashboard",
    "ListDashboards",
    "PutDashboard",
];

/// These take alarms too, which the emulator has.
const OF_TAGS: [&str; 3] = ["ListTagsForResource", "TagResource", "UntagResource"];

/// Document of the store.
const DOCUMENT: &str = "dashboards";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Dashboard {
    body: String,
    modified: i64,
    tags: BTreeMap<String, String>,
}

/// Dashboards by account and name.
type All = BTreeMap<String, BTreeMap<String, Dashboard>>;

/// What a call comes to: the answer, or a refusal's status, code and text.
type Said = Result<Value, (StatusCode, &'static str, String)>;

impl Rule for Dashboards {
    fn name(&self) -> &'static str {
        DOCUMENT
    }

    fn about(&self) -> About {
        About::fills(
            "Dashboards: checked bodies, tags, and answers in the types of AWS. Like AWS's, they belong to an \
             account and not to a region.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &OF_DASHBOARDS) || call.is(SERVICE, &OF_TAGS)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(&turn).await })
    }
}

async fn carry_out(turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let named = body["ResourceARN"].as_str().unwrap_or_default();
    let by_arn = named.split_once(":dashboard/").map(|(_, name)| name);
    if turn.call.is(SERVICE, &OF_TAGS) && by_arn.is_none() {
        return turn.pass().await;
    }
    let name = by_arn
        .or(body["DashboardName"].as_str())
        .unwrap_or_default();
    let account = turn.account().await?;
    let changed = turn.store.change(DOCUMENT, |all: &mut All| {
        let own = all.entry(account.clone()).or_default();
        said(&turn.call.operation, name, &body, &account, own)
    });
    Ok(match changed {
        Ok(Ok(value)) => turn.told(&value),
        Ok(Err((status, code, message))) => Answer::error(turn.call, status, code, &message),
        Err(error) => Answer::error(
            turn.call,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServiceError",
            &error.to_string(),
        ),
    })
}

/// The caller's dashboards with their tags, for the tagging API.
pub(in crate::rules) fn tagged(turn: &Turn<'_>, account: &str) -> Vec<Tagged> {
    let mut all: All = turn.store.read(DOCUMENT);
    let own = all.remove(account).unwrap_or_default().into_iter();
    own.map(|(name, one)| Tagged {
        arn: arn(account, &name),
        tags: one.tags.into_iter().collect(),
    })
    .collect()
}

fn said(
    operation: &str,
    name: &str,
    body: &Value,
    account: &str,
    own: &mut BTreeMap<String, Dashboard>,
) -> Said {
    match operation {
        "PutDashboard" => put(name, body, own),
        "ListDashboards" => Ok(list(body, account, own)),
        "DeleteDashboards" => delete(body, own),
        "GetDashboard" => {
            let one = existing(name, own)?;
            Ok(json!({
                "DashboardArn": arn(account, name),
                "DashboardName": name,
                "DashboardBody": one.body,
            }))
        }
        "TagResource" => {
            existing(name, own)?.tags.extend(pairs(&body["Tags"]));
            Ok(json!({}))
        }
        "UntagResource" => {
            let gone = array(&body["TagKeys"]);
            let one = existing(name, own)?;
            one.tags.retain(|key, _| !gone.iter().any(|tag| tag == key));
            Ok(json!({}))
        }
        "ListTagsForResource" => {
            let tags = existing(name, own)?.tags.iter();
            let tags: Value = tags
                .map(|(key, value)| json!({"Key": key, "Value": value}))
                .collect();
            Ok(json!({"Tags": tags}))
        }
        other => Err((
            StatusCode::BAD_REQUEST,
            "InvalidAction",
            format!("the sandbox has no {other}"),
        )),
    }
}

fn put(name: &str, body: &Value, own: &mut BTreeMap<String, Dashboard>) -> Said {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 255 || !name.chars().all(is_name) {
        return Err(unfit(format!(
            "The value {name} for field DashboardName contains invalid characters"
        )));
    }
    let text = body["DashboardBody"].as_str().unwrap_or_default();
    if let Err(why) = widgets(text) {
        return Err(unfit(format!(
            "The field DashboardBody must be a valid JSON object of widgets: {why}"
        )));
    }
    let is_new = !own.contains_key(name);
    let one = own.entry(name.to_owned()).or_default();
    one.body = text.to_owned();
    one.modified = Timestamp::now().as_second();
    // Tags of a call that changes a dashboard are ignored.
    if is_new {
        one.tags = pairs(&body["Tags"]).collect();
    }
    Ok(json!({"DashboardValidationMessages": []}))
}

/// Each widget has a type and properties; text is the one that this checks further.
fn widgets(text: &str) -> Result<(), String> {
    let body: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let all = body["widgets"].as_array().ok_or("widgets is no list")?;
    for (number, widget) in all.iter().enumerate() {
        let kind = widget["type"].as_str().unwrap_or_default();
        let fits = match kind {
            "text" => widget["properties"]["markdown"].is_string(),
            "metric" | "log" | "alarm" | "explorer" | "custom" => widget["properties"].is_object(),
            _ => false,
        };
        if !fits {
            return Err(format!("/widgets/{number} of type `{kind}` is no widget"));
        }
    }
    Ok(())
}

fn list(body: &Value, account: &str, own: &BTreeMap<String, Dashboard>) -> Value {
    let prefix = body["DashboardNamePrefix"].as_str().unwrap_or_default();
    let found = own.iter().filter(|(name, _)| name.starts_with(prefix));
    let entries: Value = found
        .map(|(name, one)| {
            json!({
                "DashboardArn": arn(account, name),
                "DashboardName": name,
                "LastModified": cbor::timestamp(one.modified as f64),
                "Size": one.body.len(),
            })
        })
        .collect();
    json!({"DashboardEntries": entries})
}

/// All or none: a name that is not there fails the call for the others too.
fn delete(body: &Value, own: &mut BTreeMap<String, Dashboard>) -> Said {
    let names: Vec<&str> = array(&body["DashboardNames"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for name in &names {
        existing(name, own)?;
    }
    own.retain(|name, _| !names.contains(&name.as_str()));
    Ok(json!({}))
}

fn existing<'a>(
    name: &str,
    own: &'a mut BTreeMap<String, Dashboard>,
) -> Result<&'a mut Dashboard, (StatusCode, &'static str, String)> {
    own.get_mut(name).ok_or_else(|| {
        let message = format!("Dashboard {name} does not exist");
        (StatusCode::NOT_FOUND, "ResourceNotFound", message)
    })
}

fn unfit(message: String) -> (StatusCode, &'static str, String) {
    (StatusCode::BAD_REQUEST, "InvalidParameterInput", message)
}

fn pairs(tags: &Value) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tags = array(tags).iter();
    tags.map(move |tag| (text(&tag["Key"]), text(&tag["Value"])))
}

fn arn(account: &str, name: &str) -> String {
    format!("arn:aws:cloudwatch::{account}:dashboard/{name}")
}
