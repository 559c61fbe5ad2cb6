//! What the schema's errors mean to the person who wrote the file.

use crate::{
    conform::steps,
    problem::Problem,
    schema::STRICT,
    value::{FORMATS, Refusal, nearest},
    yaml::{Data, Files, Node, Place},
};
use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One problem for each place the schema refuses something at.
pub(crate) fn judge<'e>(
    errors: impl Iterator<Item = &'e ValidationError<'e>>,
    root: &Node,
    files: &Files,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    // A text that is no duration fails both `format` and `pattern`; the weightiest error of a place speaks for it.
    let mut by_place: BTreeMap<Vec<String>, &ValidationError<'_>> = BTreeMap::new();
    let mut by_key: BTreeMap<(Vec<String>, String), &ValidationError<'_>> = BTreeMap::new();
    for error in errors {
        let at = steps(error);
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                problems.extend(
                    unexpected
                        .iter()
                        .map(|key| unknown_key(error, &at, key, root, files)),
                );
            }
            Kind::PropertyNames { error: name } => {
                let key = name.instance().as_str().unwrap_or_default().to_owned();
                let known = by_key.entry((at, key)).or_insert(name);
                if weight(name) < weight(known) {
                    *known = name;
                }
            }
            Kind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                problems.push(missing(error, &at, key, root, files));
            }
            _ => {
                let known = by_place.entry(at).or_insert(error);
                if weight(error) < weight(known) {
                    *known = error;
                }
            }
        }
    }
    problems.extend(by_key.into_iter().map(|((at, key), error)| {
        let place = root.locate_key(&at, &key);
        files.problem(place, dotted(&at), refusal(error, place, None))
    }));
    problems.extend(by_place.into_iter().map(|(at, error)| {
        let (place, _) = root.locate(&at);
        let node = find(root, &at);
        files.problem(place, dotted(&at), refusal(error, place, node))
    }));
    problems
}

