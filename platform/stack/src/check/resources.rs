//! The escape hatch: raw resources, references among them, renames.

use super::Scope;
use crate::{
    blueprint::{self, references},
    reach::unreachable,
    value::{Refusal, ResourceAddress, nearest},
};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(scope: &mut Scope<'_>) {
    kinds(scope);
    addresses(scope);
    ways(scope);
}

fn kinds(scope: &mut Scope<'_>) {
    let Some(kinds) = scope.kinds else { return };
    for address in scope.stack.resources.keys() {
        let kind = address.kind();
        if !kinds.contains(&kind) {
            let name = address
                .as_str()
                .split_once('.')
                .map_or("", |(_, name)| name);
            let near = nearest(kind, kinds.iter().copied()).map(|near| format!("{near}.{name}"));
            let refusal = Refusal::new(
                format!("`{kind}` is not a kind of resource"),
                kinds.join(", "),
            )
            .suggest(near);
            scope.refuse_key(&["resources"], address.as_str(), refusal);
        }
    }
}

fn addresses(scope: &mut Scope<'_>) {
    let stack = scope.stack;
    let built: BTreeSet<String> = blueprint::built(&scope.roomy())
        .into_iter()
        .map(|node| node.address)
        .collect();
    let known: BTreeSet<&str> = built
        .iter()
        .map(String::as_str)
        .chain(stack.resources.keys().map(ResourceAddress::as_str))
        .collect();
    for (address, properties) in &stack.resources {
        if built.contains(address.as_str()) {
            let refusal = Refusal::new(
                format!("`{address}` is made by the platform already"),
                "an address of its own",
            );
            scope.refuse_key(&["resources"], address.as_str(), refusal);
        }
        let mut way = vec!["resources".to_owned(), address.to_string()];
        for (key, value) in properties {
            way.push(key.clone());
            references_in(scope, value, &known, &mut way);
            way.pop();
        }
    }
    moved(scope, &known);
}

/// A way that packets would have to go and cannot. The platform's own resources reach each other, so it ends in a raw one.
fn ways(scope: &mut Scope<'_>) {
    let stack = scope.stack;
    if stack.resources.is_empty() {
        return;
    }
    for gap in unreachable(&blueprint::blueprint(&scope.roomy())) {
        let refusal = Refusal {
            message: gap.to_string(),
            allowed: Some("a rule of a security group, or a route, that lets it".to_owned()),
            suggestion: None,
            at: None,
        };
        let ends = [&gap.from, &gap.to];
        let raw = ends.into_iter().find(|end| {
            let mut all = stack.resources.keys();
            all.any(|address| address.as_str() == end.as_str())
        });
        match raw {
            Some(address) => scope.refuse_key(&["resources"], address, refusal),
            None => scope.refuse(&[&["resources"]], refusal),
        }
    }
}

fn references_in(
    scope: &mut Scope<'_>,
    value: &Value,
    known: &BTreeSet<&str>,
    way: &mut Vec<String>,
) {
    match value {
        Value::String(text) => {
            for reference in references(text) {
                let parts: Vec<&str> = reference.split('.').collect();
                let address = parts.get(..2).map(|parts| parts.join("."));
                let refusal = match address {
                    Some(address) if parts.len() == 3 && known.contains(address.as_str()) => {
                        continue;
                    }
                    Some(address) if parts.len() == 3 => {
                        let near = nearest(&address, known.iter().copied());
                        let near = near.map(|near| format!("${{{near}.{}}}", parts[2]));
                        Refusal {
                            message: format!("there is no resource `{address}`"),
                            allowed: None,
                            suggestion: near,
                            at: None,
                        }
                    }
                    _ => Refusal::new(
                        format!("`${{{reference}}}` is not a reference"),
                        "${kind.name.output}, such as ${vpc.main.id}",
                    ),
                };
                let steps: Vec<&str> = way.iter().map(String::as_str).collect();
                scope.refuse(&[&steps], refusal);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                way.push(index.to_string());
                references_in(scope, item, known, way);
                way.pop();
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                way.push(key.clone());
                references_in(scope, item, known, way);
                way.pop();
            }
        }
        _ => {}
    }
}

fn moved(scope: &mut Scope<'_>, known: &BTreeSet<&str>) {
    let moved = &scope.stack.moved;
    for (from, to) in moved {
        let at: &[&str] = &["moved", from.as_str()];
        if from == to {
            scope.refuse(
                &[at],
                Refusal::new(
                    format!("`{from}` is moved to itself"),
                    "another address of the same kind",
                ),
            );
        } else if from.kind() != to.kind() {
            let message = format!(
                "a resource of kind {} cannot become one of kind {}",
                from.kind(),
                to.kind()
            );
            scope.refuse(
                &[at],
                Refusal::new(message, format!("an address of kind {}", from.kind())),
            );
        } else if moved.contains_key(to) {
            let refusal = Refusal::new(
                format!("`{to}` is itself moved on"),
                "the address it has in the end",
            );
            scope.refuse(&[at], refusal);
        } else if let Some((other, _)) = moved
            .iter()
            .find(|(other, target)| *target == to && *other < from)
        {
            let refusal = Refusal::new(
                format!("`{other}` is moved to `{to}` too"),
                "each target once",
            );
            scope.refuse(&[at], refusal);
        } else if known.contains(from.as_str()) {
            let refusal = Refusal::new(
                format!("the stack still has a resource `{from}`"),
                "an address that the stack had before",
            );
            scope.refuse_key(&["moved"], from.as_str(), refusal);
        } else if !known.contains(to.as_str()) {
            let near = nearest(to.as_str(), known.iter().copied());
            let refusal = Refusal::new(
                format!("the stack has no resource `{to}`"),
                "an address of the stack",
            );
            scope.refuse(&[at], refusal.suggest(near));
        }
    }
}
