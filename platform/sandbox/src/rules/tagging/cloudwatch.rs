use serde_json::{Value, json};

use super::{Listed, Tagged, pairs, text};
use crate::gateway::NoAnswer;
use crate::rules::cloudwatch::dashboards;
use crate::rules::turn::{Turn, array};

/// Alarms of both types, and dashboards.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let mut found = dashboards::tagged(turn, &turn.account().await?);
        let mut token = Value::Null;
        loop {
            let mut asked = json!({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]});
            if !token.is_null() {
                asked["NextToken"] = token;
            }
            let page = ask(turn, "DescribeAlarms", &asked).await?;
            let both = [&page["MetricAlarms"], &page["CompositeAlarms"]];
            for alarm in both.into_iter().flat_map(array) {
                let arn = text(&alarm["AlarmArn"]);
                let asked = json!({"ResourceARN": arn});
                let answer = ask(turn, "ListTagsForResource", &asked).await?;
                let tags = pairs(&answer["Tags"], "Key", "Value");
                found.push(Tagged { arn, tags });
            }
            token = page["NextToken"].clone();
            if token.is_null() {
                return Ok(found);
            }
        }
    })
}

async fn ask(turn: &Turn<'_>, operation: &str, body: &Value) -> Result<Value, NoAnswer> {
    let target = format!("GraniteServiceVersion20100801.{operation}");
    turn.ask_json("monitoring", &target, body).await
}
