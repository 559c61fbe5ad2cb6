//! A JSON Schema as rows of a table.

use serde_json::Value;

/// How deep properties inside properties get rows of their own.
const DEEPEST: usize = 4;

/// One property.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) shape: String,
    pub(super) default: String,
    pub(super) about: String,
}

/// What a schema says of itself, in one line.
pub(super) fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Every property, those of objects and of lists and maps of objects after them.
pub(super) fn properties(schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    walk(schema, schema, "", 0, &mut rows);
    rows
}

fn walk(root: &Value, schema: &Value, lead: &str, depth: usize, rows: &mut Vec<Row>) {
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    let required = schema["required"].as_array();
    for (name, property) in properties {
        let path = format!("{lead}{name}");
        let is_required =
            required.is_some_and(|names| names.iter().any(|it| it.as_str() == Some(name)));
        let about = match description(property) {
            text if text.is_empty() => description(resolved(root, property)),
            text => text,
        };
        rows.push(Row {
            shape: shape(root, property),
            default: default(property, is_required),
            path: path.clone(),
            about,
        });
        let mut inner = resolved(root, property);
        let mut mark = ".";
        if inner["items"].is_object() {
            inner = resolved(root, &inner["items"]);
            mark = "[].";
        } else if inner["additionalProperties"].is_object() {
            inner = resolved(root, &inner["additionalProperties"]);
            mark = ".NAME.";
        }
        if depth < DEEPEST {
            walk(root, inner, &format!("{path}{mark}"), depth + 1, rows);
        }
    }
}

/// The schema that a reference, or the only choice beside null, leads to.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(place) = schema["$ref"].as_str() {
        let found = root.pointer(place.trim_start_matches('#'));
        return found.map_or(schema, |found| resolved(root, found));
    }
    let choices = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    let mut real = choices
        .into_iter()
        .flatten()
        .filter(|choice| choice["type"] != "null");
    match (real.next(), real.next()) {
        (Some(only), None) => resolved(root, only),
        _ => schema,
    }
}

fn shape(root: &Value, schema: &Value) -> String {
    let schema = resolved(root, schema);
    if let Some(choices) = schema["enum"].as_array() {
        let texts: Vec<String> = choices
            .iter()
            .filter(|choice| !choice.is_null())
            .map(code)
            .collect();
        return texts.join(", ");
    }
    if !schema["const"].is_null() {
        return code(&schema["const"]);
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let texts: Vec<String> = choices
            .iter()
            .filter(|choice| choice["type"] != "null")
            .map(|choice| shape(root, choice))
            .collect();
        return texts.join(" or ");
    }
    let word = match &schema["type"] {
        Value::Array(types) => types
            .iter()
            .filter_map(Value::as_str)
            .find(|it| *it != "null"),
        other => other.as_str(),
    };
    match word {
        Some("array") => format!("list of {}", shape(root, &schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map to {}", shape(root, &schema["additionalProperties"]))
        }
        Some(word) => word.to_owned(),
        None => "any".to_owned(),
    }
}

fn default(schema: &Value, required: bool) -> String {
    match (&schema["default"], required) {
        (_, true) => "required".to_owned(),
        (Value::Null, false) => "unmanaged".to_owned(),
        (value, false) => code(value),
    }
}

fn code(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    };
    format!("`{}`", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_has_its_words() {
        let root = json!({
            "$defs": {
                "Mode": {"oneOf": [{"const": "on"}, {"const": "off"}]},
                "Part": {"type": "object", "properties": {"size": {"type": "integer"}}},
            },
            "required": ["name"],
            "properties": {
                "list": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
                "maybe": {"type": ["integer", "null"]},
                "mode": {"$ref": "#/$defs/Mode", "default": "on"},
                "name": {"type": "string", "description": "What it is\n called."},
                "part": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]},
                "parts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Part"}},
                "tags": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
            },
        });
        let rows: Vec<String> = properties(&root)
            .iter()
            .map(|row| {
                format!(
                    "{}: {}: {}: {}",
                    row.path, row.shape, row.default, row.about
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "list: list of object: unmanaged: ",
                "list[].size: integer: unmanaged: ",
                "maybe: integer: unmanaged: ",
                "mode: `\"on\"` or `\"off\"`: `\"on\"`: ",
                "name: string: required: What it is called.",
                "part: object: unmanaged: ",
                "part.size: integer: unmanaged: ",
                "parts: map to object: unmanaged: ",
                "parts.NAME.size: integer: unmanaged: ",
                "tags: map to string: `{}`: ",
            ]
        );
    }
}
