//! Holding a merged tree to the schema, and taking out what does not fit.
//!
//! The rest is then typed and checked further, so that a misspelt key does not hide a wrong CIDR. A check that depends on something
//! taken out is not made (see [`Conformed::usable`]).

use crate::{
    Stack,
    problem::Problem,
    schema::VALIDATOR,
    verdict::{dotted, judge},
    yaml::{Files, Node},
};
use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What could be typed of a tree, and what could not.
pub(crate) struct Conformed {
    /// The stack; required values that are missing have stand-ins that no check objects to.
    pub(crate) stack: Stack,
    /// Places that were taken out, as steps from the root of the written tree.
    broken: BTreeSet<Vec<String>>,
    /// For a list that lost items, the written index of each that is left.
    survivors: BTreeMap<Vec<String>, Vec<usize>>,
}

impl Conformed {
    /// Types a tree, adding to `problems` everything the schema refuses.
    ///
    /// Of a tree that is not `complete` nothing is said to be missing, nor what is spoken of in `problems` already.
    pub(crate) fn of(
        root: &Node,
        complete: bool,
        files: &Files,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut value = root.to_json();
        let mut broken = BTreeSet::new();
        let mut survivors = BTreeMap::new();
        let mut first = true;
        loop {
            let errors: Vec<ValidationError<'_>> = VALIDATOR.iter_errors(&value).collect();
            if errors.is_empty() {
                break;
            }
            if first {
                let known: BTreeSet<String> = problems.iter().map(|p| p.path.clone()).collect();
                let news = |error: &&ValidationError<'_>| match error.kind() {
                    ValidationErrorKind::Required { property } => {
                        let name = property.as_str().unwrap_or_default();
                        complete && !known.contains(&dotted(&child(error, name)))
                    }
                    _ => true,
                };
                problems.extend(judge(errors.iter().filter(news), root, files));
                first = false;
            }
            let mut cuts: BTreeSet<Vec<String>> = BTreeSet::new();
            let mut missing = Vec::new();
            for error in &errors {
                match error.kind() {
                    ValidationErrorKind::Required { property } => {
                        missing.extend(property.as_str().map(|name| child(error, name)));
                    }
                    _ => cuts.extend(misfits(error)),
                }
            }
            for way in missing {
                broken.insert(written(&survivors, &way));
                insert(&mut value, &way);
            }
            // From the end, so that an index still names the item it named when the errors were found. Shorter digits are smaller.
            let mut cuts: Vec<Vec<String>> = cuts.into_iter().collect();
            cuts.sort_by_key(|way| {
                way.iter()
                    .map(|step| (step.len(), step.clone()))
                    .collect::<Vec<_>>()
            });
            for way in cuts.iter().rev() {
                broken.insert(written(&survivors, way));
                remove(&mut value, way, &mut survivors);
            }
        }
        let stack =
            serde_json::from_value(value).expect("what the schema accepts has the types' shape");
        Self {
            stack,
            broken,
            survivors,
        }
    }

    /// The steps in the written tree of a place in the typed stack.
    pub(crate) fn written(&self, steps: &[String]) -> Vec<String> {
        written(&self.survivors, steps)
    }

    /// Whether what stands at this written place, and all around it, is what the author wrote.
    pub(crate) fn usable(&self, steps: &[String]) -> bool {
        !self.broken.iter().any(|cut| steps.starts_with(cut))
    }
}

/// What to take out for this error.
fn misfits(error: &ValidationError<'_>) -> Vec<Vec<String>> {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| child(error, name)).collect()
        }
        ValidationErrorKind::PropertyNames { error: name } => name
            .instance()
            .as_str()
            .map(|name| child(error, name))
            .into_iter()
            .collect(),
        _ => vec![steps(error)],
    }
}

/// The way to a key of the map an error speaks of.
fn child(error: &ValidationError<'_>, name: &str) -> Vec<String> {
    let mut way = steps(error);
    way.push(name.to_owned());
    way
}

