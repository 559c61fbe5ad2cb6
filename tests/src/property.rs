use serde_json::{Value, json};

/// Sets the value at a dotted path; what is missing on the way is made.
pub fn put(target: &mut Value, path: &str, value: Value) {
    let pointer = match path.split_once('.') {
        Some((first, rest)) => {
            let slot = &mut target[first];
            if slot.is_null() {
                *slot = json!({});
            }
            return put(slot, rest, value);
        }
        None => &mut target[path],
    };
    *pointer = value;
}
