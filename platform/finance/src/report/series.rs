//! A month day by day, for a burn-up chart.

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// Sums from the month's first day to the end of a day, US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// UTC's day.
    #[schemars(with = "String")]
    pub day: Date,
    /// The day's share of the budget, spread evenly over the month.
    #[schemars(with = "String")]
    pub budget_usd: Decimal,
    /// Accrued by the meter; `None` of days that have not begun.
    #[schemars(with = "Option<String>")]
    pub accrued_usd: Option<Decimal>,
    /// Billed; `None` of days that are not billed yet, or where nobody knows.
    #[schemars(with = "Option<String>")]
    pub billed_usd: Option<Decimal>,
    /// Where the sum will be, from today on; `None` of days that are over.
    pub forecast: Option<Spread>,
}

/// Where a figure will probably be, US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Spread {
    /// The lowest of the forecasts.
    #[schemars(with = "String")]
    pub low_usd: Decimal,
    /// The scheduled forecast.
    #[schemars(with = "String")]
    pub mean_usd: Decimal,
    /// The highest of the forecasts.
    #[schemars(with = "String")]
    pub high_usd: Decimal,
}

/// The days of several stacks added up; `None` where any of them lacks the figure.
#[must_use]
pub fn together(series: &[&[Point]]) -> Vec<Point> {
    let Some((first, others)) = series.split_first() else {
        return Vec::new();
    };
    let mut out = first.to_vec();
    for other in others {
        for point in &mut out {
            let Some(more) = other.iter().find(|more| more.day == point.day) else {
                continue;
            };
            let add = |one: Option<Decimal>, two: Option<Decimal>| Some(one? + two?);
            point.budget_usd += more.budget_usd;
            point.accrued_usd = add(point.accrued_usd, more.accrued_usd);
            point.billed_usd = add(point.billed_usd, more.billed_usd);
            point.forecast = point.forecast.zip(more.forecast).map(|(one, two)| Spread {
                low_usd: one.low_usd + two.low_usd,
                mean_usd: one.mean_usd + two.mean_usd,
                high_usd: one.high_usd + two.high_usd,
            });
        }
    }
    out
}
