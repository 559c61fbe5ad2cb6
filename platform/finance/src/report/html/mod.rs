//! One page that needs nothing else: no script, no picture, no font from anywhere.

mod bars;
mod burn_up;
mod scale;
mod waterfall;

use std::fmt::Write as _;

use askama::Template;

use super::sections::{Section, account, estate, headline, of_stack};
use super::{Report, StackLine, together};

/// With more stacks than this, only the burn-up of all of them is drawn.
const DRAWN: usize = 12;

/// The page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    headline: Vec<String>,
    burn_up: String,
    bars: String,
    waterfall: String,
    estate: Vec<Section>,
    stacks: Vec<StackPart<'a>>,
    account: Vec<Section>,
}

struct StackPart<'a> {
    line: &'a StackLine,
    burn_up: String,
    sections: Vec<Section>,
}

/// The report as HTML: charts in SVG that are told apart without colour, every table under them, for screen and paper.
///
/// Whatever people wrote is escaped by the template engine; what it inserts as it is are the charts, in which there are only names of
/// stacks, escaped, and figures.
///
/// # Errors
/// None that is known of: writing into memory does not fail.
pub fn html(report: &Report) -> Result<String, askama::Error> {
    let all: Vec<_> = report
        .stacks
        .iter()
        .map(|line| line.series.as_slice())
        .collect();
    let draws = (2..=DRAWN).contains(&report.stacks.len());
    let part = |line| StackPart {
        line,
        burn_up: match draws {
            true => burn_up::svg(
                &line.series,
                report.as_of,
                &format!("Burn-up of {}", line.stack),
            ),
            false => String::new(),
        },
        sections: of_stack(line),
    };
    Page {
        report,
        headline: headline(report),
        burn_up: burn_up::svg(&together(&all), report.as_of, "Burn-up of all stacks"),
        bars: bars::svg(report),
        waterfall: waterfall::svg(report),
        estate: estate(report),
        stacks: report.stacks.iter().map(part).collect(),
        account: account(report),
    }
    .render()
}

impl Page<'_> {
    fn sum(&self) -> &super::Estate {
        &self.report.estate
    }

    fn usd(&self, amount: &rust_decimal::Decimal) -> String {
        super::sections::usd(*amount)
    }

    /// What the forecast leaves of the budgets, in words.
    fn variance(&self) -> String {
        let usd = self.sum().variance_usd();
        match usd.is_sign_negative() {
            true => format!("{} over", super::sections::usd(usd.abs())),
            false => format!("{} left", super::sections::usd(usd)),
        }
    }
}

/// Text inside of an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars() {
        match one {
            '&' | '<' | '>' | '"' | '\'' => {
                let _infallible = write!(out, "&#{};", u32::from(one));
            }
            one if one.is_control() => out.push(' '),
            one => out.push(one),
        }
    }
    out
}
