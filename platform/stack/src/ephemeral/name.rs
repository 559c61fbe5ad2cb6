//! The name of a stack from whatever somebody calls it, a branch for example.

use crate::value::StackName;
use sha2::{Digest, Sha256};

/// The longest that a stack's name may be.
const LONGEST: usize = 24;
/// Hexadecimal digits that tell names apart which read alike.
const DIGITS: usize = 6;

/// The stack's name for `asked`: itself where that is one, else what of it can stand in one, and six digits of its SHA-256.
///
/// The same for the same text, always. Two different texts have the same name only where those digits agree too, or one is what was
/// made of the other.
pub fn ephemeral_name(asked: &str) -> StackName {
    if let Ok(name) = asked.parse() {
        return name;
    }
    let mut plain = String::new();
    for c in asked.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => plain.push(c),
            _ if plain.is_empty() || plain.ends_with('-') => {}
            _ => plain.push('-'),
        }
    }
    if !plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        plain.insert_str(0, "e-");
    }
    plain.truncate(LONGEST - DIGITS - 1);
    let hash = Sha256::digest(asked.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{}-{}", plain.trim_matches('-'), &hash[..DIGITS]);
    name.parse()
        .expect("letters, digits and single hyphens after a letter, cut to length")
}

#[cfg(test)]
mod tests {
    use super::ephemeral_name;
    use std::collections::BTreeMap;

    #[test]
    fn names_are_kept_where_they_can_be() {
        for (asked, name) in [
            ("pr-42", "pr-42"),
            ("a", "a"),
            ("feature/ÄÖ_x#1", "feature-x-1-ba143f"),
            ("Feature/X", "feature-x-02cc19"),
            ("42", "e-42-73475c"),
            ("", "e-e3b0c4"),
            ("---", "e-cb3f91"),
            ("pr--42", "pr-42-7b06e5"),
            ("dependabot/cargo/tokio-1.49.0", "dependabot-cargo-37c11b"),
            ("a-b-c-d-e-f-g-h-i-j-k-l-m", "a-b-c-d-e-f-g-h-i-dd1f3b"),
        ] {
            assert_eq!(ephemeral_name(asked).to_string(), name, "{asked}");
        }
    }

    /// Any text at all, from a generator with a fixed seed: a name that fits, the same each time, another for another text.
    #[test]
    fn whatever_is_asked_for_has_a_name_of_its_own() {
        let alphabet: Vec<char> = "abcZ019-_/#. äß漢💥\t".chars().collect();
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below
        };
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for _ in 0..20_000 {
            let length = next(40);
            let asked: String = (0..length)
                .map(|_| alphabet[next(alphabet.len())])
                .collect();
            let name = ephemeral_name(&asked);
            assert_eq!(name, ephemeral_name(&asked));
            let before = seen.insert(name.to_string(), asked.clone());
            assert!(
                before.is_none_or(|before| before == asked),
                "{name}: {asked:?}"
            );
        }
    }
}
