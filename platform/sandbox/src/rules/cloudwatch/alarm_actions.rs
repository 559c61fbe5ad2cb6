use serde_json::{Value, json};

use super::SERVICE;
use crate::gateway::{Call, NoAnswer, Protocol, cbor};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: AlarmActions = AlarmActions;

pub(crate) struct AlarmActions;

/// The name under which the emulator knows the JSON form of CloudWatch.
const TARGET: &str = "GraniteServiceVersion20100801.DescribeAlarms";

impl Rule for AlarmActions {
    fn name(&self) -> &'static str {
        "alarm-actions-in-history"
    }

    fn about(&self) -> About {
        About::fills(
            "The history of an alarm, asked for its actions, says of each change of state what was told: the topics that \
             the alarm names now.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["DescribeAlarmHistory"])
            && matches!(call.protocol, Protocol::Cbor | Protocol::Json)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { answer(&turn).await })
    }
}

async fn answer(turn: &Turn<'_>) -> Outcome {
    let mut asked = turn.json();
    if asked["HistoryItemType"] != "Action" {
        return turn.pass().await;
    }
    asked["HistoryItemType"] = "StateUpdate".into();
    let body = match turn.call.protocol {
        Protocol::Cbor => cbor::encode(&asked),
        _ => asked.to_string().into_bytes(),
    };
    let answer = turn.pass_with(turn.request.clone().with_body(body)).await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let mut told = match turn.call.protocol {
        Protocol::Cbor => cbor::decode(&answer.body),
        _ => serde_json::from_slice(&answer.body).ok(),
    }
    .unwrap_or_default();
    let mut actions = Vec::new();
    for item in array(&told["AlarmHistoryItems"]) {
        actions.extend(of_change(turn, item).await?);
    }
    told["AlarmHistoryItems"] = actions.into();
    Ok(turn.told(&told))
}

/// The actions that a change of state led to.
async fn of_change(turn: &Turn<'_>, item: &Value) -> Result<Vec<Value>, NoAnswer> {
    let name = item["AlarmName"].as_str().unwrap_or_default();
    let found = turn
        .ask_json(SERVICE, TARGET, &json!({"AlarmNames": [name]}))
        .await?;
    let alarm = &found["MetricAlarms"][0];
    if alarm["ActionsEnabled"] == false {
        return Ok(Vec::new());
    }
    let summary = item["HistorySummary"].as_str().unwrap_or_default();
    let actions = match summary.rsplit_once(" to ") {
        Some((_, "ALARM")) => &alarm["AlarmActions"],
        Some((_, "OK")) => &alarm["OKActions"],
        _ => &alarm["InsufficientDataActions"],
    };
    let mut items = Vec::new();
    for arn in array(actions).iter().filter_map(Value::as_str) {
        let is_there = is_there(turn, arn).await?;
        let (state, word) = match is_there {
            true => ("Succeeded", "Successfully executed"),
            false => ("Failed", "Failed to execute"),
        };
        let mut data = json!({"actionState": state, "notificationResource": arn});
        if !is_there {
            data["error"] = "Resource: the topic does not exist".into();
        }
        let mut action = item.clone();
        action["HistoryItemType"] = "Action".into();
        action["HistorySummary"] = format!("{word} action {arn}").into();
        action["HistoryData"] = data.to_string().into();
        items.push(action);
    }
    Ok(items)
}

async fn is_there(turn: &Turn<'_>, topic: &str) -> Result<bool, NoAnswer> {
    let fields = [("TopicArn", topic)];
    let answer = turn
        .ask_query("sns", "2010-03-31", "GetTopicAttributes", &fields)
        .await?;
    Ok(answer.contains("<Attributes>"))
}