/// The way to the value an error speaks of.
pub(crate) fn steps(error: &ValidationError<'_>) -> Vec<String> {
    error
        .instance_path()
        .iter()
        .map(|segment| segment.to_string())
        .collect()
}

fn written(survivors: &BTreeMap<Vec<String>, Vec<usize>>, steps: &[String]) -> Vec<String> {
    let mut way: Vec<String> = Vec::with_capacity(steps.len());
    for step in steps {
        let index = survivors
            .get(&way)
            .and_then(|left| left.get(step.parse::<usize>().ok()?));
        way.push(index.map_or_else(|| step.clone(), usize::to_string));
    }
    way
}

/// The value at the end of this way.
fn descend<'a>(value: &'a mut Value, way: &[String]) -> Option<&'a mut Value> {
    way.iter().try_fold(value, |node, step| match node {
        Value::Object(map) => map.get_mut(step),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn insert(value: &mut Value, way: &[String]) {
    let Some((last, parent)) = way.split_last() else {
        return;
    };
    if let Some(Value::Object(map)) = descend(value, parent) {
        map.insert(last.clone(), stand_in(way));
    }
}

fn remove(value: &mut Value, steps: &[String], survivors: &mut BTreeMap<Vec<String>, Vec<usize>>) {
    let Some((last, parent)) = steps.split_last() else {
        *value = json!({});
        return;
    };
    let Some(node) = descend(value, parent) else {
        return;
    };
    match node {
        Value::Object(map) => {
            map.remove(last);
        }
        Value::Array(items) => {
            let Some(index) = last.parse().ok().filter(|index| *index < items.len()) else {
                return;
            };
            let way = written(survivors, parent);
            survivors
                .entry(way)
                .or_insert_with(|| (0..items.len()).collect())
                .remove(index);
            items.remove(index);
        }
        _ => {}
    }
}

/// A value for a required one that is missing. No check speaks of it: what is missing is among what is broken.
fn stand_in(way: &[String]) -> Value {
    let way: Vec<&str> = way.iter().map(String::as_str).collect();
    match way.as_slice() {
        ["stack"] => json!("missing"),
        ["environment"] => json!("development"),
        ["region"] => json!("us-east-1"),
        ["owner"] => json!("missing@bella.example"),
        ["budget"] => json!({ "monthly_usd": 1 }),
        ["budget", "monthly_usd"] => json!(1),
        ["domain", _] => json!("missing.example"),
        ["auto_shutdown", _] => json!("00:00"),
        ["alarms", _, "when"] => json!("health_check_failure"),
        ["alarms", _, _] => json!("missing"),
        ["policy", "exceptions", _, "owner"] => json!("missing@bella.example"),
        ["policy", "exceptions", _, "expires"] => json!("2999-12-31"),
        ["policy", "exceptions", _, _] => json!("missing"),
        other => unreachable!("{other:?} is required by the schema and has no stand-in"),
    }
}

#[cfg(test)]
mod tests {
    use super::stand_in;
    use crate::schema::{STRICT, VALIDATOR};
    use serde_json::{Map, Value, json};

    /// The smallest value of this schema: what is required, and for optional sections what they require.
    fn smallest(schema: &Value, way: &mut Vec<String>) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut value = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            way.push(name.clone());
            if required.contains(&json!(name)) {
                value.insert(name.clone(), stand_in(way));
            }
            if property["type"] == "object" && property.get("properties").is_some() {
                value.insert(name.clone(), smallest(property, way));
            } else if property["items"]["type"] == "object" {
                way.push("0".to_owned());
                value.insert(name.clone(), json!([smallest(&property["items"], way)]));
                way.pop();
            }
            way.pop();
        }
        Value::Object(value)
    }

    #[test]
    fn there_is_a_valid_stand_in_for_all_that_is_required() {
        let value = smallest(&STRICT, &mut Vec::new());
        let errors: Vec<String> = VALIDATOR
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{value} is refused: {errors:?}");
        assert!(
            value.pointer("/alarms/0/when").is_some(),
            "{value} lacks what alarms require"
        );
    }
}
