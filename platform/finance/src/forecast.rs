//! What a month will come to: three forecasts side by side, since each is wrong in its own way.

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// US dollars at a month's end, by three ways.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Forecast {
    /// Cost Explorer's, the billed days before today and its forecast from today on. `None` where
    /// AWS has none, as for young accounts.
    pub cost_explorer: Option<Band>,
    /// As much per hour as so far. `None` before an hour of the month has passed.
    #[schemars(with = "Option<String>")]
    pub straight_line: Option<Decimal>,
    /// What accrued, and what the stack uses in the hours that its schedule and its end leave.
    #[schemars(with = "Option<String>")]
    pub scheduled: Option<Decimal>,
}

/// A mean and where the figure probably lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Band {
    /// The mean.
    #[schemars(with = "String")]
    pub mean: Decimal,
    /// Lower bound of the prediction interval.
    #[schemars(with = "String")]
    pub low: Decimal,
    /// Upper bound.
    #[schemars(with = "String")]
    pub high: Decimal,
}

/// A stretch ahead in which the stack runs or rests throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// Whether it runs.
    pub on: bool,
}

/// Dollars an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rates {
    /// While it runs.
    pub running: Decimal,
    /// While it rests: disks, addresses, whatever cannot be stopped.
    pub resting: Decimal,
}

impl Rates {
    /// From an estimate of so many `hours`, US dollars, of which `saved_usd` more would be spent if it never rested; it runs for `on` of
    /// the hours.
    #[must_use]
    pub fn of(estimate_usd: Decimal, saved_usd: Decimal, (hours, on): (Decimal, Decimal)) -> Self {
        let running = (estimate_usd + saved_usd)
            .checked_div(hours)
            .unwrap_or_default();
        let resting = (estimate_usd - running * on).checked_div(hours - on);
        let rests = saved_usd > Decimal::ZERO;
        Self {
            running,
            resting: resting.filter(|_| rests).unwrap_or(running),
        }
    }
}

/// A month, and what is known at a moment in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// First moment of the month, or of the stack's life where it began in it.
    pub from: Timestamp,
    /// First moment after the month.
    pub until: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// US dollars accrued so far.
    pub accrued: Decimal,
}

impl Known {
    /// What accrued, continued at the pace so far. After the month's end it is what accrued.
    #[must_use]
    pub fn straight_line(&self) -> Option<Decimal> {
        let past = hours(self.from, self.now.min(self.until));
        (past >= Decimal::ONE).then(|| self.accrued / past * hours(self.from, self.until))
    }

    /// What accrued, and the stretches ahead at their rates. Of these, only what lies after now and
    /// before both the month's end and `ends`, at which the stack is removed, counts.
    #[must_use]
    pub fn scheduled(&self, rates: Rates, ahead: &[Ahead], ends: Option<Timestamp>) -> Decimal {
        let last = ends.unwrap_or(self.until).min(self.until);
        let more = ahead.iter().map(|stretch| {
            let rate = match stretch.on {
                true => rates.running,
                false => rates.resting,
            };
            rate * hours(stretch.from.max(self.now), stretch.until.min(last))
        });
        self.accrued + more.sum::<Decimal>()
    }
}

/// Cost Explorer's forecast from today on, on top of what was billed before today.
#[must_use]
pub fn with_billed(billed: Decimal, ahead: Band) -> Band {
    Band {
        mean: billed + ahead.mean,
        low: billed + ahead.low,
        high: billed + ahead.high,
    }
}

/// Hours between two moments; none where the second is not later.
fn hours(from: Timestamp, until: Timestamp) -> Decimal {
    let seconds = until.duration_since(from).as_secs().max(0);
    Decimal::from(seconds) / Decimal::from(3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn known(now: &str, accrued: i64) -> Known {
        Known {
            from: at("2026-11-01T00:00:00Z"),
            until: at("2026-12-01T00:00:00Z"),
            now: at(now),
            accrued: Decimal::from(accrued),
        }
    }

    #[test]
    fn what_rests_costs_less_an_hour() {
        let dollars = |running, resting| Rates {
            running: Decimal::from(running),
            resting: Decimal::from(resting),
        };
        let of = |estimate: i64, saved: i64, on: i64| {
            let (estimate, saved) = (Decimal::from(estimate), Decimal::from(saved));
            Rates::of(estimate, saved, (Decimal::from(100), Decimal::from(on)))
        };
        // 40 hours at 5 and 60 at 1 are 260, against 500.
        assert_eq!(of(260, 240, 40), dollars(5, 1));
        assert_eq!(of(500, 0, 100), dollars(5, 5));
        assert_eq!(
            of(500, 0, 40),
            dollars(5, 5),
            "it is said to rest, and saves nothing"
        );
    }

    #[test]
    fn as_so_far_and_as_scheduled() {
        let third = known("2026-11-11T00:00:00Z", 20);
        assert_eq!(
            third.straight_line().map(|usd| usd.round_dp(6)),
            Some(Decimal::from(60))
        );
        assert_eq!(known("2026-11-01T00:59:59Z", 0).straight_line(), None);
        let over = known("2026-12-05T00:00:00Z", 61);
        assert_eq!(
            over.straight_line().map(|usd| usd.round_dp(6)),
            Some(Decimal::from(61))
        );

        let rates = Rates {
            running: Decimal::TWO,
            resting: Decimal::ONE,
        };
        // 12 of whose hours are over, and 12 of the next month.
        let ahead = [
            Ahead {
                from: at("2026-11-10T12:00:00Z"),
                until: at("2026-11-11T10:00:00Z"),
                on: true,
            },
            Ahead {
                from: at("2026-11-11T10:00:00Z"),
                until: at("2026-12-01T12:00:00Z"),
                on: false,
            },
        ];
        let rest = Decimal::from(20 * 24 - 10);
        assert_eq!(
            third.scheduled(rates, &ahead, None),
            Decimal::from(40) + rest
        );
        let soon = Some(at("2026-11-11T04:00:00Z"));
        assert_eq!(third.scheduled(rates, &ahead, soon), Decimal::from(28));
        let before = Some(at("2026-11-10T04:00:00Z"));
        assert_eq!(
            third.scheduled(rates, &ahead, before),
            Decimal::from(20),
            "nothing is taken back"
        );
        assert_eq!(over.scheduled(rates, &ahead, None), Decimal::from(61));
    }
}
