//! A stack as its tags tell of it.

use super::{EPHEMERAL_TAGS as KEYS, Kept};
use crate::stack::Ephemeral;
use crate::value::Duration;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// A stack that was made for a while, by the tags of one of its objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// What every limit is held against.
    pub kept: Kept,
    /// What it was asked for as.
    pub name: String,
    /// How long it may be there, as the file said that it was made from; numbers and money are not limited, as more time changes neither.
    pub caps: Ephemeral,
}

impl Listed {
    /// Reads the tags; `None` where they are not those of such a stack, or nobody can read them.
    ///
    /// Where nothing says yet when it ends, since a run ended before it could, it ends as its first life says.
    pub fn of(tags: &BTreeMap<String, String>) -> Option<Self> {
        let tag = |key: &str| tags.get(key).map(String::as_str);
        let created: Timestamp = tag(KEYS.created)?.parse().ok()?;
        let first = || {
            let ttl: Duration = tag(KEYS.ttl)?.parse().ok()?;
            let seconds = i64::try_from(ttl.seconds()).ok()?;
            created.checked_add(SignedDuration::from_secs(seconds)).ok()
        };
        let moved = tag(KEYS.expires).and_then(|text| text.parse().ok());
        Some(Self {
            kept: Kept {
                stack: tag(KEYS.stack)?.to_owned(),
                by: tag(KEYS.created_by)?.to_owned(),
                created,
                expires: moved.or_else(first)?,
                hourly_usd: tag(KEYS.hourly)?.parse().ok()?,
            },
            name: tag(KEYS.name)?.to_owned(),
            caps: caps(tag(KEYS.limits).unwrap_or_default()),
        })
    }
}

/// What is not said has its default.
fn caps(limits: &str) -> Ephemeral {
    let mut times = limits.split(' ').map(str::parse::<Duration>);
    let mut caps = Ephemeral {
        max_per_owner: u32::MAX,
        max_usd_per_day_per_owner: f64::MAX,
        ..Ephemeral::default()
    };
    if let (Some(Ok(ttl)), Some(Ok(age))) = (times.next(), times.next()) {
        (caps.max_ttl, caps.max_age) = (ttl, age);
    }
    caps
}

#[cfg(test)]
mod tests {
    use super::Listed;
    use crate::ephemeral::EPHEMERAL_TAGS as KEYS;
    use std::collections::BTreeMap;

    #[test]
    fn the_end_is_what_was_said_last_else_that_of_the_first_life() {
        let mut tags: BTreeMap<String, String> = [
            (KEYS.stack, "pr-42"),
            (KEYS.created, "2026-11-20T00:00:00Z"),
            (KEYS.created_by, "ann"),
            (KEYS.hourly, "0.0791"),
            (KEYS.name, "pr-42"),
            (KEYS.limits, "12h 2d"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        assert_eq!(Listed::of(&tags), None, "nothing says when it ends");
        tags.insert(KEYS.ttl.to_owned(), "8h".to_owned());
        let first = Listed::of(&tags).expect("a stack");
        assert_eq!(first.kept.expires.to_string(), "2026-11-20T08:00:00Z");
        assert_eq!(first.caps.max_age.to_string(), "2d");
        tags.insert(KEYS.expires.to_owned(), "2026-11-21T01:00:00Z".to_owned());
        let moved = Listed::of(&tags).expect("a stack");
        assert_eq!(moved.kept.expires.to_string(), "2026-11-21T01:00:00Z");
        for key in [KEYS.created, KEYS.stack, KEYS.hourly] {
            let mut without = tags.clone();
            without.remove(key);
            assert_eq!(Listed::of(&without), None, "{key}");
        }
    }
}
