//! Stacks that stop or end by themselves.

use super::Scope;
use crate::{
    blueprint::DATABASE_LEAD,
    nights::{Skipped, minutes, skipped},
    stack::{AutoShutdown, Egress, Environment, Removal},
    value::Refusal,
};

pub(super) fn check(scope: &mut Scope<'_>) {
    let production = scope.stack.environment == Environment::Production;
    ttl(scope, production);
    auto_shutdown(scope, production);
}

fn ttl(scope: &mut Scope<'_>, production: bool) {
    let Some(ttl) = scope.stack.ttl else { return };
    if production {
        let refusal = Refusal::new(
            "a production stack does not end by itself",
            "no ttl, or environment: staging or development",
        );
        scope.refuse(&[&["ttl"], &["environment"]], refusal);
    } else if ttl.seconds() == 0 {
        scope.refuse(
            &[&["ttl"]],
            Refusal::new(
                "a stack cannot live for no time",
                "more than 0s, such as 8h",
            ),
        );
    }
}

fn auto_shutdown(scope: &mut Scope<'_>, production: bool) {
    let Some(schedule) = &scope.stack.auto_shutdown else {
        return;
    };
    if production {
        let message = "a production stack answers the telephone at all hours";
        let refusal = Refusal::new(
            message,
            "no auto_shutdown, or environment: staging or development",
        );
        return scope.refuse(&[&["auto_shutdown"], &["environment"]], refusal);
    }
    if schedule.shutdown_time == schedule.startup_time {
        let message = format!(
            "the stack cannot start and stop at {}",
            schedule.startup_time
        );
        let refusal = Refusal::new(message, "two different times of day");
        return scope.refuse(
            &[
                &["auto_shutdown", "startup_time"],
                &["auto_shutdown", "shutdown_time"],
            ],
            refusal,
        );
    }
    rests(scope, schedule);
    jumps(scope, schedule);
    removes(scope, schedule);
}

/// Refuses to remove what the stack does not have.
fn removes(scope: &mut Scope<'_>, schedule: &AutoShutdown) {
    let stack = scope.stack;
    for (index, removal) in schedule.remove.iter().enumerate() {
        let (lacks, what) = match removal {
            Removal::LoadBalancer => continue,
            Removal::Cache => {
                let cache = stack.cache.as_ref();
                let shared = cache.is_some_and(|cache| cache.mode.is_shared());
                (!shared, "a `cache` of mode serverless or node")
            }
            Removal::NatGateway => {
                let has = stack.network.egress == Egress::NatGateway;
                (!has, "`network.egress: nat-gateway`")
            }
        };
        if lacks {
            let message = format!("there is no {} to remove", removal.as_str());
            let allowed = format!("{what}, or no such item");
            let item = index.to_string();
            scope.refuse(
                &[&["auto_shutdown", "remove", &item]],
                Refusal::new(message, allowed),
            );
        }
    }
}

/// The shortest time, in minutes, between a stop and the next start: a database has to stop before it is started again.
const SHORTEST_REST: u32 = 60;

fn rests(scope: &mut Scope<'_>, schedule: &AutoShutdown) {
    let (start, stop) = (
        minutes(schedule.startup_time),
        minutes(schedule.shutdown_time),
    );
    let rest = (start + 24 * 60 - stop) % (24 * 60);
    let named = |day: u8| schedule.days.iter().any(|one| *one as u8 == day % 7);
    let follows = (0..7).any(|day| named(day) && named(day + 1));
    if follows && rest < SHORTEST_REST {
        let message = format!("the stack would rest for {rest} minutes");
        let allowed = format!(
            "at least {SHORTEST_REST} minutes from a stop to the next start: a database takes its time for both"
        );
        scope.refuse(
            &[
                &["auto_shutdown", "startup_time"],
                &["auto_shutdown", "shutdown_time"],
            ],
            Refusal::new(message, allowed),
        );
    }
}

/// A stack whose start is left out on one day of the year stays off all that day, and one that starts without its database is worse.
fn jumps(scope: &mut Scope<'_>, schedule: &AutoShutdown) {
    let (start, stop) = (
        minutes(schedule.startup_time),
        minutes(schedule.shutdown_time),
    );
    let ends = if start < stop { stop } else { stop + 24 * 60 };
    let lead = scope.stack.database.as_ref().map(|_| DATABASE_LEAD);
    let started = skipped(schedule, start, 0);
    let led = lead.and_then(|lead| skipped(schedule, start, lead));
    let zone = &schedule.timezone;
    let refusal = |skipped: Skipped, what: &str| {
        let message = format!(
            "{what} would be at {}, which the clock of {zone} jumps over: AWS leaves out what falls there",
            skipped.at.strftime("%H:%M on %A, %-d %B %Y"),
        );
        let least = skipped.resumes.strftime("%H:%M");
        let allowed = match (lead, what) {
            (Some(lead), "the start" | "the start of the database") => {
                format!("another time of day, such as {lead} minutes after {least}, or other days")
            }
            _ => format!("another time of day, such as {least}, or other days"),
        };
        Refusal::new(message, allowed)
    };
    if let Some(skipped) = started {
        let refusal = refusal(skipped, "the start");
        scope.refuse(&[&["auto_shutdown", "startup_time"]], refusal);
    } else if let Some(skipped) = led {
        let refusal = refusal(skipped, "the start of the database");
        scope.refuse(&[&["auto_shutdown", "startup_time"]], refusal);
    }
    if let Some(skipped) = skipped(schedule, ends, 0) {
        let refusal = refusal(skipped, "the stop");
        scope.refuse(&[&["auto_shutdown", "shutdown_time"]], refusal);
    }
}
