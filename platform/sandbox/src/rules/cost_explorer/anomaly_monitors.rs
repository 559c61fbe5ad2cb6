use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: AnomalyMonitors = AnomalyMonitors;

pub(crate) struct AnomalyMonitors;

/// Monitors by ARN.
type Monitors = BTreeMap<String, Value>;

impl Rule for AnomalyMonitors {
    fn name(&self) -> &'static str {
        "anomaly-monitors"
    }

    fn about(&self) -> About {
        About::fills("Monitors of cost anomalies: made, listed and deleted; they find nothing.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateAnomalyMonitor",
                "DeleteAnomalyMonitor",
                "GetAnomalyMonitors",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let account = turn.account().await?;
    let prefix = format!("arn:aws:ce::{account}:anomalymonitor/");
    let done = turn.store.change(rule, |all: &mut Monitors| {
        match turn.call.operation.as_str() {
            "CreateAnomalyMonitor" => create(&body, &prefix, all),
            "DeleteAnomalyMonitor" => {
                let arn = body["MonitorArn"].as_str().unwrap_or_default();
                let missing = || ("UnknownMonitorException", format!("No monitor {arn}"));
                all.remove(arn).map(|_| json!({})).ok_or_else(missing)
            }
            _ => {
                let wanted = array(&body["MonitorArnList"]);
                let is_wanted = |arn: &String| {
                    arn.starts_with(&prefix)
                        && (wanted.is_empty() || wanted.iter().any(|one| one == arn))
                };
                let found = all.iter().filter(|(arn, _)| is_wanted(arn));
                let found: Value = found.map(|(_, monitor)| monitor.clone()).collect();
                Ok(json!({"AnomalyMonitors": found}))
            }
        }
    });
    Ok(match done {
        Ok(Ok(value)) => Answer::json(StatusCode::OK, &value),
        Ok(Err((code, message))) => {
            Answer::error(turn.call, StatusCode::BAD_REQUEST, code, &message)
        }
        Err(error) => Answer::error(
            turn.call,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            &error.to_string(),
        ),
    })
}

fn create(body: &Value, prefix: &str, all: &mut Monitors) -> Result<Value, (&'static str, String)> {
    let refuse = |message: &str| Err(("ValidationException", message.to_owned()));
    let mut monitor = body["AnomalyMonitor"].clone();
    if monitor["MonitorName"].as_str().is_none_or(str::is_empty) {
        return refuse("MonitorName is required");
    }
    match monitor["MonitorType"].as_str() {
        Some("DIMENSIONAL") if monitor["MonitorDimension"].is_null() => {
            return refuse("A DIMENSIONAL monitor needs a MonitorDimension");
        }
        Some("CUSTOM") if monitor["MonitorSpecification"].is_null() => {
            return refuse("A CUSTOM monitor needs a MonitorSpecification");
        }
        Some("DIMENSIONAL" | "CUSTOM") => {}
        _ => return refuse("MonitorType is DIMENSIONAL or CUSTOM"),
    }
    let arn = format!("{prefix}{}", short_hash(&format!("{monitor}{}", all.len())));
    monitor["MonitorArn"] = json!(arn);
    all.insert(arn.clone(), monitor);
    Ok(json!({"MonitorArn": arn}))
}
