//! Days on which a usage type cost far more than it does.
//!
//! A day is held to the median of the days before it; how far is far is the median of their
//! distances from it, which a few wild days do not move. Where weekdays differ, a day is held to the
//! same day of earlier weeks.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::bill::Cost;
use crate::finding::{About, Finding};
use crate::windows::Window;

/// Days of history before anything is judged: two weeks, so that each weekday came twice.
const ENOUGH_DAYS: usize = 14;
/// Days of history that count.
const HISTORY_DAYS: i64 = 56;
/// Earlier weeks with the same weekday before that alone is what a day is held to.
const ENOUGH_WEEKS: usize = 4;
/// How many median distances are far; about four and a half standard deviations.
const FAR: Decimal = Decimal::from_parts(6, 0, 0, false, 0);
/// A day is no anomaly for less than so many US dollars.
const WORTH_USD: Decimal = Decimal::from_parts(50, 0, 0, false, 2);
/// Nor for less than this share of the usual day: a constant cost has no distances at all.
const SHARE: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

/// A day of one stack that cost far more than usual.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Anomaly {
    /// UTC's day.
    #[schemars(with = "String")]
    pub day: Date,
    /// The stack; `None` of what no tag is on.
    pub stack: Option<String>,
    /// The usage type that drove it.
    pub usage_type: String,
    /// US dollars that day.
    #[schemars(with = "String")]
    pub usd: Decimal,
    /// US dollars of a usual such day.
    #[schemars(with = "String")]
    pub usual_usd: Decimal,
}

impl Anomaly {
    /// US dollars above the usual.
    #[must_use]
    pub fn excess_usd(&self) -> Decimal {
        self.usd - self.usual_usd
    }
}

/// Days of one usage type of one stack.
type Series<'a> = BTreeMap<(Option<&'a str>, &'a str), BTreeMap<Date, Decimal>>;

/// Judges the days of `window` by the lines of the days before each.
///
/// Give costs from 56 days before the window on. `since` is the first day for which there is a bill at all: a day without a line of
/// a usage type is one on which it cost nothing.
///
/// Returns the anomalies, dearest first, and what could not be judged.
#[must_use]
pub fn anomalies<'a>(
    costs: impl IntoIterator<Item = Cost<'a>>,
    since: Date,
    window: Window,
) -> (Vec<Anomaly>, Vec<Finding>) {
    let mut found = Vec::new();
    let mut unjudged = 0;
    for ((stack, usage_type), days) in &series(costs) {
        for day in window.days() {
            let Some(usd) = days.get(&day).copied() else {
                continue;
            };
            let before = history(days, since, day);
            if before.len() < ENOUGH_DAYS {
                unjudged += i32::from(usd >= WORTH_USD);
                continue;
            }
            if let Some(usual_usd) = unusual(usd, day, &before) {
                found.push(Anomaly {
                    day,
                    stack: stack.map(str::to_owned),
                    usage_type: (*usage_type).to_owned(),
                    usd,
                    usual_usd,
                });
            }
        }
    }
    found.sort_by(|one, other| {
        let excess = other.excess_usd().cmp(&one.excess_usd());
        excess.then_with(|| (one.day, &one.usage_type).cmp(&(other.day, &other.usage_type)))
    });
    let findings = (unjudged > 0).then(|| {
        let text = format!(
            "{unjudged} figures of days are not judged: there are fewer than {ENOUGH_DAYS} days of bills before them"
        );
        Finding::new(About::TooLittleHistory, "anomalies", text)
    });
    (found, findings.into_iter().collect())
}

fn series<'a>(costs: impl IntoIterator<Item = Cost<'a>>) -> Series<'a> {
    let mut series: Series<'a> = BTreeMap::new();
    for cost in costs {
        let days = series.entry((cost.stack, cost.usage_type)).or_default();
        *days.entry(cost.day).or_default() += cost.usd;
    }
    series
}

/// The days before one, those without a line as nothing.
fn history(days: &BTreeMap<Date, Decimal>, since: Date, day: Date) -> Vec<(Date, Decimal)> {
    let far = day.saturating_sub(jiff::Span::new().days(HISTORY_DAYS));
    let Ok(before) = Window::new(far.max(since), day) else {
        return Vec::new();
    };
    let cost = |day: Date| (day, days.get(&day).copied().unwrap_or_default());
    before.days().map(cost).collect()
}

/// What is usual, where `usd` is far from it.
fn unusual(usd: Decimal, day: Date, before: &[(Date, Decimal)]) -> Option<Decimal> {
    let all: Vec<Decimal> = before.iter().map(|(_, usd)| *usd).collect();
    let same = before
        .iter()
        .filter(|(other, _)| other.weekday() == day.weekday());
    let same: Vec<Decimal> = same.map(|(_, usd)| *usd).collect();
    let usual = match same.len() >= ENOUGH_WEEKS {
        true => median(same.clone()),
        false => median(all.clone()),
    };
    let held_to = match same.len() >= ENOUGH_WEEKS {
        true => same,
        // Too few weeks to tell a weekday's habit from an anomaly: it has to be beyond every day.
        false => {
            let most = all.iter().max().copied().unwrap_or_default();
            if usd <= most {
                return None;
            }
            all
        }
    };
    let distances = held_to.iter().map(|other| (*other - usual).abs()).collect();
    let excess = usd - usual;
    let far = FAR * median(distances);
    (excess > far && excess >= WORTH_USD && excess >= SHARE * usual.abs()).then_some(usual)
}

/// The middle of some figures; of two middles the mean, of none nothing.
fn median(mut figures: Vec<Decimal>) -> Decimal {
    figures.sort_unstable();
    let middle = figures.len() / 2;
    let upper = figures.get(middle).copied().unwrap_or_default();
    match figures.len() % 2 {
        0 => {
            let lower = middle.checked_sub(1).and_then(|at| figures.get(at));
            (upper + lower.copied().unwrap_or_default()) / Decimal::TWO
        }
        _ => upper,
    }
}
