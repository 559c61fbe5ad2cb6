//! Domain names in one spelling: lower case, without the dot at the end.
//!
//! Route 53 and ACM take a name with and without that dot, answer it with, and write unusual
//! characters as a backslash and three octal digits (Route 53 developer guide, "DNS domain name
//! format"). Desired and live names are brought into the same form, or they would differ for ever.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

/// Reads a name; a reference passes as it is.
pub(super) fn name<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    String::deserialize(source).map(|text| plain(&text))
}

/// Reads a set of names.
pub(super) fn names<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeSet<String>, D::Error> {
    let texts = BTreeSet::<String>::deserialize(source)?;
    Ok(texts.iter().map(|text| plain(text)).collect())
}

/// Reads the values of a record, of which some are or end with a name.
pub(super) fn values<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeSet<String>, D::Error> {
    let texts = BTreeSet::<String>::deserialize(source)?;
    Ok(texts.iter().map(|text| value(text)).collect())
}

/// A name in the one spelling.
pub(super) fn plain(text: &str) -> String {
    if text.contains("${") {
        return text.to_owned();
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    unescaped(text).to_lowercase()
}

/// A record's value without the dot of a name at its end: `mail.example.com.`, also behind a number
/// as in `10 mail.example.com.`, but neither the name `.` nor a quoted text.
pub(super) fn value(text: &str) -> String {
    let bare = text.strip_suffix('.').filter(|bare| {
        let ends_a_name = bare.ends_with(|c: char| c.is_ascii_alphanumeric());
        ends_a_name && !bare.starts_with('"')
    });
    bare.unwrap_or(text).to_owned()
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3);
        match code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(byte) if byte.is_ascii() => {
                out.push(char::from(byte));
                out.push_str(&part[3..]);
            }
            _ => {
                out.push('\\');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_in_one_spelling() {
        let cases = [
            ("Bella.Example.", "bella.example"),
            ("bella.example", "bella.example"),
            ("\\052.bella.example.", "*.bella.example"),
            ("a\\134b.example.", "a\\b.example"),
            ("a\\9.example", "a\\9.example"),
            ("a\\377.example", "a\\377.example"),
            (
                "${certificate.main.validation_name}",
                "${certificate.main.validation_name}",
            ),
        ];
        for (given, expect) in cases {
            assert_eq!(plain(given), expect);
        }
    }

    #[test]
    fn values_keep_all_but_the_dot_of_a_name() {
        let cases = [
            ("192.0.2.1", "192.0.2.1"),
            ("_x.acm-validations.aws.", "_x.acm-validations.aws"),
            ("10 mail.example.com.", "10 mail.example.com"),
            ("0 .", "0 ."),
            (".", "."),
            ("\"v=spf1 -all.\"", "\"v=spf1 -all.\""),
        ];
        for (given, expect) in cases {
            assert_eq!(value(given), expect);
        }
    }
}
