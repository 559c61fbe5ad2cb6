//! Stacks that are there for a while.

use bella_engine::cost::{cents, number};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::table::table;
use crate::commands::Ephemeral;

/// One line each.
pub(crate) fn text(all: &[Ephemeral], now: Timestamp) -> String {
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let left = one.listed.kept.expires.duration_since(now);
            let left = match left.is_positive() {
                true => span(left),
                false => format!("over for {}", span(-left)),
            };
            vec![
                one.listed.kept.stack.clone(),
                one.listed.name.clone(),
                one.listed.kept.by.clone(),
                one.region.clone(),
                span(now.duration_since(one.listed.kept.created)),
                left,
                format!("${:.4}", one.listed.kept.hourly_usd),
                format!("${:.2}", so_far(one, now)),
            ]
        })
        .collect();
    let heading = [
        "STACK", "NAME", "OWNER", "REGION", "AGE", "LEFT", "AN HOUR", "SO FAR",
    ];
    table(&heading, &rows)
}

/// The same for programs.
pub(crate) fn document(all: &[Ephemeral], now: Timestamp) -> Value {
    let one = |one: &Ephemeral| {
        json!({
            "stack": one.listed.kept.stack,
            "name": one.listed.name,
            "owner": one.listed.kept.by,
            "region": one.region,
            "created": one.listed.kept.created,
            "expires": one.listed.kept.expires,
            "age_seconds": now.duration_since(one.listed.kept.created).as_secs(),
            "left_seconds": one.listed.kept.expires.duration_since(now).as_secs(),
            "is_over": one.listed.kept.expires <= now,
            "hourly_usd": number(one.listed.kept.hourly_usd),
            "usd_so_far": number(cents(so_far(one, now))),
        })
    };
    all.iter().map(one).collect()
}

/// US dollars since it was asked for, at the price of an hour: less, where AWS has stopped it since.
fn so_far(one: &Ephemeral, now: Timestamp) -> Decimal {
    let seconds = now.duration_since(one.listed.kept.created).as_secs().max(0);
    one.listed.kept.hourly_usd * Decimal::from(seconds) / Decimal::from(3_600)
}

/// A moment, in UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time, in its two largest units.
pub(crate) fn span(length: SignedDuration) -> String {
    let minutes = length.as_mins().max(0);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}
