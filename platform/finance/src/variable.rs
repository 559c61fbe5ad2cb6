//! What calls cost beside the infrastructure: telephony, speech, texts, transcription.
//!
//! Quantities are what the service metered of its own calls; prices are its tariff's. A figure that
//! the service did not report is `None` and makes the total a lower bound, which is said.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a confirmed booking is to cost at most, US dollars.
pub const TARGET_USD: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

/// Prices of what a call uses, as the service's `tariff.json` has them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Tariff {
    /// The day they were looked up.
    pub as_of: Date,
    /// `USD`.
    pub currency: String,
    /// One a service that charges.
    pub prices: Vec<Rate>,
}

/// The price of one unit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rate {
    /// `twilio_voice`, `openai_whisper` …
    pub service: String,
    /// `minute`, `segment`, `15 seconds`.
    pub unit: String,
    /// US dollars.
    pub usd: Decimal,
    /// Where it was read.
    pub source: String,
}

/// A tariff that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadTariff {
    /// It is no tariff.
    #[error("the tariff is not readable: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Bella counts in US dollars.
    #[error("the tariff is in {0}, and Bella counts in USD")]
    Currency(String),
    /// A service has two prices.
    #[error("the tariff prices {0} twice")]
    Twice(String),
}

impl Tariff {
    /// Reads a tariff.
    ///
    /// # Errors
    /// It is malformed, in another currency or ambiguous.
    pub fn read(json: &str) -> Result<Self, BadTariff> {
        let tariff: Self = serde_json::from_str(json)?;
        if tariff.currency != "USD" {
            return Err(BadTariff::Currency(tariff.currency));
        }
        for (index, rate) in tariff.prices.iter().enumerate() {
            if tariff.prices[..index]
                .iter()
                .any(|other| other.service == rate.service)
            {
                return Err(BadTariff::Twice(rate.service.clone()));
            }
        }
        Ok(tariff)
    }

    fn rate(&self, service: &str) -> Option<&Rate> {
        self.prices.iter().find(|rate| rate.service == service)
    }
}

/// What the calls of a period used, in the tariff's units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Calls {
    /// Calls.
    pub calls: u64,
    /// Appointments that were confirmed in them.
    pub bookings: u64,
    /// Begun minutes of voice.
    #[schemars(with = "Option<String>")]
    pub voice_minutes: Option<Decimal>,
    /// Begun intervals of 15 seconds of speech recognition by Gather.
    #[schemars(with = "Option<String>")]
    pub gather_intervals: Option<Decimal>,
    /// Begun minutes of recordings.
    #[schemars(with = "Option<String>")]
    pub recorded_minutes: Option<Decimal>,
    /// Text segments.
    #[schemars(with = "Option<String>")]
    pub segments: Option<Decimal>,
    /// Minutes transcribed, to the second.
    #[schemars(with = "Option<String>")]
    pub transcribed_minutes: Option<Decimal>,
}

/// A quantity and its price.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Charge {
    /// The tariff's service.
    pub service: String,
    /// Units.
    #[schemars(with = "String")]
    pub quantity: Decimal,
    /// The unit.
    pub unit: String,
    /// US dollars a unit.
    #[schemars(with = "String")]
    pub unit_usd: Decimal,
    /// US dollars.
    #[schemars(with = "String")]
    pub usd: Decimal,
}

/// Something that would make a booking cheaper.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Lever {
    /// What to do.
    pub what: &'static str,
    /// What it would save a booking, US dollars.
    #[schemars(with = "String")]
    pub saves_usd: Decimal,
    /// Whether that alone brings a booking to the target.
    pub closes: bool,
}

/// What calls came to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Variable {
    /// One a service that charged.
    pub charges: Vec<Charge>,
    /// Services of which the quantity or the price is not known: the total lacks them.
    pub unknown: Vec<String>,
    /// US dollars of all charges.
    #[schemars(with = "String")]
    pub usd: Decimal,
    /// A call's share; `None` without a call.
    #[schemars(with = "Option<String>")]
    pub per_call: Option<Decimal>,
    /// A confirmed booking's share, calls without one included; `None` without a booking.
    #[schemars(with = "Option<String>")]
    pub per_booking: Option<Decimal>,
    /// A confirmed booking's share of these and the infrastructure.
    #[schemars(with = "Option<String>")]
    pub per_booking_with_infrastructure: Option<Decimal>,
    /// What a booking costs over [`TARGET_USD`], with infrastructure; below nothing is under it.
    #[schemars(with = "Option<String>")]
    pub gap_usd: Option<Decimal>,
    /// What would close the gap, most first; none where there is none.
    pub levers: Vec<Lever>,
}

