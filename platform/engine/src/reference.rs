//! References between objects: `${kind.name.output}` inside any string of a node's properties.
//!
//! A reference that is still unresolved in a plan *is* the value known after apply; there is no
//! other unknown-value type. Texts such as `${aws:username}` (IAM policy variables) are not
//! references: their body has a colon.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::address::{Address, is_kind, is_name};

/// One `${kind.name.output}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Whose output.
    pub address: Address,
    /// Which output, one of its kind's `OUTPUTS`.
    pub output: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}.{}}}", self.address, self.output)
    }
}

/// A piece of a string: literal text, a reference, or a `${…}` that is neither a reference nor a
/// policy variable.
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Reference(Reference),
    Malformed(&'a str),
}

pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(len) = rest[start..].find('}') else {
            break;
        };
        let whole = &rest[start..=start + len];
        let body = &rest[start + 2..start + len];
        out.push(Piece::Text(&rest[..start]));
        out.push(match parse_body(body) {
            Some(reference) => Piece::Reference(reference),
            None if body.contains(':') => Piece::Text(whole),
            None => Piece::Malformed(whole),
        });
        rest = &rest[start + len + 1..];
    }
    out.push(Piece::Text(rest));
    out
}

fn parse_body(body: &str) -> Option<Reference> {
    let mut parts = body.split('.');
    let (kind, name, output) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !is_kind(kind) || !is_name(name) || !is_kind(output) {
        return None;
    }
    Some(Reference {
        address: Address::parse(&format!("{kind}.{name}")).ok()?,
        output: output.to_owned(),
    })
}

/// Every reference in `value`, however deep.
#[must_use]
pub fn references(value: &Value) -> BTreeSet<Reference> {
    let mut found = BTreeSet::new();
    each_string(value, &mut |text| {
        for piece in pieces(text) {
            if let Piece::Reference(reference) = piece {
                found.insert(reference);
            }
        }
    });
    found
}

/// Every `${…}` in `value` that can be read neither as a reference nor as a policy variable.
#[must_use]
pub fn malformed(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    each_string(value, &mut |text| {
        for piece in pieces(text) {
            if let Piece::Malformed(whole) = piece {
                found.push(whole.to_owned());
            }
        }
    });
    found
}

/// Whether some reference in `value` is still unresolved.
#[must_use]
pub fn is_unresolved(value: &Value) -> bool {
    let mut unresolved = false;
    each_string(value, &mut |text| {
        unresolved |= text.contains("${")
            && pieces(text)
                .iter()
                .any(|piece| matches!(piece, Piece::Reference(_)));
    });
    unresolved
}

/// `value` with every reference that `lookup` knows replaced by its text; the others stay.
#[must_use]
pub fn resolve(value: &Value, lookup: &dyn Fn(&Reference) -> Option<String>) -> Value {
    match value {
        Value::String(text) if text.contains("${") => {
            let mut out = String::with_capacity(text.len());
            for piece in pieces(text) {
                match piece {
                    Piece::Text(text) | Piece::Malformed(text) => out.push_str(text),
                    Piece::Reference(reference) => match lookup(&reference) {
                        Some(known) => out.push_str(&known),
                        None => out.push_str(&reference.to_string()),
                    },
                }
            }
            Value::String(out)
        }
        Value::Array(items) => items.iter().map(|item| resolve(item, lookup)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| (key.clone(), resolve(item, lookup)))
            .collect(),
        other => other.clone(),
    }
}

fn each_string<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, visit)),
        Value::Object(map) => map.values().for_each(|item| each_string(item, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strings_are_cut_into_references_variables_and_mistakes() {
        let value = json!({"a": "${vpc.main.id}", "b": ["arn:${log_group.app.arn}:*", "${aws:username}", "${vpc.main}"], "c": 1});
        let found: Vec<String> = references(&value).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["${log_group.app.arn}", "${vpc.main.id}"]);
        assert_eq!(malformed(&value), ["${vpc.main}"]);
        assert!(is_unresolved(&value));
        assert!(!is_unresolved(&json!("${aws:username}")));
    }

    #[test]
    fn resolving_replaces_what_is_known_and_keeps_the_rest() {
        let value = json!([
            "${vpc.main.id}",
            "x ${log_group.app.arn} ${aws:username} ${"
        ]);
        let resolved = resolve(&value, &|reference| {
            (reference.address.kind() == "vpc").then(|| "vpc-1".to_owned())
        });
        assert_eq!(
            resolved,
            json!(["vpc-1", "x ${log_group.app.arn} ${aws:username} ${"])
        );
    }
}
