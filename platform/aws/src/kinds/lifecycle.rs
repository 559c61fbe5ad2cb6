//! An ECR lifecycle policy, as structured JSON in one canonical form.

use bella_engine::cloud::{CloudError, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A lifecycle policy. Rules are ordered by their priority and tag patterns have no order, so that
/// only a change of meaning is a change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Lifecycle(Map<String, Value>);

impl<'de> Deserialize<'de> for Lifecycle {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut policy: Map<String, Value> = Map::deserialize(from)?;
        if let Some(Value::Array(rules)) = policy.get_mut("rules") {
            rules.iter_mut().for_each(order_tags);
            rules.sort_by_key(|rule| rule["rulePriority"].as_i64());
        }
        Ok(Self(policy))
    }
}

fn order_tags(rule: &mut Value) {
    for list in ["tagPrefixList", "tagPatternList"] {
        let tags = rule.pointer_mut(&format!("/selection/{list}"));
        if let Some(tags) = tags.and_then(Value::as_array_mut) {
            tags.sort_by_cached_key(Value::to_string);
        }
    }
}

impl Lifecycle {
    /// Reads the text that ECR answers.
    pub(super) fn from_wire(text: &str) -> Result<Self, CloudError> {
        serde_json::from_str(text).map_err(|err| {
            let message = format!("the lifecycle policy is not JSON: {err}");
            CloudError::new(Fault::Rejected, "ecr", "GetLifecyclePolicy", message)
        })
    }

    /// The policy as a value.
    pub(super) fn document(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The text of a request.
    pub(super) fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_rules_and_tags_means_nothing() {
        let one = Lifecycle::from_wire(
            r#"{"rules":[{"rulePriority":2},{"rulePriority":1,"selection":{"tagPrefixList":["b","a"]}}]}"#,
        );
        let other = Lifecycle::from_wire(
            r#"{"rules":[{"rulePriority":1,"selection":{"tagPrefixList":["a","b"]}},{"rulePriority":2}]}"#,
        );
        assert_eq!(one, other);
        let third = Lifecycle::from_wire(r#"{"rules":[{"rulePriority":1},{"rulePriority":2}]}"#);
        assert_ne!(one, third);
        assert_eq!(
            Lifecycle::from_wire("[]").map_err(|err| err.fault),
            Err(Fault::Rejected)
        );
    }
}
