//! The one function that makes names, and knows what a name may look like.
//!
//! Tags decide ownership, never the name; a deterministic name makes a repeated create find its
//! first attempt.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::address::Address;

/// How objects of a kind are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The cloud gives an id; there is no name.
    Unnamed,
    /// `<lead><stack>/<name>`, for log groups, repositories, secrets.
    Path {
        /// `/bella/` or `bella/`.
        lead: &'static str,
    },
    /// `<stack>-<name>-<8 of a hash>`.
    Hashed {
        /// Longest name the cloud takes, in bytes.
        max: usize,
        /// Whether generations may stand side by side: then the resolved immutable properties
        /// are part of the hash, and the name is known after apply.
        generations: bool,
        /// Beginnings that the cloud refuses, for example `internal-` for load balancers.
        forbidden: &'static [&'static str],
    },
}

/// Makes the name of an object; the same arguments always give the same name.
///
/// `immutables` are the resolved immutable properties, used where the kind's generations coexist.
#[must_use]
pub fn name(
    naming: Naming,
    stack: &str,
    region: &str,
    address: &Address,
    immutables: &Value,
) -> String {
    match naming {
        Naming::Unnamed => String::new(),
        Naming::Path { lead } => format!("{lead}{stack}/{}", address.name()),
        Naming::Hashed {
            max,
            generations,
            forbidden,
        } => {
            let mut parts = vec![stack.to_owned(), region.to_owned(), address.to_string()];
            if generations {
                parts.push(immutables.to_string());
            }
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let hash = &fingerprint(&parts)[..8];
            let mut stem = format!("{stack}-{}", address.name().replace('_', "-"));
            if forbidden.iter().any(|start| stem.starts_with(start)) {
                stem.insert_str(0, "b-");
            }
            stem.truncate(max.saturating_sub(hash.len() + 1));
            format!("{}-{hash}", stem.trim_end_matches('-'))
        }
    }
}

/// SHA-256 over length-prefixed parts, in hexadecimal.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHORT: Naming = Naming::Hashed {
        max: 32,
        generations: true,
        forbidden: &["internal-", "sg-"],
    };

    fn made(naming: Naming, stack: &str, address: &str, immutables: &Value) -> String {
        let address = Address::parse(address).expect("a valid address");
        name(naming, stack, "ca-central-1", &address, immutables)
    }

    #[test]
    fn paths_are_readable() {
        let path = Naming::Path { lead: "/bella/" };
        assert_eq!(
            made(path, "bella-dev", "log_group.service", &json!({})),
            "/bella/bella-dev/service"
        );
    }

    #[test]
    fn hashed_names_fit_every_limit_for_the_longest_stack_and_any_address() {
        for stack in [
            "b",
            "bella-dev",
            "abcdefghijklmnopqrstuvwx",
            "sg-x",
            "internal-a",
        ] {
            for address in [
                "load_balancer.main",
                "target_group.a-very-long_name-indeed-it-is",
                "x.0",
            ] {
                let name = made(SHORT, stack, address, &json!({}));
                assert!(name.len() <= 32, "{name}");
                assert!(
                    !name.starts_with("sg-") && !name.starts_with("internal-"),
                    "{name}"
                );
                assert!(
                    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                    "{name}"
                );
                assert!(!name.contains("--") && !name.ends_with('-'), "{name}");
            }
        }
    }

    #[test]
    fn generations_stacks_and_addresses_get_names_of_their_own() {
        let mut names = vec![
            made(SHORT, "bella-dev", "target_group.a", &json!({"port": 1})),
            made(SHORT, "bella-dev", "target_group.a", &json!({"port": 2})),
            made(SHORT, "bella-dev", "target_group.b", &json!({"port": 1})),
            made(SHORT, "bella", "target_group.dev-a", &json!({"port": 1})),
        ];
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 4);
    }
}
