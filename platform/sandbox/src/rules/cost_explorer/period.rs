//! The time a question about costs is about: from a day on, to a day that is not part of it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Why a period is refused, in AWS's words.
pub(super) type Refusal = String;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) start: Date,
    pub(super) end: Date,
}

impl Period {
    /// The `TimePeriod` of a request.
    pub(super) fn of(body: &Value) -> Result<Self, Refusal> {
        let day = |name: &str| {
            let text = body["TimePeriod"][name].as_str().unwrap_or_default();
            let day: Result<Date, _> = text.get(..10).unwrap_or(text).parse();
            day.map_err(|_| format!("{name} time {text} is invalid. Valid format is: yyyy-MM-dd"))
        };
        Ok(Self {
            start: day("Start")?,
            end: day("End")?,
        })
    }

    /// Costs are known up to the end of this month, by day for the last 14 months.
    pub(super) fn check_past(self, today: Date) -> Result<(), Refusal> {
        if self.start >= self.end {
            return Err("Start date (and hour) should be before end date (and hour)".to_owned());
        }
        let next_month = today.first_of_month().saturating_add(1.month());
        if self.end > next_month {
            return Err("end date past the beginning of next month".to_owned());
        }
        let oldest = today.saturating_sub(14.months());
        if self.start < oldest && self.start.day() != 1 {
            return Err("To retrieve data beyond the past 14 months, your start date needs to be the first day of the month.".to_owned());
        }
        Ok(())
    }

    /// A forecast has an end after its start.
    pub(super) fn check_forecast(self) -> Result<(), Refusal> {
        if self.start < self.end {
            return Ok(());
        }
        Err(format!(
            "Requested Start: {} must be before requested End: {}",
            self.start, self.end
        ))
    }

    /// The days or months of the period, the first and last of which may be cut.
    pub(super) fn parts(self, granularity: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut start = self.start;
        while start < self.end {
            let next = match granularity {
                "MONTHLY" => start.first_of_month().saturating_add(1.month()),
                _ => start.saturating_add(1.day()),
            };
            let end = next.min(self.end);
            parts.push(Self { start, end });
            start = end;
        }
        parts
    }

    pub(super) fn json(self) -> Value {
        json!({"Start": self.start.to_string(), "End": self.end.to_string()})
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::Period;

    fn period(start: &str, end: &str) -> Period {
        Period::of(&json!({"TimePeriod": {"Start": start, "End": end}})).expect("a period")
    }

    #[test]
    fn periods_are_checked_against_the_day() {
        let today = date(2026, 11, 22);
        for (start, end, fits) in [
            ("2026-11-01", "2026-11-23", true),
            ("2026-11-01", "2026-12-01", true),
            ("2026-11-01", "2026-12-02", false),
            ("2026-11-01", "2026-11-01", false),
            ("2026-11-02", "2026-11-01", false),
            ("2024-01-01", "2024-01-02", true),
            ("2024-01-02", "2024-01-03", false),
        ] {
            let checked = period(start, end).check_past(today);
            assert_eq!(checked.is_ok(), fits, "{start} {end}");
        }
    }

    #[test]
    fn parts_cover_the_period() {
        let months = period("2026-09-15", "2026-11-02").parts("MONTHLY");
        let starts: Vec<String> = months.iter().map(|part| part.start.to_string()).collect();
        assert_eq!(starts, ["2026-09-15", "2026-10-01", "2026-11-01"]);
        assert_eq!(months[2].end, date(2026, 11, 2));
        assert_eq!(period("2026-09-15", "2026-09-18").parts("DAILY").len(), 3);
    }
}
