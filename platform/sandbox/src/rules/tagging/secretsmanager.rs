use serde_json::{Value, json};

use super::{Listed, Tagged, pairs, text};
use crate::rules::turn::{Turn, array};

/// Secrets; one that is pending deletion is in no answer.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let mut found = Vec::new();
        let mut token = Value::Null;
        loop {
            let asked = match &token {
                Value::Null => json!({}),
                token => json!({"NextToken": token}),
            };
            let page = turn.secrets("ListSecrets", &asked).await?;
            found.extend(array(&page["SecretList"]).iter().map(|secret| Tagged {
                arn: text(&secret["ARN"]),
                tags: pairs(&secret["Tags"], "Key", "Value"),
            }));
            token = page["NextToken"].clone();
            if token.is_null() {
                return Ok(found);
            }
        }
    })
}