/// Steps as people write them: `alarms[0].when`.
pub(crate) fn dotted(steps: &[String]) -> String {
    let mut path = String::new();
    for step in steps {
        match step.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}

fn weight(error: &ValidationError<'_>) -> u8 {
    match error.kind() {
        Kind::Type { .. } => 0,
        Kind::Format { .. } => 1,
        Kind::Enum { .. } | Kind::Constant { .. } => 2,
        _ => 3,
    }
}

fn find<'a>(root: &'a Node, at: &[String]) -> Option<&'a Node> {
    at.iter().try_fold(root, |node, step| match &node.data {
        Data::Map(map) => map.get(step).map(|entry| &entry.value),
        Data::List(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The schema of the object that an error's keyword stands in.
fn schema_of(error: &ValidationError<'_>) -> &'static Value {
    let pointer = error.schema_path().as_str();
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    STRICT.pointer(parent).unwrap_or(&Value::Null)
}

fn unknown_key(
    error: &ValidationError<'_>,
    at: &[String],
    key: &str,
    root: &Node,
    files: &Files,
) -> Problem {
    let mut known: Vec<&str> = properties(schema_of(error));
    known.sort_unstable();
    let home = home_of(key, &STRICT, &mut Vec::new());
    let refusal = match (nearest(key, known.iter().copied()), home) {
        (Some(near), _) => {
            Refusal::new(format!("there is no `{key}` here"), known.join(", ")).suggest(Some(near))
        }
        (None, Some(home)) => {
            Refusal::new(format!("`{key}` does not belong here"), known.join(", "))
                .suggest(Some(home))
        }
        (None, None) => Refusal::new(format!("there is no `{key}` here"), known.join(", ")),
    };
    files.problem(root.locate_key(at, key), dotted(at), refusal)
}

fn properties(schema: &Value) -> Vec<&str> {
    let map = schema.get("properties").and_then(Value::as_object);
    map.map(|map| map.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

/// Where in the stack file a key of this name belongs; `None` when nowhere or in several places.
fn home_of(key: &str, schema: &Value, way: &mut Vec<String>) -> Option<String> {
    let mut homes = Vec::new();
    collect_homes(key, schema, way, &mut homes);
    match homes.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn collect_homes(key: &str, schema: &Value, way: &mut Vec<String>, homes: &mut Vec<String>) {
    let Some(map) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    for (name, property) in map {
        way.push(name.clone());
        if name == key {
            homes.push(way.join("."));
        }
        collect_homes(key, property, way, homes);
        way.pop();
    }
}

fn missing(
    error: &ValidationError<'_>,
    at: &[String],
    key: &str,
    root: &Node,
    files: &Files,
) -> Problem {
    let mut way = at.to_vec();
    way.push(key.to_owned());
    let (place, _) = root.locate(&way);
    let description = schema_of(error)["properties"][key]["description"]
        .as_str()
        .unwrap_or_default();
    let first = description
        .split_once(". ")
        .map_or(description, |(first, _)| first)
        .trim_end_matches('.');
    let refusal = Refusal {
        message: format!("`{key}` is missing: {first}"),
        allowed: None,
        suggestion: None,
        at: None,
    };
    let place = Place {
        text: String::new(),
        ..place.clone()
    };
    files.problem(&place, dotted(at), refusal)
}

fn refusal(error: &ValidationError<'_>, place: &Place, node: Option<&Node>) -> Refusal {
    let written = &place.text;
    match error.kind() {
        Kind::Type { kind } => wrong_type(kind, schema_of(error), node, written),
        Kind::Format { format } => {
            let judge = FORMATS
                .iter()
                .find(|(name, _)| name == format)
                .map(|(_, judge)| judge);
            let text = error.instance().as_str().unwrap_or_default();
            judge
                .and_then(|judge| judge(text))
                .unwrap_or_else(|| plain(error))
        }
        Kind::Enum { options } => {
            let words: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            word_refusal(error.instance(), &words)
        }
        Kind::Constant { expected_value } => word_refusal(
            error.instance(),
            &[expected_value.as_str().unwrap_or_default()],
        ),
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. } => out_of_range(error, written),
        Kind::MaxItems { limit } => {
            Refusal::new("the list is too long", format!("{limit} or fewer items"))
        }
        Kind::MinItems { limit } => {
            Refusal::new("the list is too short", format!("{limit} or more items"))
        }
        Kind::UniqueItems => Refusal::new("the list names something twice", "each item once"),
        _ => plain(error),
    }
}

fn plain(error: &ValidationError<'_>) -> Refusal {
    Refusal {
        message: error.to_string(),
        allowed: None,
        suggestion: None,
        at: None,
    }
}

fn word_refusal(instance: &Value, words: &[&str]) -> Refusal {
    let text = instance
        .as_str()
        .map_or_else(|| instance.to_string(), str::to_owned);
    let near = nearest(&text.replace('_', "-"), words.iter().copied());
    Refusal::new(
        format!("`{text}` is not one of the values"),
        words.join(", "),
    )
    .suggest(near)
}

fn out_of_range(error: &ValidationError<'_>, written: &str) -> Refusal {
    let schema = schema_of(error);
    let number = |key: &str| {
        schema
            .get(key)
            .map(|limit| limit.as_f64().unwrap_or_default())
    };
    let allowed = match (
        number("minimum"),
        number("maximum"),
        number("exclusiveMinimum"),
    ) {
        (Some(low), Some(high), _) => format!("{low} to {high}"),
        (Some(low), None, _) => format!("{low} or more"),
        (None, Some(high), _) => format!("{high} or less"),
        (None, None, Some(low)) => format!("more than {low}"),
        (None, None, None) => return plain(error),
    };
    Refusal::new(format!("{written} is out of range"), allowed)
}

fn wrong_type(kind: &TypeKind, schema: &Value, node: Option<&Node>, written: &str) -> Refusal {
    let expected = match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(_) => "value of another type".to_owned(),
    };
    let data = node.map(|node| &node.data);
    let what = match expected.as_str() {
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "text",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a map of keys and values",
        other => other,
    };
    let found = match data {
        Some(Data::Map(_)) => "this is a map".to_owned(),
        Some(Data::List(_)) => "this is a list".to_owned(),
        Some(Data::Number(_)) => format!("`{written}` is a number here"),
        Some(Data::Bool(_)) => format!("`{written}` is true or false here"),
        Some(Data::Null) | None => "there is no value here".to_owned(),
        Some(Data::Text(_)) => format!("`{written}` is text here"),
    };
    let words: Vec<&str> = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !words.is_empty() {
        let near = nearest(written, words.iter().copied());
        return Refusal::new(found, words.join(", ")).suggest(near);
    }
    // Quoting would only lead to the next refusal.
    if let (Some(Data::Number(_) | Data::Bool(_)), Some(format)) = (data, schema.get("format"))
        && let Some((_, judge)) = FORMATS.iter().find(|(name, _)| format == name)
        && let Some(refusal) = judge(written)
    {
        return refusal;
    }
    let (message, suggestion) = match (expected.as_str(), data) {
        ("string", Some(Data::Number(_) | Data::Bool(_))) => (
            format!("{found} and has to be text: quote it"),
            Some(format!("\"{written}\"")),
        ),
        ("boolean", Some(Data::Text(text))) => (found, switch(text).map(str::to_owned)),
        ("integer" | "number", Some(Data::Text(text))) => (found, bare_number(text)),
        ("array", Some(Data::Text(_) | Data::Number(_))) => {
            (found, takes_scalars(schema).then(|| format!("[{written}]")))
        }
        _ => (found, None),
    };
    Refusal::new(message, what).suggest(suggestion)
}

/// Whether a list of this schema holds single values of which one was written without its brackets.
fn takes_scalars(schema: &Value) -> bool {
    schema
        .pointer("/items/type")
        .is_some_and(|kind| kind != "object")
}

/// What YAML 1.1 took for a boolean and YAML 1.2 takes for text.
fn switch(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" | "true" | "enabled" => Some("true"),
        "no" | "off" | "n" | "false" | "disabled" => Some("false"),
        _ => None,
    }
}

/// The number in `"512"`, `$40`, `20GB`, `8_000`.
fn bare_number(text: &str) -> Option<String> {
    let text = text.trim_start_matches('$').replace('_', "");
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let plain = unit
        .chars()
        .all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '%');
    (plain && number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok())
        .then(|| number.to_owned())
}
