//! A policy document, as structured JSON in one canonical form.
//!
//! IAM keeps a document as it was sent, except that it may turn one-element arrays into plain
//! values and account ids into ARNs; people write the same policy in either form. Both sides of
//! the comparison are brought into one form here, so that only a change of meaning is a change.

use bella_engine::cloud::{CloudError, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A policy document. A one-element array and its element mean the same, the order of a set of
/// actions, resources or principals means nothing, and a 12-digit account id is its root's ARN.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Policy(Map<String, Value>);

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Map::deserialize(from).map(|document| Self(canonical(document)))
    }
}

impl Policy {
    /// Reads a document as IAM answers it: JSON, percent-encoded (RFC 3986).
    pub(crate) fn from_wire(operation: &str, text: &str) -> Result<Self, CloudError> {
        Self::from_text("iam", operation, &percent_decoded(text))
    }

    /// Reads a document as all other services answer it: plain JSON.
    pub(crate) fn from_text(
        service: &str,
        operation: &str,
        text: &str,
    ) -> Result<Self, CloudError> {
        serde_json::from_str(text).map_err(|err| {
            let message = format!("the policy document is not JSON: {err}");
            CloudError::new(Fault::Rejected, service, operation, message)
        })
    }

    /// The document as a value.
    pub(super) fn document(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The document as a request carries it.
    pub(super) fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// Whether a principal shows as a unique id: the entity behind its ARN is not visible yet, or
    /// no longer (aws-behaviours row 2).
    pub(super) fn has_unresolved_principal(&self) -> bool {
        let statements = self.0.get("Statement").and_then(Value::as_array);
        statements.into_iter().flatten().any(|statement| {
            let principals = [
                &statement["Principal"]["AWS"],
                &statement["NotPrincipal"]["AWS"],
            ];
            let is_id = |value: &Value| {
                let text = value.as_str().unwrap_or_default();
                text.starts_with("AIDA") || text.starts_with("AROA")
            };
            principals.iter().any(|value| {
                is_id(value) || value.as_array().is_some_and(|all| all.iter().any(is_id))
            })
        })
    }
}

fn canonical(mut document: Map<String, Value>) -> Map<String, Value> {
    let statements = match document.remove("Statement") {
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
        None => return document,
    };
    let statements = statements.into_iter().map(statement).collect();
    document.insert("Statement".to_owned(), Value::Array(statements));
    document
}

fn statement(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return value;
    };
    let fields = fields.into_iter().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("Action" | "NotAction" | "Resource" | "NotResource", value) => set(value),
            ("Principal" | "NotPrincipal", Value::Object(kinds)) => kinds
                .into_iter()
                .map(|(kind, who)| principal(kind, who))
                .collect(),
            ("Condition", Value::Object(tests)) => tests
                .into_iter()
                .map(|(test, keys)| (test, condition(keys)))
                .collect(),
            (_, value) => value,
        };
        (key, value)
    });
    fields.collect()
}

fn principal(kind: String, who: Value) -> (String, Value) {
    let root = |value: Value| match value.as_str() {
        Some(id) if kind == "AWS" && id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) => {
            Value::String(format!("arn:aws:iam::{id}:root"))
        }
        _ => value,
    };
    let who = match who {
        Value::Array(all) => Value::Array(all.into_iter().map(root).collect()),
        one => root(one),
    };
    (kind, set(who))
}

fn condition(keys: Value) -> Value {
    match keys {
        Value::Object(keys) => keys
            .into_iter()
            .map(|(key, value)| (key, set(value)))
            .collect(),
        other => other,
    }
}

/// Sorted, each once, and plain where it is one.
fn set(value: Value) -> Value {
    let Value::Array(mut all) = value else {
        return value;
    };
    all.sort_by_cached_key(Value::to_string);
    all.dedup();
    match <[Value; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Value::Array(all),
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                plain.push(code);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(value: Value) -> Policy {
        serde_json::from_value(value).expect("an object is a policy")
    }

    #[test]
    fn two_ways_of_writing_one_policy_are_equal() {
        let short = policy(json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Principal": {"AWS": "123456789012", "Service": "a.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}}}}));
        let long = policy(json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"],
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root"], "Service": ["a.amazonaws.com"]},
            "Condition": {"StringEquals": {"aws:PrincipalTag/x": ["y"]}}}]}));
        assert_eq!(short, long);
        let ordered = |actions: Value| policy(json!({"Statement": [{"Action": actions}]}));
        assert_eq!(
            ordered(json!(["a:B", "a:A", "a:B"])),
            ordered(json!(["a:A", "a:B"]))
        );
        assert_ne!(ordered(json!(["a:A"])), ordered(json!(["a:A", "a:B"])));
    }

    #[test]
    fn documents_from_iam_are_percent_encoded() {
        let read = Policy::from_wire(
            "GetRole",
            "%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22a%3AB%2B%C3%A9%22%7D%5D%7D",
        );
        assert_eq!(
            read,
            Ok(policy(json!({"Statement": [{"Action": "a:B+é"}]})))
        );
        assert_eq!(percent_decoded("100% a%2"), "100% a%2");
        let broken = Policy::from_wire("GetRole", "%7B").map_err(|err| err.fault);
        assert_eq!(broken, Err(Fault::Rejected));
    }

    #[test]
    fn row_02_a_principal_shown_as_an_id_is_not_propagated() {
        let trusts = |who: Value| policy(json!({"Statement": {"Principal": {"AWS": who}}}));
        assert!(trusts(json!("AROA1234567890EXAMPLE")).has_unresolved_principal());
        assert!(trusts(json!(["arn:aws:iam::1:role/a", "AIDA123"])).has_unresolved_principal());
        assert!(!trusts(json!("arn:aws:iam::1:role/AROA")).has_unresolved_principal());
    }
}
