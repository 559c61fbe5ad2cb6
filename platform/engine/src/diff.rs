//! The one diff: two JSON objects of the same shape, desired against live.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field whose desired value differs from the live one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Dotted path, for example `health_check.interval_seconds`; tags are under `tags.`.
    pub path: String,
    /// Live value; null where there is none.
    pub from: Value,
    /// Desired value; may hold an unresolved reference, which is a value known after apply.
    pub to: Value,
    /// Whether this change needs a new object.
    pub forces_replacement: bool,
}

/// Every managed field that differs. A field that `desired` leaves null is unmanaged; a list is
/// compared whole; a map is compared key by key, and keys only `live` has count as removed.
#[must_use]
pub fn diff(desired: &Value, live: &Value, immutable: &[&str]) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    walk(String::new(), desired, live, &mut |path, from, to| {
        let forces_replacement = is_given(from)
            && immutable.iter().any(|field| {
                path == *field || path.strip_prefix(field).is_some_and(|r| r.starts_with('.'))
            });
        changes.push(FieldChange {
            path,
            from: from.clone(),
            to: to.clone(),
            forces_replacement,
        });
    });
    changes
}

/// Whether a live value is there at all: an immutable property that an object does not have yet,
/// such as the VPC of a gateway cut off before it was attached, can still be given in place.
fn is_given(live: &Value) -> bool {
    !live.is_null() && live.as_str() != Some("")
}

fn walk(
    path: String,
    desired: &Value,
    live: &Value,
    changed: &mut dyn FnMut(String, &Value, &Value),
) {
    match (desired, live) {
        (Value::Null, _) => {}
        (Value::Object(want), Value::Object(have)) => {
            for (key, value) in want {
                let below = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(below, value, have.get(key).unwrap_or(&Value::Null), changed);
            }
            for (key, value) in have.iter().filter(|(key, _)| !want.contains_key(*key)) {
                if !value.is_null() {
                    changed(format!("{path}.{key}"), value, &Value::Null);
                }
            }
        }
        (want, have) if want == have => {}
        (want, have) => changed(path, have, want),
    }
}

/// `desired` with every field it leaves null taken from `live`: what a replacement or a new
/// revision carries over of the fields that the stack does not manage.
#[must_use]
pub fn carry_over(desired: &Value, live: &Value) -> Value {
    match (desired, live) {
        (Value::Null, have) => have.clone(),
        (Value::Object(want), Value::Object(have)) => want
            .iter()
            .map(|(key, value)| {
                let kept = have.get(key).unwrap_or(&Value::Null);
                (key.clone(), carry_over(value, kept))
            })
            .collect(),
        (want, _) => want.clone(),
    }
}

/// The value at a dotted path; null where there is none. A key may have dots of its own, as the
/// parameters of a database do.
#[must_use]
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    below(value, path).unwrap_or(&Value::Null)
}

fn below<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    value.get(path).or_else(|| {
        let mut dots = path.match_indices('.');
        dots.find_map(|(dot, _)| below(value.get(&path[..dot])?, &path[dot + 1..]))
    })
}

/// The sub-object of the fields named by `paths`, for comparing and hashing.
#[must_use]
pub fn select(value: &Value, paths: &[&str]) -> Value {
    paths
        .iter()
        .map(|path| ((*path).to_owned(), at(value, path).clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_through_keys_with_dots() {
        let value = json!({"parameters": {"rds.force_ssl": "1", "a": {"b": 2}}, "c": [3]});
        let cases = [
            ("parameters.rds.force_ssl", json!("1")),
            ("parameters.a.b", json!(2)),
            ("parameters.rds", json!(null)),
            ("c.0", json!(null)),
            ("c", json!([3])),
        ];
        for (path, expected) in cases {
            assert_eq!(*at(&value, path), expected, "{path}");
        }
    }

    fn check(desired: Value, live: Value, expect: &[(&str, bool)]) {
        let found = diff(&desired, &live, &["cidr", "check.port"]);
        let found: Vec<(&str, bool)> = found
            .iter()
            .map(|change| (change.path.as_str(), change.forces_replacement))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn fields_are_compared_where_the_desired_side_manages_them() {
        check(json!({"a": 1}), json!({"a": 1}), &[]);
        check(json!({"a": null}), json!({"a": 7}), &[]);
        check(
            json!({"cidr": "x", "a": 1}),
            json!({"cidr": "y", "a": 2}),
            &[("a", false), ("cidr", true)],
        );
        check(
            json!({"check": {"port": 1, "path": null}}),
            json!({"check": {"port": 2, "path": "/"}}),
            &[("check.port", true)],
        );
        check(
            json!({"m": {"k": "v"}}),
            json!({"m": {"k": "v", "x": "y"}}),
            &[("m.x", false)],
        );
        check(
            json!({"cidr": "x"}),
            json!({"cidr": ""}),
            &[("cidr", false)],
        );
        check(json!({"l": [1, 2]}), json!({"l": [2, 1]}), &[("l", false)]);
        check(json!({"a": {"b": 1}}), json!({"a": null}), &[("a", false)]);
    }

    #[test]
    fn unmanaged_fields_carry_over() {
        let desired = json!({"image": null, "cpu": 256, "c": {"count": null, "x": 1}});
        let live = json!({"image": "r@sha256:1", "cpu": 512, "c": {"count": 3, "x": 2}});
        assert_eq!(
            carry_over(&desired, &live),
            json!({"image": "r@sha256:1", "cpu": 256, "c": {"count": 3, "x": 1}})
        );
    }
}
