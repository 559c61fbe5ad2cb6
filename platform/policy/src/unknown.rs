//! Values that only exist after apply, as rules see them.

use bella_engine::reference::is_unresolved;
use serde_json::{Value, json};

/// `value` with every text in it that still holds a reference replaced by `{"unknown": text}`: no rule takes a reference for what it
/// will be.
#[must_use]
pub fn marked(value: &Value) -> Value {
    match value {
        Value::String(_) if is_unresolved(value) => json!({ "unknown": value }),
        Value::Array(items) => items.iter().map(marked).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| (key.clone(), marked(item)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_marked_however_deep_and_policy_variables_are_not() {
        let value = json!({"a": ["${vpc.main.id}", 1], "b": "x", "c": {"d": "${log_group.app.arn}:*"}, "e": "${aws:username}"});
        assert_eq!(
            marked(&value),
            json!({
                "a": [{"unknown": "${vpc.main.id}"}, 1], "b": "x",
                "c": {"d": {"unknown": "${log_group.app.arn}:*"}}, "e": "${aws:username}",
            })
        );
    }
}
