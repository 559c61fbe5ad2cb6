//! From what is known of a stack's month to the figures of its line.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::cost::{Item, cents};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::{Component, Point, Spread};
use crate::bill::{Line, Sums};
use crate::bridge::{Amount, Ends, Step};
use crate::forecast::{Ahead, Forecast, Known, Rates};
use crate::meter::{Accrued, Meter, Metered};
use crate::reconcile::{Reconciled, reconcile};
use crate::windows::Window;

/// A price is trusted for so many days after it was read.
pub const TRUSTED_DAYS: i32 = 365;

/// What is known of a stack in a month.
#[derive(Clone, Debug)]
pub struct StackMonth<'a> {
    /// The month's days.
    pub window: Window,
    /// The stack's objects and their prices, at the moment of the report.
    pub meter: Meter<'a>,
    /// Its billed lines; `None` where nobody knows what of the bill is its own.
    pub bill: Option<Vec<&'a Line>>,
    /// The estimate of a whole month.
    pub estimate: &'a [Item],
    /// What it may cost in the month, US dollars.
    pub budget_usd: Decimal,
    /// What its hours ahead cost.
    pub rates: Rates,
    /// When it runs from now on.
    pub ahead: Vec<Ahead>,
    /// When it is removed.
    pub ends: Option<Timestamp>,
}

/// The figures of a stack's month, US dollars.
#[derive(Clone, Debug)]
pub struct Figures {
    /// What the meter read.
    pub metered: Metered,
    /// Billed, without credits, refunds and tax.
    pub billed_usd: Option<Decimal>,
    /// The same with one-time payments spread.
    pub effective_usd: Option<Decimal>,
    /// By each way.
    pub forecast: Forecast,
    /// The scheduled one, to the cent.
    pub forecast_usd: Decimal,
    /// From the budget to it.
    pub bridge: Vec<Step>,
    /// Component by component.
    pub components: Vec<Component>,
    /// Over the days that are settled.
    pub reconciliation: Vec<Reconciled>,
    /// Day by day.
    pub series: Vec<Point>,
}

