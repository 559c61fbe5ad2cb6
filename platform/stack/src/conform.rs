//! Holding a merged tree to the schema, and taking out what does not fit.
//!
//! The rest is then typed and checked further, so that a misspelt key does not hide a wrong CIDR. A check that depends on something
//! taken out is not made (see [`Conformed::usable`]).

use crate::{
    Stack,
    problem::Problem,
    schema::VALIDATOR,
    verdict::judge,
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
    pub(crate) fn of(root: &Node, files: &Files, problems: &mut Vec<Problem>) -> Self {
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
                problems.extend(judge(&errors, root, files));
                first = false;
            }
            let mut cuts: BTreeSet<Vec<String>> = BTreeSet::new();
            let mut missing = Vec::new();
            for error in &errors {
                let (cut, stand_in) = remedy(error);
                cuts.extend(cut);
                missing.extend(stand_in);
            }
            // From the end, so that an index still names the item it named when the errors were found.
            for steps in cuts.iter().rev() {
                broken.insert(written(&survivors, steps));
                remove(&mut value, steps, &mut survivors);
            }
            for name in missing {
                value[&name] = stand_in(&name);
                broken.insert(vec![name]);
            }
        }
        let stack = serde_json::from_value(value).expect("what the schema accepts has the types' shape");
        Self { stack, broken, survivors }
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

/// What to take out for this error, and which required value of the root to stand in for.
fn remedy(error: &ValidationError<'_>) -> (Vec<Vec<String>>, Option<String>) {
    let at = steps(error);
    let child = |name: &str| {
        let mut steps = at.clone();
        steps.push(name.to_owned());
        steps
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            (unexpected.iter().map(|name| child(name)).collect(), None)
        }
        ValidationErrorKind::PropertyNames { error: name } => {
            (name.instance().as_str().map(child).into_iter().collect(), None)
        }
        ValidationErrorKind::Required { property } if at.is_empty() => {
            (Vec::new(), property.as_str().map(str::to_owned))
        }
        _ => (vec![at], None),
    }
}

/// The way to the value an error speaks of.
pub(crate) fn steps(error: &ValidationError<'_>) -> Vec<String> {
    error.instance_path().iter().map(|segment| segment.to_string()).collect()
}

fn written(survivors: &BTreeMap<Vec<String>, Vec<usize>>, steps: &[String]) -> Vec<String> {
    let mut way: Vec<String> = Vec::with_capacity(steps.len());
    for step in steps {
        let index = survivors.get(&way).and_then(|left| left.get(step.parse::<usize>().ok()?));
        way.push(index.map_or_else(|| step.clone(), usize::to_string));
    }
    way
}

fn remove(value: &mut Value, steps: &[String], survivors: &mut BTreeMap<Vec<String>, Vec<usize>>) {
    let Some((last, parent)) = steps.split_last() else {
        *value = json!({});
        return;
    };
    let mut node = value;
    for step in parent {
        let next = match node {
            Value::Object(map) => map.get_mut(step),
            Value::Array(items) => step.parse().ok().and_then(|index: usize| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return };
        node = next;
    }
    match node {
        Value::Object(map) => {
            map.remove(last);
        }
        Value::Array(items) => {
            let Some(index) = last.parse().ok().filter(|index| *index < items.len()) else { return };
            let way = written(survivors, parent);
            survivors.entry(way).or_insert_with(|| (0..items.len()).collect()).remove(index);
            items.remove(index);
        }
        _ => {}
    }
}

/// A value for a required one that is missing; chosen so that no check objects to it.
fn stand_in(name: &str) -> Value {
    match name {
        "stack" => json!("missing"),
        "environment" => json!("development"),
        "region" => json!("us-east-1"),
        "owner" => json!("missing@bella.example"),
        "budget" => json!({ "monthly_usd": 1 }),
        _ => Value::Null,
    }
}
