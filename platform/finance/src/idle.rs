//! What is paid for and does nothing, or should not be there any more.

use std::cmp::Reverse;

use bella_engine::address::Address;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::forecast::Ahead;

/// How long after its time a thing may still be stopping or going before it is idle.
const GRACE: SignedDuration = SignedDuration::from_mins(30);
/// Requests of a balancer are looked at for this long before it is called empty.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(24);

/// Why money goes nowhere.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Idle {
    /// It runs while the stack's schedule says that it rests.
    OutsideSchedule,
    /// Its time to live is over.
    PastTtl,
    /// A load balancer that nothing answered behind, or nobody called.
    EmptyBalancer,
    /// An address that is attached to nothing, and billed all the same.
    UnattachedAddress,
}

impl Idle {
    /// The words of reports.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::OutsideSchedule => "runs outside its schedule",
            Self::PastTtl => "is past its time to live",
            Self::EmptyBalancer => "balances nothing",
            Self::UnattachedAddress => "is attached to nothing",
        }
    }
}

/// An object that is paid for and does nothing.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IdleObject {
    /// Whose.
    #[schemars(with = "String")]
    pub address: Address,
    /// Why.
    pub why: Idle,
    /// Since when, as far as is known.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// US dollars an hour.
    #[schemars(with = "String")]
    pub hourly_usd: Decimal,
    /// US dollars from `since` to now.
    #[schemars(with = "String")]
    pub wasted_usd: Decimal,
}

/// What is known of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Whose.
    pub address: Address,
    /// US dollars an hour, as it is.
    pub hourly_usd: Decimal,
    /// Whether it runs, of what a schedule stops; else `None`.
    pub running: Option<bool>,
    /// For a balancer: since when it has had no healthy target or no request.
    pub empty_since: Option<Timestamp>,
    /// For an address: since when it has been attached to nothing.
    pub unattached_since: Option<Timestamp>,
}

/// Finds what is idle. `rests` are the stretches of the schedule around `now`; `expires` is the end
/// of the stack's time to live.
#[must_use]
pub fn idle(
    seen: &[Seen],
    rests: &[Ahead],
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Vec<IdleObject> {
    let late = |since: &Timestamp, grace: SignedDuration| now.duration_since(*since) > grace;
    let resting = rests
        .iter()
        .find(|stretch| !stretch.on && stretch.from <= now && now < stretch.until)
        .map(|stretch| stretch.from);
    let mut found = Vec::new();
    for one in seen {
        // The gravest reason only: a dollar is wasted once.
        let past = expires
            .filter(|at| late(at, GRACE))
            .map(|at| (Idle::PastTtl, at));
        let off = || {
            let since = resting.filter(|at| one.running == Some(true) && late(at, GRACE))?;
            Some((Idle::OutsideSchedule, since))
        };
        let empty = || {
            let since = one.empty_since.filter(|at| late(at, LOOKED_AT))?;
            Some((Idle::EmptyBalancer, since))
        };
        let alone = || Some((Idle::UnattachedAddress, one.unattached_since?));
        let Some((why, since)) = past.or_else(off).or_else(empty).or_else(alone) else {
            continue;
        };
        let seconds = now.duration_since(since).as_secs().max(0);
        found.push(IdleObject {
            address: one.address.clone(),
            why,
            since,
            hourly_usd: one.hourly_usd,
            wasted_usd: one.hourly_usd * Decimal::from(seconds) / Decimal::from(3600),
        });
    }
    found.sort_by_key(|one| Reverse(one.wasted_usd));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn seen(address: &str) -> Seen {
        Seen {
            address: Address::parse(address).expect("an address"),
            hourly_usd: Decimal::ONE,
            running: None,
            empty_since: None,
            unattached_since: None,
        }
    }

    fn told(found: &[IdleObject]) -> Vec<String> {
        let told = found.iter().map(|one| {
            format!(
                "{} {:?} {}",
                one.address,
                one.why,
                one.wasted_usd.normalize()
            )
        });
        told.collect()
    }

    #[test]
    fn what_runs_at_night_is_empty_or_attached_to_nothing() {
        let now = at("2026-11-11T06:00:00Z");
        let night = [Ahead {
            from: at("2026-11-11T01:00:00Z"),
            until: at("2026-11-11T13:00:00Z"),
            on: false,
        }];
        let things = [
            Seen {
                running: Some(true),
                ..seen("ecs_service.service")
            },
            Seen {
                running: Some(false),
                ..seen("db_instance.main")
            },
            Seen {
                empty_since: Some(at("2026-11-09T06:00:00Z")),
                ..seen("load_balancer.public")
            },
            Seen {
                empty_since: Some(at("2026-11-10T12:00:00Z")),
                ..seen("load_balancer.young")
            },
            Seen {
                unattached_since: Some(at("2026-11-11T05:00:00Z")),
                ..seen("elastic_ip.a")
            },
            seen("nat_gateway.a"),
        ];
        assert_eq!(
            told(&idle(&things, &night, None, now)),
            [
                "load_balancer.public EmptyBalancer 48",
                "ecs_service.service OutsideSchedule 5",
                "elastic_ip.a UnattachedAddress 1",
            ]
        );
        assert_eq!(
            idle(&things, &night, Some(at("2026-11-11T05:00:00Z")), now).len(),
            6
        );
        assert_eq!(
            idle(&things[..1], &night, None, at("2026-11-11T01:20:00Z")),
            []
        );
        assert_eq!(
            idle(&things[..1], &[], Some(at("2026-11-12T00:00:00Z")), now),
            []
        );
    }
}
