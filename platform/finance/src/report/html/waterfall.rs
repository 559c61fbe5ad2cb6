//! From all budgets to all forecasts, a step a row.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::scale::{Scale, float};
use crate::bridge::Why;
use crate::report::Report;
use crate::report::sections::usd;

const WIDTH: f64 = 880.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 120.0;
const ROW: f64 = 22.0;

/// The chart as SVG; nothing without stacks.
pub(super) fn svg(report: &Report) -> String {
    if report.stacks.is_empty() {
        return String::new();
    }
    let mut sums: BTreeMap<Why, Decimal> = BTreeMap::new();
    for step in report.stacks.iter().flat_map(|line| &line.bridge) {
        *sums.entry(step.why).or_default() += step.usd;
    }
    // Each row from where to where, and what it says.
    let mut at = report.estate.budget_usd;
    let mut rows = vec![("budgets", Decimal::ZERO, at, usd(at))];
    for (why, step) in sums {
        if !bella_engine::cost::cents(step).is_zero() {
            rows.push((why.as_str(), at, at + step, usd(step)));
            at += step;
        }
    }
    let end = report.estate.forecast_usd;
    rows.push(("forecasts", Decimal::ZERO, end, usd(end)));
    let ends = rows
        .iter()
        .flat_map(|(_, from, until, _)| [*from, *until])
        .map(float);
    let least = ends.clone().fold(0.0, f64::min);
    let scale = Scale::of(ends.fold(0.0, f64::max) - least, 4.0);
    let place = |amount: f64| LEFT + scale.at(amount - least, WIDTH - LEFT - RIGHT);
    let mut out = String::new();
    let mut top = 6.0;
    for (index, (name, from, until, said)) in rows.iter().enumerate() {
        let is_sum = index == 0 || index + 1 == rows.len();
        let (low, high) = (float(*from.min(until)), float(*from.max(until)));
        let fill = match (is_sum, until < from) {
            (true, _) => "#444",
            (false, true) => "#fff",
            (false, false) => "url(#hatch)",
        };
        let _infallible = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" class=\"label\">{name}</text>\
             <rect x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"13\" fill=\"{fill}\" stroke=\"#444\" stroke-width=\"0.8\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" class=\"label\">{said}</text>",
            LEFT - 8.0,
            top + 11.0,
            place(low),
            (place(high) - place(low)).max(1.0),
            WIDTH - 8.0,
            top + 11.0,
        );
        top += ROW;
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" class=\"chart\"><title>From budget to forecast</title>\
         <desc>What makes it dearer is hatched, what makes it cheaper is empty.</desc>{out}</svg>",
        top + 4.0
    )
}
