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
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Stack>().to_value();
    drop_null(&mut schema);
    schema
});

/// The validator of [`STRICT`].
pub(crate) static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    FORMATS
        .iter()
        .fold(options, |options, (name, judge)| options.with_format(*name, move |text| judge(text).is_none()))
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

/// Lets every value of a map be `null` and be left out; lists are whole, so their items stay strict.
fn soften(schema: &mut Value, root: bool) {
    let Value::Object(map) = schema else { return };
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.values_mut().for_each(|property| soften(property, false));
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
