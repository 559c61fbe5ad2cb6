//! References among resources.

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
