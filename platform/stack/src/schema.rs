//! JSON Schema of stack files, derived from the types.
//!
//! Two forms: the strict one that a merged stack is held to, and the published one for editors, which sees one file at a time: a file
//! that extends another may leave out what the other says, and may remove a value with `null`.

use crate::{Stack, value::FORMATS};
use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// JSON Schema (draft 2020-12) of stack files, for editors.
pub fn schema() -> Value {
    let mut schema = STRICT.clone();
    let required = schema["required"].take();
    soften(&mut schema, true);
    let head = json!({
        "$id": "https://bella.example/schema/stack.json",
        "title": "Bella stack file",
        "if": { "not": { "required": ["extends"] } },
        "then": { "anyOf": [ { "required": required }, { "not": { "required": ["stack"] } } ] },
        "examples": [{
            "extends": "base.yaml",
            "stack": "bella-dev",
            "environment": "development",
            "region": "ca-central-1",
            "owner": "platform@bella.example",
            "budget": { "monthly_usd": 40 },
            "service": { "cpu": 256, "memory": 512, "capacity": "fargate-spot" },
        }],
    });
    if let (Value::Object(schema), Value::Object(head)) = (&mut schema, head) {
        schema.remove("required");
        schema.extend(head);
    }
    schema
}

/// The schema that merged stacks are held to: required values are required, nothing is `null`.
pub(crate) static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<Stack>()
        .to_value();
    drop_null(&mut schema);
    name_keys(&mut schema);
    schema
});

/// The validator of [`STRICT`].
pub(crate) static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    FORMATS
        .iter()
        .fold(options, |options, (name, judge)| {
            options.with_format(*name, move |text| judge(text).is_none())
        })
        .build(&STRICT)
        .expect("the schema derived from the types is valid")
});

/// Takes `null` out of every `type` and `anyOf`: a merged tree has no `null`.
fn drop_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|choice| *choice != json!({ "type": "null" }));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    for (key, value) in only {
                        // The field's own description says more than its type's.
                        map.entry(key).or_insert(value);
                    }
                }
            }
            // A default is shown to readers in the description; `null` as one would be refused.
            if map.get("default") == Some(&Value::Null) {
                map.remove("default");
            }
            map.values_mut().for_each(drop_null);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_null),
        _ => {}
    }
}

/// Says by `propertyNames` what the keys of a map are: unlike a pattern it leads to the parser that knows what was meant.
fn name_keys(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("propertyNames")
                && let Some(Value::Object(patterns)) = map.remove("patternProperties")
                && let Some((_, value)) = patterns.into_iter().next()
            {
                map.insert("additionalProperties".to_owned(), value);
            }
            // Descriptions are sentences; where the source breaks its lines says nothing.
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            map.values_mut().for_each(name_keys);
        }
        Value::Array(items) => items.iter_mut().for_each(name_keys),
        _ => {}
    }
}

/// Lets every value of a map be `null` and be left out; lists are whole, so their items stay strict.
fn soften(schema: &mut Value, root: bool) {
    let Value::Object(map) = schema else { return };
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties
            .values_mut()
            .for_each(|property| soften(property, false));
    }
    map.remove("required");
    if !root {
        allow_null(map);
    }
}

fn allow_null(map: &mut Map<String, Value>) {
    if let Some(Value::String(name)) = map.get("type") {
        let types = json!([name, "null"]);
        map.insert("type".to_owned(), types);
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.push(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::schema;
    use serde_json::{Value, json};

    fn undescribed(schema: &Value, way: &str, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let way = format!("{way}/{name}");
            if property["description"]
                .as_str()
                .is_none_or(|text| !text.ends_with('.'))
            {
                found.push(way.clone());
            }
            undescribed(property, &way, found);
            undescribed(&property["items"], &way, found);
        }
    }

    #[test]
    fn every_key_is_described_in_sentences() {
        let mut found = Vec::new();
        undescribed(&schema(), "", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn editors_accept_parts_of_stacks_and_refuse_mistakes() {
        let schema = schema();
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::validator_for(&schema).expect("the published schema is valid");
        let whole = schema["examples"][0].clone();
        let mut alone = whole.clone();
        alone
            .as_object_mut()
            .expect("the example is an object")
            .remove("extends");
        let cases = [
            (whole, true),
            (alone, true),
            (json!({ "region": "ca-central-1" }), true),
            (
                json!({ "extends": "base.yaml", "stack": "bella-dev" }),
                true,
            ),
            (
                json!({ "extends": "base.yaml", "stack": "bella-dev", "cache": null, "service": { "cpu": null } }),
                true,
            ),
            (
                json!({ "extends": "base.yaml", "service": { "environment": { "A_B": "c" } } }),
                true,
            ),
            (json!({ "stack": "bella-dev" }), false),
            (json!({ "extends": "base.yaml", "servise": {} }), false),
            (json!({ "extends": "base.yaml", "stack": "Bella" }), false),
            (
                json!({ "extends": "base.yaml", "service": { "cpu": "256" } }),
                false,
            ),
            (
                json!({ "extends": "base.yaml", "environment": "prod" }),
                false,
            ),
            (
                json!({ "extends": "base.yaml", "alarms": [{ "name": "down" }] }),
                false,
            ),
            (
                json!({ "extends": "base.yaml", "service": { "environment": { "a-b": "c" } } }),
                false,
            ),
            (
                json!({ "extends": "base.yaml", "resources": { "audit": {} } }),
                false,
            ),
        ];
        for (value, accepted) in cases {
            assert_eq!(validator.is_valid(&value), accepted, "{value}");
        }
    }
}
