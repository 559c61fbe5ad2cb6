use std::collections::BTreeSet;

use serde_json::Value;

/// The dotted paths of a schema's leaves. Maps, documents and sets are one leaf each.
pub(crate) fn leaves(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(schema, schema, String::new(), &mut found);
    found
}

fn walk(root: &Value, schema: &Value, path: String, found: &mut BTreeSet<String>) {
    let schema = plain(root, schema);
    match schema.get("properties").and_then(Value::as_object) {
        Some(properties) => {
            for (name, below) in properties {
                let path = match path.is_empty() {
                    true => name.clone(),
                    false => format!("{path}.{name}"),
                };
                walk(root, below, path, found);
            }
        }
        // A kind without properties has no leaf.
        None if path.is_empty() => {}
        None => {
            found.insert(path);
        }
    }
}

/// The schema behind references and an added `null`.
fn plain<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#'));
        return plain(root, target.expect("a schema refers to its own parts"));
    }
    let variants = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    let mut real = variants
        .into_iter()
        .flatten()
        .filter(|variant| variant["type"] != "null");
    match (real.next(), real.next()) {
        (Some(only), None) => plain(root, only),
        _ => schema,
    }
}

/// Whether `path` is `leaf` or below it.
pub(crate) fn is_within(path: &str, leaf: &str) -> bool {
    path == leaf
        || path
            .strip_prefix(leaf)
            .is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn leaves_are_found_behind_references_and_null() {
        let schema = json!({
            "properties": {
                "a": {"type": "string"},
                "b": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]},
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
            },
            "$defs": {"B": {"properties": {"c": {"type": ["integer", "null"]}, "d": true}}},
        });
        let expect = ["a", "b.c", "b.d", "map"].map(str::to_owned);
        assert_eq!(leaves(&schema), BTreeSet::from(expect));
        assert!(is_within("b.c", "b") && is_within("b", "b") && !is_within("bc", "b"));
    }
}
