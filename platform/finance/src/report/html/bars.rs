//! A bar a stack: what is spent, what is expected on top, and its budget.

use std::fmt::Write as _;

use super::escaped;
use super::scale::{Scale, float};
use crate::report::Report;
use crate::report::sections::usd;

const WIDTH: f64 = 880.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = 190.0;
const ROW: f64 = 24.0;
/// More are no chart any more.
const MOST: usize = 40;

/// Characters of a name for which there is room.
const NAME: usize = 21;

/// The chart as SVG; nothing without stacks, or with more than forty.
pub(super) fn svg(report: &Report) -> String {
    let count = report.stacks.len();
    if count == 0 || count > MOST {
        return String::new();
    }
    let figures = report
        .stacks
        .iter()
        .flat_map(|line| [line.budget_usd, line.forecast_usd, line.accrued_usd]);
    let scale = Scale::of(figures.map(float).fold(0.0, f64::max), 4.0);
    let at = |amount: f64| LEFT + scale.at(amount, WIDTH - LEFT - RIGHT);
    let mut out = String::new();
    let mut top = 6.0;
    for line in &report.stacks {
        let spent = float(line.accrued_usd.max(line.billed_usd.unwrap_or_default()));
        let (budget, forecast) = (float(line.budget_usd), float(line.forecast_usd).max(spent));
        let _infallible = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" class=\"label\">{}</text>\
             <rect x=\"{LEFT}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"14\" fill=\"#444\"/>\
             <rect x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"14\" fill=\"url(#hatch)\" stroke=\"#444\" stroke-width=\"0.7\"/>\
             <line x1=\"{budget_at:.1}\" y1=\"{:.1}\" x2=\"{budget_at:.1}\" y2=\"{:.1}\" stroke=\"#000\" stroke-width=\"2.5\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" class=\"tick\">{} of {}{}</text>",
            LEFT - 8.0,
            top + 11.0,
            escaped(&short(&line.stack)),
            at(spent) - LEFT,
            at(spent),
            at(forecast) - at(spent),
            top - 3.0,
            top + 17.0,
            WIDTH - RIGHT + 12.0,
            top + 11.0,
            usd(line.forecast_usd),
            usd(line.budget_usd),
            if forecast > budget { ", over" } else { "" },
            budget_at = at(budget),
        );
        top += ROW;
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" class=\"chart\"><title>Stacks against their budgets</title>\
         <desc>A bar a stack: spent solid, expected on top hatched, the budget a vertical stroke.</desc>{out}</svg>",
        top + 4.0
    )
}

/// A name that fits: the middle of a longer one is left out, since names differ at their ends.
fn short(name: &str) -> String {
    let count = name.chars().count();
    if count <= NAME {
        return name.to_owned();
    }
    let kept = NAME / 2;
    let start = name.chars().take(kept);
    let end = name.chars().skip(count - kept);
    start.chain(['\u{2026}']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::{NAME, short};

    #[test]
    fn long_names_fit_and_keep_their_ends() {
        assert_eq!(short("bella-prod"), "bella-prod");
        let long = short("bella-with-a-very-long-name-17");
        assert_eq!(long, "bella-with\u{2026}ng-name-17");
        assert!(long.chars().count() <= NAME);
    }
}
