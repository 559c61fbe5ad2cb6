//! How long what is billed by time exists: all month, in working hours, or for a life of hours.

use crate::{Stack, nights::minutes, resting::kinds, stack::AutoShutdown};
use bella_engine::{
    cost::{Assumed, Source},
    usage::Assumptions,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Kinds of which AWS bills every hour that has begun: load balancers, NAT gateways and cache nodes.
const WHOLE_HOURS: &[&str] = &["load_balancer", "nat_gateway", "replication_group"];
/// Kinds that the schedule stops and that cost nothing while stopped, with the least time that AWS bills of a run, in minutes: Fargate
/// by the second from 1 minute, RDS by the second from 10. A stopped database's disk is billed on, by the month.
const STOPPED: &[(&str, u32)] = &[("ecs_service", 1), ("db_instance", 10)];
/// Hours that making and removing an ephemeral stack take beside its life, rounded up.
const MAKING: Decimal = Decimal::ONE;
/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// Hours a month by kind, where they are not the whole month.
#[derive(Debug, Default)]
pub(super) struct Hours {
    pub(super) by_kind: BTreeMap<String, Decimal>,
    /// Hours of an ephemeral stack's life.
    pub(super) life: Option<Decimal>,
    pub(super) assumed: Vec<Assumed>,
}

impl Hours {
    /// A life comes before a schedule: a stack of some hours is made when it is wanted.
    pub(super) fn of(stack: &Stack) -> Self {
        match (stack.ttl, &stack.auto_shutdown) {
            (Some(ttl), _) => Self::living(ttl.seconds(), &ttl.to_string()),
            (None, Some(schedule)) => Self::scheduled(schedule),
            (None, None) => Self {
                assumed: vec![says(
                    "hours",
                    "730 a month, all day and night",
                    Source::Default,
                )],
                ..Self::default()
            },
        }
    }

    /// The part of a month that the stack exists.
    pub(super) fn share_of_month(&self) -> Decimal {
        self.life.unwrap_or(Assumptions::MONTH) / Assumptions::MONTH
    }

    fn living(seconds: u64, written: &str) -> Self {
        let life = Decimal::from(seconds) / Decimal::from(3600) + MAKING;
        let whole = WHOLE_HOURS
            .iter()
            .map(|kind| ((*kind).to_owned(), life.ceil()));
        let value = format!(
            "{} billed in all: a life of {written} and {MAKING} to make and remove it; figures are its share of a month's",
            life.round_dp(2).normalize()
        );
        Self {
            by_kind: whole.collect(),
            life: Some(life),
            assumed: vec![says("hours", &value, Source::StackFile)],
        }
    }

    fn scheduled(schedule: &AutoShutdown) -> Self {
        let runs = runs(schedule);
        let stopped = STOPPED.iter().map(|(kind, least)| {
            let week: u32 = runs.iter().map(|minutes| (*minutes).max(*least)).sum();
            ((*kind).to_owned(), month(week))
        });
        let mut by_kind: BTreeMap<String, Decimal> = stopped.collect();
        for removal in &schedule.remove {
            for kind in kinds(*removal) {
                let whole = WHOLE_HOURS.contains(kind);
                let billed = |minutes: &u32| match whole {
                    true => minutes.div_ceil(60) * 60,
                    false => *minutes,
                };
                by_kind.insert((*kind).to_owned(), month(runs.iter().map(billed).sum()));
            }
        }
        let on = month(runs.iter().sum()).round_dp(2).normalize();
        let mut assumed = vec![says(
            "hours",
            &format!(
                "{on} a month for tasks and database, {} to {}; 730 for the rest",
                schedule.startup_time, schedule.shutdown_time
            ),
            Source::StackFile,
        )];
        if !schedule.remove.is_empty() {
            let names: Vec<&str> = schedule.remove.iter().map(|one| one.as_str()).collect();
            let value = format!(
                "{} deleted in off-hours by `bella schedule stop` and made anew by `start`",
                names.join(", ")
            );
            assumed.push(says("auto_shutdown.remove", &value, Source::StackFile));
        }
        Self {
            by_kind,
            life: None,
            assumed,
        }
    }
}

fn says(name: &str, value: &str, source: Source) -> Assumed {
    Assumed {
        name: name.to_owned(),
        value: value.to_owned(),
        source,
    }
}

/// Hours a month of so many minutes a week, a month being a twelfth of 365 days.
fn month(minutes_a_week: u32) -> Decimal {
    Decimal::from(minutes_a_week) * Decimal::from(365) / Decimal::from(60 * 7 * 12)
}

/// Minutes of each run in a week: from each start to its stop, which is on the next day where the run passes midnight.
fn runs(schedule: &AutoShutdown) -> Vec<u32> {
    let (start, stop) = (
        minutes(schedule.startup_time),
        minutes(schedule.shutdown_time),
    );
    let length = (stop + DAY - start) % DAY;
    schedule.days.iter().map(|_| length).collect()
}

#[cfg(test)]
mod tests {
    use super::{Hours, month, runs};
    use crate::stack::AutoShutdown;
    use serde_json::json;

    fn schedule(start: &str, stop: &str, days: &[&str], remove: &[&str]) -> AutoShutdown {
        serde_json::from_value(json!({
            "startup_time": start, "shutdown_time": stop, "days": days, "remove": remove,
        }))
        .expect("a schedule")
    }

    const WORK: &[&str] = &["mon", "tue", "wed", "thu", "fri"];
    const ALL: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    #[test]
    fn a_week_has_these_runs() {
        let cases = [
            ("08:00", "20:00", WORK, vec![720; 5]),
            ("20:00", "06:00", ALL, vec![600; 7]),
            // Friday's ends on Saturday.
            ("20:00", "06:00", WORK, vec![600; 5]),
            ("09:15", "09:10", &["wed"], vec![24 * 60 - 5]),
        ];
        for (start, stop, days, minutes) in cases {
            assert_eq!(
                runs(&schedule(start, stop, days, &[])),
                minutes,
                "{start} {stop}"
            );
        }
        assert_eq!(month(60 * 60).round_dp(4).to_string(), "260.7143");
    }

    #[test]
    fn each_kind_is_billed_in_its_own_way() {
        let short = schedule("08:00", "08:05", &["mon"], &["load_balancer", "cache"]);
        let hours = Hours::scheduled(&short).by_kind;
        let minutes = |kind: &str| {
            (hours[kind] / month(60) * rust_decimal::Decimal::from(60))
                .round_dp(6)
                .normalize()
                .to_string()
        };
        for (kind, billed) in [
            ("ecs_service", "5"),
            ("db_instance", "10"),
            ("load_balancer", "60"),
            ("replication_group", "60"),
            ("serverless_cache", "5"),
        ] {
            assert_eq!(minutes(kind), billed, "{kind}");
        }
        assert_eq!(hours.len(), 5);
    }

    #[test]
    fn a_short_life_is_billed_with_the_hour_of_making_it() {
        let hours = Hours::living(90 * 60, "90m");
        assert_eq!(
            hours.life.map(|h| h.normalize().to_string()).as_deref(),
            Some("2.5")
        );
        assert_eq!(hours.by_kind["load_balancer"].normalize().to_string(), "3");
        assert!(!hours.by_kind.contains_key("db_instance"));
    }
}
