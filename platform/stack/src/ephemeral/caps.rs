//! How long, how many and how dear.

use crate::stack::Ephemeral;
use crate::value::Duration;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

/// A stack that is there for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The stack.
    pub stack: String,
    /// Whose it is.
    pub by: String,
    /// When it was asked for first.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// US dollars an hour, by the estimate.
    pub hourly_usd: Decimal,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    /// The stack.
    pub stack: &'a str,
    /// Who asks.
    pub by: &'a str,
    /// How long from now on.
    pub ttl: Duration,
    /// When it was asked for first.
    pub created: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// US dollars an hour, by the estimate.
    pub hourly_usd: Decimal,
}

/// Why it is not given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TooMuch {
    /// Longer than at once.
    #[error("{asked} is longer than the {most} that may be asked for at once (ephemeral.max_ttl)")]
    Long {
        /// What was asked for.
        asked: Duration,
        /// The longest.
        most: Duration,
    },
    /// Longer than in all.
    #[error(
        "{stack} would be there from {created} to {until}, longer than the {most} that a stack may be there in all \
         (ephemeral.max_age)"
    )]
    Old {
        /// Which.
        stack: String,
        /// From.
        created: Timestamp,
        /// To.
        until: Timestamp,
        /// The longest.
        most: Duration,
    },
    /// As many as there may be.
    #[error(
        "{by} has {have} of the {most} stacks that a person may have at a time (ephemeral.max_per_owner)"
    )]
    Many {
        /// Whose.
        by: String,
        /// How many.
        have: usize,
        /// How many there may be.
        most: u32,
    },
    /// As dear as they may be.
    #[error(
        "with it the stacks of {by} would cost ${with:.2} a day, over the ${most:.2} that a person's may \
         (ephemeral.max_usd_per_day_per_owner)"
    )]
    Dear {
        /// Whose.
        by: String,
        /// US dollars a day.
        with: Decimal,
        /// US dollars a day.
        most: Decimal,
    },
}

/// When the stack ends, if it may be had; `there` are all that are there.
///
/// # Errors
/// The first limit that it passes.
pub fn allowed(
    caps: &Ephemeral,
    asked: &Request<'_>,
    there: &[Kept],
) -> Result<Timestamp, TooMuch> {
    if asked.ttl > caps.max_ttl {
        return Err(TooMuch::Long {
            asked: asked.ttl,
            most: caps.max_ttl,
        });
    }
    let after = |from: Timestamp, for_: Duration| {
        let seconds = i64::try_from(for_.seconds()).unwrap_or(i64::MAX);
        from.saturating_add(SignedDuration::from_secs(seconds))
            .unwrap_or(Timestamp::MAX)
    };
    let until = after(asked.now, asked.ttl);
    if until > after(asked.created, caps.max_age) {
        return Err(TooMuch::Old {
            stack: asked.stack.to_owned(),
            created: asked.created,
            until,
            most: caps.max_age,
        });
    }
    let others = there
        .iter()
        .filter(|one| one.by == asked.by && one.stack != asked.stack);
    let have = others.clone().count();
    if u32::try_from(have).unwrap_or(u32::MAX) >= caps.max_per_owner {
        return Err(TooMuch::Many {
            by: asked.by.to_owned(),
            have,
            most: caps.max_per_owner,
        });
    }
    let hourly: Decimal = others.map(|one| one.hourly_usd).sum();
    let with = (hourly + asked.hourly_usd) * Decimal::from(24);
    let most = Decimal::from_f64(caps.max_usd_per_day_per_owner).unwrap_or(Decimal::MAX);
    if with > most {
        return Err(TooMuch::Dear {
            by: asked.by.to_owned(),
            with,
            most,
        });
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use super::{Kept, Request, allowed};
    use crate::stack::Ephemeral;
    use rust_decimal::Decimal;

    fn kept(stack: &str, by: &str) -> Kept {
        Kept {
            stack: stack.to_owned(),
            by: by.to_owned(),
            created: "2026-11-20T00:00:00Z".parse().expect("a time"),
            expires: "2026-11-20T08:00:00Z".parse().expect("a time"),
            hourly_usd: Decimal::new(25, 2),
        }
    }

    #[test]
    fn limits_are_held_to() {
        let caps = Ephemeral {
            max_per_owner: 2,
            max_usd_per_day_per_owner: 12.0,
            ..Ephemeral::default()
        };
        let one = [kept("a", "ann"), kept("b", "bob")];
        let two = [kept("a", "ann"), kept("c", "ann")];
        let cases: [(&str, &str, &[Kept], i64, &str); 9] = [
            (
                "8h",
                "2026-11-20T00:00:00Z",
                &[],
                25,
                "2026-11-20T20:00:00Z",
            ),
            (
                "24h",
                "2026-11-20T00:00:00Z",
                &one,
                25,
                "2026-11-21T12:00:00Z",
            ),
            ("25h", "2026-11-20T00:00:00Z", &[], 25, "longer than the 1d"),
            (
                "1d",
                "2026-11-14T12:00:00Z",
                &[],
                25,
                "2026-11-21T12:00:00Z",
            ),
            ("1d", "2026-11-14T11:59:59Z", &[], 25, "longer than the 7d"),
            ("8h", "2026-11-20T00:00:00Z", &two, 25, "ann has 2 of the 2"),
            (
                "8h",
                "2026-11-20T00:00:00Z",
                &one,
                26,
                "cost $12.24 a day, over the $12.00",
            ),
            // What it costs already does not count against itself.
            (
                "8h",
                "2026-11-20T00:00:00Z",
                &[kept("new", "ann"), kept("a", "ann")],
                25,
                "2026-11-20T20:00:00Z",
            ),
            (
                "8h",
                "2026-11-20T00:00:00Z",
                &[kept("a", "bob")],
                51,
                "over the $12.00",
            ),
        ];
        for (ttl, created, there, cents, expected) in cases {
            let asked = Request {
                stack: "new",
                by: "ann",
                ttl: ttl.parse().expect("a duration"),
                created: created.parse().expect("a time"),
                now: "2026-11-20T12:00:00Z".parse().expect("a time"),
                hourly_usd: Decimal::new(cents, 2),
            };
            let said = match allowed(&caps, &asked, there) {
                Ok(until) => until.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(said.contains(expected), "{ttl} {created}: {said}");
        }
    }
}