impl StackMonth<'_> {
    /// Works them out.
    ///
    /// The forecast is what was metered, what was billed of usage types that no meter measures, and the hours ahead.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let (from, until) = (midnight(self.window.start()), midnight(self.window.end()));
        let metered = self.meter.between(from, until);
        let sums: Option<Sums> = self
            .bill
            .as_ref()
            .map(|bill| bill.iter().copied().collect());
        let elapsed = self.elapsed(&metered);
        let so_far: Decimal = elapsed.values().map(|amount| amount.usd).sum();
        let known = Known {
            from,
            until,
            now: self.meter.now,
            accrued: so_far,
        };
        let scheduled = known.scheduled(self.rates, &self.ahead, self.ends);
        let forecast = Forecast {
            cost_explorer: None,
            straight_line: known.straight_line().map(line),
            scheduled: Some(line(scheduled)),
        };
        let forecast_usd = cents(scheduled);
        Figures {
            billed_usd: sums.as_ref().map(|sums| cents(sums.run_rate)),
            effective_usd: sums.as_ref().map(|sums| cents(sums.amortized)),
            bridge: self.bridge(elapsed, scheduled - so_far, forecast_usd),
            components: self.components(&metered.lines),
            reconciliation: self.reconciliation(),
            series: self.series(&forecast, so_far),
            forecast,
            forecast_usd,
            metered,
        }
    }

    /// By usage type, what came to pass: the meter's, and the bill's of what has no meter.
    fn elapsed(&self, metered: &Metered) -> BTreeMap<String, Amount> {
        let mut elapsed: BTreeMap<String, Amount> = BTreeMap::new();
        for line in &metered.lines {
            let amount = elapsed.entry(line.usage_type.clone()).or_default();
            amount.quantity += line.quantity;
            amount.usd += line.usd;
            amount.by_hour = is_hours(&line.unit);
        }
        let measured: BTreeSet<String> = elapsed.keys().cloned().collect();
        let bill = self.bill.iter().flatten().filter(|line| {
            let is_usage = line.record.is_run_rate() && line.currency == "USD";
            is_usage && !measured.contains(&line.usage_type)
        });
        for line in bill {
            let amount = elapsed.entry(line.usage_type.clone()).or_default();
            amount.quantity += line.quantity;
            amount.usd += line.unblended;
        }
        elapsed
    }

    /// The hours ahead are taken to be what the estimate is, in the estimate's parts.
    fn bridge(
        &self,
        mut expected: BTreeMap<String, Amount>,
        ahead_usd: Decimal,
        forecast: Decimal,
    ) -> Vec<Step> {
        let estimated = self.estimated();
        let all: Decimal = estimated.values().map(|amount| amount.usd).sum();
        let share = ahead_usd.checked_div(all).unwrap_or_default();
        for (usage_type, amount) in &estimated {
            let more = expected.entry(usage_type.clone()).or_default();
            more.quantity += amount.quantity * share;
            more.usd += amount.usd * share;
        }
        let ends = Ends {
            budget: self.budget_usd,
            estimated,
            expected,
            credits: Decimal::ZERO,
            tax: Decimal::ZERO,
            forecast,
        };
        rounded(ends.steps())
    }

    fn estimated(&self) -> BTreeMap<String, Amount> {
        let mut estimated: BTreeMap<String, Amount> = BTreeMap::new();
        for item in self.estimate {
            let amount = estimated.entry(item.usage_type.clone()).or_default();
            amount.quantity += item.quantity;
            amount.usd += item.monthly_usd;
            amount.by_hour = is_hours(&item.unit);
        }
        estimated
    }

    fn components(&self, lines: &[Accrued]) -> Vec<Component> {
        let today = self.today();
        let component = |line: &Accrued| Component {
            address: line.address.to_string(),
            component: line.component.to_owned(),
            usage_type: line.usage_type.clone(),
            quantity: line.quantity.round_dp(10).normalize(),
            unit: line.unit.clone(),
            unit_usd: line.unit_usd,
            usd: line.usd.round_dp(10).normalize(),
            source: line.source.clone(),
            as_of: line.as_of.map(|day| day.to_string()),
            confidence: line.confidence.as_str().to_owned(),
            stale: line
                .as_of
                .is_some_and(|day| (today - day).get_days() > TRUSTED_DAYS),
        };
        lines.iter().map(component).collect()
    }

    /// Meter and bill of the days that ended 24 hours ago, which are billed as a rule.
    fn reconciliation(&self) -> Vec<Reconciled> {
        let end = self.today().yesterday().unwrap_or_default();
        let settled = Window::new(self.window.start(), end.min(self.window.end()));
        let (Some(bill), Ok(settled)) = (&self.bill, settled) else {
            return Vec::new();
        };
        let days = bill
            .iter()
            .copied()
            .filter(|line| settled.contains(line.day));
        let (from, until) = (midnight(settled.start()), midnight(settled.end()));
        reconcile(&self.meter.between(from, until).by_usage_type(), days)
    }

    fn series(&self, forecast: &Forecast, so_far: Decimal) -> Vec<Point> {
        let (from, until) = (midnight(self.window.start()), midnight(self.window.end()));
        let now = self.meter.now;
        let days = Decimal::from(self.window.days().count());
        let mut billed = BTreeMap::<Date, Decimal>::new();
        for line in self.bill.iter().flatten() {
            if line.record.is_run_rate() && line.currency == "USD" {
                *billed.entry(line.day).or_default() += line.unblended;
            }
        }
        let ends = [forecast.straight_line, forecast.scheduled];
        let ends = || ends.iter().flatten().copied();
        let band = ends().min().zip(ends().max()).zip(forecast.scheduled);
        let left = Decimal::from(until.duration_since(now).as_secs().max(1));
        let point = |(index, day): (usize, Date)| {
            let (begins, over) = (midnight(day), midnight(day.tomorrow().unwrap_or(day)));
            let past = Decimal::from(over.duration_since(now).as_secs().max(0));
            let ahead = (past / left).min(Decimal::ONE);
            let to = |end: Decimal| line(so_far + (end - so_far) * ahead);
            let has_bill = self.bill.is_some() && over <= now && !billed.is_empty();
            Point {
                day,
                budget_usd: line(self.budget_usd * Decimal::from(index + 1) / days),
                accrued_usd: (begins <= now).then(|| line(self.meter.between(from, over).usd())),
                billed_usd: has_bill.then(|| line(billed.range(..=day).map(|(_, usd)| *usd).sum())),
                forecast: band
                    .filter(|_| over > now)
                    .map(|((low, high), mean)| Spread {
                        low_usd: to(low),
                        mean_usd: to(mean),
                        high_usd: to(high),
                    }),
            }
        };
        self.window.days().enumerate().map(point).collect()
    }

    fn today(&self) -> Date {
        self.meter.now.to_zoned(TimeZone::UTC).date()
    }
}

/// Steps to a hundredth of a cent; the last, which is what nothing explains, takes what rounding leaves, so that the sum stays exact.
fn rounded(mut steps: Vec<Step>) -> Vec<Step> {
    let exact: Decimal = steps.iter().map(|step| step.usd).sum();
    for step in &mut steps {
        step.usd = step.usd.round_dp(4).normalize();
    }
    let sum: Decimal = steps.iter().map(|step| step.usd).sum();
    if let Some(last) = steps.last_mut() {
        last.usd += exact - sum;
        last.usd = last.usd.normalize();
    }
    steps
}

/// Start of a day of the bill, which is UTC's.
#[must_use]
pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// An amount as lines have it, to a hundredth of a cent.
fn line(usd: Decimal) -> Decimal {
    usd.round_dp(4).normalize()
}

fn is_hours(unit: &str) -> bool {
    unit.ends_with("hour") && !unit.starts_with("GB") && !unit.starts_with("LCU")
}
