use serde_json::{Value, json};

use super::{Listed, Tagged, text};
use crate::rules::turn::{Turn, array};

/// Log groups.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let mut found = Vec::new();
        let mut token = Value::Null;
        loop {
            let asked = match &token {
                Value::Null => json!({}),
                token => json!({"nextToken": token}),
            };
            let page = turn
                .ask_json("logs", "Logs_20140328.DescribeLogGroups", &asked)
                .await?;
            for group in array(&page["logGroups"]) {
                let arn = text(&group["arn"]).trim_end_matches(":*").to_owned();
                let asked = json!({"resourceArn": arn});
                let target = "Logs_20140328.ListTagsForResource";
                let answer = turn.ask_json("logs", target, &asked).await?;
                let tags = answer["tags"].as_object().into_iter().flatten();
                let tags = tags
                    .map(|(key, value)| (key.clone(), text(value)))
                    .collect();
                found.push(Tagged { arn, tags });
            }
            token = page["nextToken"].clone();
            if token.is_null() {
                return Ok(found);
            }
        }
    })
}
