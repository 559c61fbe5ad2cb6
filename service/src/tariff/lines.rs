//! What was used, times what it costs.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::usage::Usage;

/// Part of what a call cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// Whose bill it is on, and for what: `twilio_voice`, `openai_whisper` …
    pub service: String,
    /// How much was used.
    pub quantity: Decimal,
    /// Of what: `minute`, `segment` …
    pub unit: String,
    /// The price of one, in US dollars.
    pub unit_usd: Decimal,
    /// What it cost, in US dollars.
    pub usd: Decimal,
}

impl CostLine {
    /// In millionths of a US dollar, rounded to even.
    pub fn micro_usd(&self) -> u64 {
        (self.usd * Decimal::from(1_000_000))
            .round()
            .to_u64()
            .unwrap_or(0)
    }
}

#[derive(Deserialize)]
struct Tariff {
    as_of: String,
    prices: Vec<Price>,
}

#[derive(Deserialize)]
struct Price {
    service: String,
    unit: String,
    usd: Decimal,
}

static TARIFF: LazyLock<Tariff> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tariff.json")).expect("the tariff is part of the program")
});

/// The day on which the prices were looked up.
pub fn as_of() -> &'static str {
    &TARIFF.as_of
}

/// What was used, line by line, in the tariff's order; what was not used has no line.
pub fn lines(usage: &Usage) -> Vec<CostLine> {
    TARIFF
        .prices
        .iter()
        .filter_map(|price| {
            let quantity = quantity(&price.service, usage)?;
            Some(CostLine {
                service: price.service.clone(),
                quantity: quantity.normalize(),
                unit: price.unit.clone(),
                unit_usd: price.usd,
                usd: (quantity * price.usd).round_dp(6).normalize(),
            })
        })
        .collect()
}

/// What was used, as the metrics take it: whose bill it is on, and millionths of a US dollar.
pub fn metered(usage: &Usage) -> Vec<(&'static str, u64)> {
    let services = TARIFF.prices.iter().map(|price| price.service.as_str());
    let lines = lines(usage);
    services
        .filter_map(|service| {
            let line = lines.iter().find(|line| line.service == service)?;
            Some((service, line.micro_usd()))
        })
        .collect()
}

/// The sum of lines in US dollars; absent when there is none.
pub fn total(lines: &[CostLine]) -> Option<Decimal> {
    let sum = lines.iter().map(|line| line.usd).sum();
    (!lines.is_empty()).then_some(sum)
}

fn quantity(service: &str, usage: &Usage) -> Option<Decimal> {
    let count = |count: u32| (count > 0).then(|| Decimal::from(count));
    match service {
        "twilio_voice" => count(usage.call_seconds?.div_ceil(60)),
        "twilio_gather" => count(usage.gather_intervals),
        "twilio_recording" => count(usage.recorded_minutes),
        "twilio_sms" | "carrier_sms" => count(usage.text_segments),
        "openai_whisper" => {
            count(usage.transcribed_seconds).map(|seconds| seconds / Decimal::from(60))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[CostLine]) -> String {
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                format!(
                    "{} {} x {} = {}",
                    line.service, line.quantity, line.unit, line.usd
                )
            })
            .collect();
        told.join("\n")
    }

    #[test]
    fn a_usual_booking_by_gather_costs_about_12_cents() {
        // Prompt, answer and the silence after it, three times: the last one runs over 15 seconds.
        let mut usage = Usage {
            call_seconds: Some(75),
            ..Usage::default()
        };
        for seconds in [10, 14, 16] {
            usage.gathered(seconds);
        }
        usage.texted(1);
        let lines = lines(&usage);
        assert_eq!(
            told(&lines),
            "twilio_voice 2 x minute = 0.017
twilio_gather 4 x 15 seconds = 0.08
twilio_sms 1 x segment = 0.0083
carrier_sms 1 x segment = 0.007"
        );
        assert_eq!(total(&lines), Some(Decimal::new(1_123, 4)));
        assert_eq!(lines.iter().map(CostLine::micro_usd).sum::<u64>(), 112_300);
    }

    #[test]
    fn a_usual_booking_by_whisper_costs_less_than_5_cents() {
        let mut usage = Usage {
            call_seconds: Some(85),
            ..Usage::default()
        };
        for seconds in [4, 5, 3] {
            usage.recorded(seconds);
            usage.transcribed(seconds);
        }
        usage.texted(1);
        let lines = lines(&usage);
        assert_eq!(
            told(&lines),
            "twilio_voice 2 x minute = 0.017
twilio_recording 3 x minute = 0.0075
twilio_sms 1 x segment = 0.0083
carrier_sms 1 x segment = 0.007
openai_whisper 0.2 x minute = 0.0012"
        );
        assert_eq!(total(&lines), Some(Decimal::new(410, 4)));
    }

    #[test]
    fn what_is_not_known_has_no_line() {
        assert_eq!(lines(&Usage::default()), []);
        assert_eq!(total(&[]), None);
        let unanswered = Usage {
            call_seconds: Some(0),
            ..Usage::default()
        };
        assert_eq!(lines(&unanswered), []);
    }

    #[test]
    fn every_price_of_the_tariff_is_used() {
        let all = Usage {
            call_seconds: Some(1),
            gather_intervals: 1,
            recorded_minutes: 1,
            transcribed_seconds: 1,
            text_segments: 1,
        };
        assert_eq!(lines(&all).len(), TARIFF.prices.len());
        let date: Result<jiff::civil::Date, _> = as_of().parse();
        assert!(date.is_ok());
    }

    #[test]
    fn usage_survives_a_session() {
        let mut usage = Usage::default();
        usage.gathered(0);
        usage.recorded(61);
        let json = serde_json::to_string(&usage).expect("is written");
        assert_eq!(json, r#"{"gather_intervals":1,"recorded_minutes":2}"#);
        assert_eq!(serde_json::from_str::<Usage>(&json).ok(), Some(usage));
    }
}
