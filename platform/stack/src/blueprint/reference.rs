//! References among resources.

use serde_json::Value;

/// The insides of every `${…}` in a text, in order; a `${` that is never closed gives the rest.
pub(crate) fn references(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        rest = &rest[start + 2..];
        let end = rest.find('}').unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

/// Puts values in the place of the references that have one.
pub(crate) fn settle(properties: &mut Value, value: &mut dyn FnMut(&str) -> Option<String>) {
    match properties {
        Value::String(text) => {
            let mut settled = text.clone();
            for reference in references(text) {
                if let Some(value) = value(reference) {
                    settled = settled.replace(&format!("${{{reference}}}"), &value);
                }
            }
            *text = settled;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, value)),
        Value::Object(map) => map.values_mut().for_each(|item| settle(item, value)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_are_found_inside_text() {
        assert_eq!(references("${a.b.id}:x/${c.d.arn}"), ["a.b.id", "c.d.arn"]);
        assert_eq!(references("$5 {x} ${"), [""]);
        assert!(references("plain").is_empty());
    }
}