/// Prices calls. `infrastructure_usd` is what the stack itself cost in the same period.
#[must_use]
pub fn variable(calls: &Calls, tariff: &Tariff, infrastructure_usd: Decimal) -> Variable {
    let used = [
        ("twilio_voice", calls.voice_minutes),
        ("twilio_gather", calls.gather_intervals),
        ("twilio_recording", calls.recorded_minutes),
        ("twilio_sms", calls.segments),
        ("carrier_sms", calls.segments),
        ("openai_whisper", calls.transcribed_minutes),
    ];
    let mut charges = Vec::new();
    let mut unknown = Vec::new();
    for (service, quantity) in used {
        match (quantity, tariff.rate(service)) {
            (Some(quantity), Some(rate)) => charges.push(Charge {
                service: service.to_owned(),
                quantity,
                unit: rate.unit.clone(),
                unit_usd: rate.usd,
                usd: quantity * rate.usd,
            }),
            _ => unknown.push(service.to_owned()),
        }
    }
    let usd = charges.iter().map(|charge| charge.usd).sum::<Decimal>();
    let bookings = Decimal::from(calls.bookings);
    let of_booking = |usd: Decimal| usd.checked_div(bookings);
    let whole = of_booking(usd + infrastructure_usd);
    let gap_usd = whole.map(|whole| whole - TARGET_USD);
    Variable {
        per_call: usd.checked_div(Decimal::from(calls.calls)),
        per_booking: of_booking(usd),
        per_booking_with_infrastructure: whole,
        levers: gap_usd
            .filter(|gap| *gap > Decimal::ZERO)
            .map(|gap| levers(calls, tariff, &charges, infrastructure_usd, gap))
            .unwrap_or_default(),
        gap_usd,
        charges,
        unknown,
        usd,
    }
}

/// What would make a booking cheaper, of what the tariff can price.
fn levers(
    calls: &Calls,
    tariff: &Tariff,
    charges: &[Charge],
    infrastructure_usd: Decimal,
    gap: Decimal,
) -> Vec<Lever> {
    let of = |service: &str| {
        let own = charges.iter().filter(|charge| charge.service == service);
        own.map(|charge| charge.usd).sum::<Decimal>()
    };
    let rate = |service: &str| tariff.rate(service).map(|rate| rate.usd);
    // An interval is at most one begun minute of a recording and a quarter of a minute transcribed.
    let recorded = rate("twilio_recording").zip(rate("openai_whisper"));
    let recorded = recorded.zip(calls.gather_intervals);
    let by_recording = recorded.map(|((recording, whisper), intervals)| {
        of("twilio_gather") - intervals * (recording + whisper / Decimal::from(4))
    });
    let lever = |what, usd: Decimal| {
        let saves_usd = usd
            .checked_div(Decimal::from(calls.bookings))
            .unwrap_or_default();
        Lever {
            what,
            saves_usd,
            closes: saves_usd >= gap,
        }
    };
    let missed = calls.calls.saturating_sub(calls.bookings);
    let per_call = charges.iter().map(|charge| charge.usd).sum::<Decimal>();
    let per_call = per_call
        .checked_div(Decimal::from(calls.calls))
        .unwrap_or_default();
    let mut levers = vec![
        lever(
            "record what callers say and transcribe it, instead of Gather's speech recognition",
            by_recording.unwrap_or_default(),
        ),
        lever("no text to confirm", of("twilio_sms") + of("carrier_sms")),
        lever("every call a booking", per_call * Decimal::from(missed)),
        lever(
            "twice as many bookings on the same infrastructure",
            infrastructure_usd / Decimal::TWO,
        ),
    ];
    levers.retain(|lever| lever.saves_usd > Decimal::ZERO);
    levers.sort_by_key(|lever| Reverse(lever.saves_usd));
    levers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Decimal {
        text.parse().expect("an amount")
    }

    fn tariff() -> Tariff {
        let json = include_str!("../../../service/src/tariff/tariff.json");
        Tariff::read(json).expect("the service's tariff")
    }

    /// A thousand calls of two minutes with 4.3 intervals each, of which 950 book: worked out by hand.
    #[test]
    fn a_thousand_calls_by_gather() {
        let calls = Calls {
            calls: 1000,
            bookings: 950,
            voice_minutes: Some(usd("2000")),
            gather_intervals: Some(usd("4300")),
            recorded_minutes: Some(usd("0")),
            segments: Some(usd("1000")),
            transcribed_minutes: Some(usd("0")),
        };
        let found = variable(&calls, &tariff(), usd("69.03"));
        assert_eq!(
            found.usd,
            usd("118.3"),
            "17 voice + 86 speech + 15.30 texts"
        );
        assert_eq!(found.unknown, Vec::<String>::new());
        assert_eq!(found.per_call, Some(usd("0.1183")));
        assert_eq!(
            found.per_booking.map(|usd| usd.round_dp(4)),
            Some(usd("0.1245"))
        );
        assert_eq!(
            found.gap_usd.map(|usd| usd.round_dp(4)),
            Some(usd("0.1472"))
        );
        let first = &found.levers[0];
        assert!(first.what.starts_with("record"));
        // 86 of Gather become 4300 × (.0025 + .0015) = 17.20: 68.80 less over 950 bookings.
        assert_eq!(first.saves_usd.round_dp(4), usd("0.0724"));
        assert!(
            found.levers.iter().all(|lever| !lever.closes),
            "none alone does"
        );
    }

    #[test]
    fn what_is_not_known_is_no_zero() {
        let calls = Calls {
            calls: 10,
            voice_minutes: Some(usd("20")),
            ..Calls::default()
        };
        let found = variable(&calls, &tariff(), Decimal::ZERO);
        assert_eq!(found.usd, usd("0.17"));
        assert_eq!(found.unknown.len(), 5);
        assert_eq!((found.per_booking, found.gap_usd), (None, None));
        assert_eq!(
            variable(&Calls::default(), &tariff(), usd("9")).per_call,
            None
        );
        let euros = r#"{"as_of":"2026-11-01","currency":"EUR","prices":[]}"#;
        assert!(matches!(Tariff::read(euros), Err(BadTariff::Currency(_))));
        assert!(matches!(Tariff::read("{}"), Err(BadTariff::Malformed(_))));
    }
}
