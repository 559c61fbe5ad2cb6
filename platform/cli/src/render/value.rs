//! Values as text: in one line where they fit, else in indented lines. Nothing is cut.

use std::collections::BTreeSet;

use bella_engine::reference::resolve;
use serde_json::Value;

/// Stands for a value that only exists once its object does.
pub(crate) const KNOWN_AFTER_APPLY: &str = "(known after apply)";

/// Columns that one line of a value may reach.
const WIDEST: usize = 96;

/// A difference between two values at the place where they differ.
#[derive(Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    pub(crate) from: Value,
    pub(crate) to: Value,
}

/// The value that follows `column` columns of text; further lines are indented by `indent` and more.
pub(crate) fn shown(value: &Value, column: usize, indent: usize) -> String {
    wrapped(&with_unknowns(value), column, indent)
}

/// Where `from` and `to` differ: inside objects, and inside lists of objects of one length.
pub(crate) fn leaves(path: &str, from: &Value, to: &Value) -> Vec<Leaf> {
    let absent = Value::Null;
    match (from, to) {
        (Value::Object(have), Value::Object(want)) => {
            let keys: BTreeSet<&String> = have.keys().chain(want.keys()).collect();
            let pairs = keys
                .into_iter()
                .map(|key| (key, have.get(key), want.get(key)));
            let differing = pairs.filter(|(_, have, want)| have != want);
            let below = differing.flat_map(|(key, have, want)| {
                leaves(
                    &format!("{path}.{key}"),
                    have.unwrap_or(&absent),
                    want.unwrap_or(&absent),
                )
            });
            below.collect()
        }
        (Value::Array(have), Value::Array(want))
            if have.len() == want.len() && have.iter().any(Value::is_object) =>
        {
            let pairs = have
                .iter()
                .zip(want)
                .enumerate()
                .filter(|(_, (have, want))| have != want);
            pairs
                .flat_map(|(position, (have, want))| {
                    leaves(&format!("{path}[{position}]"), have, want)
                })
                .collect()
        }
        _ => vec![Leaf {
            path: path.to_owned(),
            from: from.clone(),
            to: to.clone(),
        }],
    }
}

/// A difference as text after its path: `7 -> 30`, or in lines of their own where it is wide.
pub(crate) fn difference(leaf: &Leaf, column: usize, indent: usize) -> String {
    let (from, to) = (with_unknowns(&leaf.from), with_unknowns(&leaf.to));
    let (before, after) = (flat(&from), flat(&to));
    // Nothing is there yet to compare with.
    let unknown = after == KNOWN_AFTER_APPLY;
    if unknown || column + before.chars().count() + after.chars().count() <= WIDEST {
        return format!("{before} -> {after}");
    }
    let pad = " ".repeat(indent);
    if let (Value::Array(have), Value::Array(want)) = (&from, &to) {
        let gone = have
            .iter()
            .filter(|item| !want.contains(item))
            .map(|item| ("-", item));
        let new = want
            .iter()
            .filter(|item| !have.contains(item))
            .map(|item| ("+", item));
        let items: Vec<String> = gone
            .chain(new)
            .map(|(sign, item)| format!("\n{pad}{sign} {}", wrapped(item, indent + 2, indent + 2)))
            .collect();
        if !items.is_empty() {
            return items.concat();
        }
    }
    let side = |sign: &str, value: &Value| {
        format!("\n{pad}{sign} {}", wrapped(value, indent + 2, indent + 2))
    };
    side("-", &from) + &side("+", &to)
}

fn with_unknowns(value: &Value) -> Value {
    resolve(value, &|_| Some(KNOWN_AFTER_APPLY.to_owned()))
}

fn wrapped(value: &Value, column: usize, indent: usize) -> String {
    let line = flat(value);
    let pad = " ".repeat(indent);
    match value {
        _ if column + line.chars().count() <= WIDEST => line,
        Value::Object(map) => {
            let entries = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| {
                    format!(
                        "{pad}  {key} = {}\n",
                        wrapped(value, indent + key.len() + 5, indent + 2)
                    )
                });
            format!("{{\n{}{pad}}}", entries.collect::<String>())
        }
        Value::Array(items) => {
            let entries = items
                .iter()
                .map(|item| format!("{pad}  {},\n", wrapped(item, indent + 3, indent + 2)));
            format!("[\n{}{pad}]", entries.collect::<String>())
        }
        _ => line,
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) if text == KNOWN_AFTER_APPLY => text.clone(),
        // A set of references becomes as many values as it turns out to have.
        Value::Array(items)
            if !items.is_empty() && items.iter().all(|item| item == KNOWN_AFTER_APPLY) =>
        {
            KNOWN_AFTER_APPLY.to_owned()
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(flat).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            let entries: Vec<String> = entries
                .map(|(key, value)| format!("{key} = {}", flat(value)))
                .collect();
            if entries.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", entries.join(", "))
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_fit_in_a_line_or_become_lines() {
        let cases = [
            (json!(7), "7"),
            (json!("x"), "\"x\""),
            (json!("${vpc.main.id}"), "(known after apply)"),
            (
                json!(["${subnet.a.id}", "${subnet.b.id}"]),
                "(known after apply)",
            ),
            (
                json!(["${subnet.a.id}", "subnet-1"]),
                "[(known after apply), \"subnet-1\"]",
            ),
            (json!("${log_group.app.arn}:*"), "\"(known after apply):*\""),
            (json!({"a": 1, "b": null}), "{ a = 1 }"),
            (json!({}), "{}"),
        ];
        for (value, text) in cases {
            assert_eq!(shown(&value, 0, 0), text);
        }
        let long = "y".repeat(90);
        let text = shown(&json!({"list": [long.clone(), 1], "short": true}), 4, 4);
        assert_eq!(
            text,
            format!(
                "{{\n      list = [\n        \"{long}\",\n        1,\n      ]\n      short = true\n    }}"
            )
        );
    }

    #[test]
    fn a_wide_difference_shows_what_differs_in_full() {
        let from = json!({"rules": [{"days": 7, "text": "x"}], "same": 1});
        let to = json!({"rules": [{"days": 9, "text": "x"}], "same": 1, "new": true});
        let found: Vec<String> = leaves("policy", &from, &to)
            .iter()
            .map(|leaf| format!("{} {}", leaf.path, difference(leaf, 0, 4)))
            .collect();
        assert_eq!(
            found,
            ["policy.new (none) -> true", "policy.rules[0].days 7 -> 9"]
        );
        let many: Vec<String> = (0..20).map(|number| format!("item-{number:02}")).collect();
        let mut fewer = many.clone();
        fewer[4] = "other".to_owned();
        let leaf = Leaf {
            path: "l".to_owned(),
            from: json!(many),
            to: json!(fewer),
        };
        assert_eq!(
            difference(&leaf, 0, 4),
            "\n    - \"item-04\"\n    + \"other\""
        );
        let (before, after) = ("a".repeat(60), "a".repeat(61));
        let leaf = Leaf {
            path: "t".to_owned(),
            from: json!(before),
            to: json!(after),
        };
        assert_eq!(
            difference(&leaf, 0, 4),
            format!("\n    - \"{before}\"\n    + \"{after}\"")
        );
    }
}
