//! What calls used.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::Parameters;
use super::refused::Refused;
use crate::app::App;
use crate::db::Used;
use crate::problem::Problem;

/// The longest span that can be asked about, in days.
const LONGEST: i32 = 400;

/// What the calls of some days used. Amounts are exact decimals as text; what no call counted is null.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Usage {
    /// First day, UTC's.
    #[schema(format = Date)]
    from: String,
    /// First day after, UTC's.
    #[schema(format = Date)]
    until: String,
    /// Calls that began on these days.
    calls: u64,
    /// Appointments that were made in them.
    bookings: u64,
    /// Calls of which the carrier did not say how long they took: they are in no minutes.
    calls_without_duration: u64,
    /// Begun minutes of voice; null where the carrier told no call's length.
    #[schema(example = "2000")]
    voice_minutes: Option<String>,
    /// Begun intervals of 15 seconds of speech recognition by Gather.
    #[schema(example = "4300")]
    gather_intervals: String,
    /// Begun minutes of recordings.
    #[schema(example = "0")]
    recorded_minutes: String,
    /// Text segments.
    #[schema(example = "1000")]
    segments: String,
    /// Minutes transcribed, to the second.
    #[schema(example = "12.5")]
    transcribed_minutes: String,
}

/// Add up what the calls of some days used: voice, speech recognition, recordings, texts, transcription. Test data is left out.
#[utoipa::path(
    get,
    path = "/usage",
    tag = "usage",
    params(
        ("from" = String, Query, description = "First day, UTC's.", format = Date),
        ("until" = String, Query, description = "First day after, UTC's; at most 400 days later.", format = Date),
    ),
    responses((status = 200, description = "The sums.", body = Usage), Refused)
)]
pub(super) async fn sums(
    State(app): State<App>,
    Parameters(mut fields): Parameters,
) -> Result<Json<Usage>, Problem> {
    for name in ["from", "until"] {
        if !fields.has(name) {
            fields.wrong(name, "is missing");
        }
    }
    let days = fields.day("from").zip(fields.day("until"));
    let (from, until) = days.unwrap_or_default();
    if days.is_some() && from >= until {
        fields.wrong("until", "is not after `from`");
    } else if (until - from).get_days() > LONGEST {
        fields.wrong("until", format!("is more than {LONGEST} days after `from`"));
    }
    fields.finish()?;
    let used = app.database.used(midnight(from), midnight(until)).await?;
    Ok(Json(Usage::of(from, until, &used)))
}

impl Usage {
    fn of(from: Date, until: Date, used: &Used) -> Self {
        let is_known = used.calls_without_duration < used.calls || used.calls == 0;
        let minutes = Decimal::from(used.transcribed_seconds) / Decimal::from(60);
        Self {
            from: from.to_string(),
            until: until.to_string(),
            calls: used.calls,
            bookings: used.bookings,
            calls_without_duration: used.calls_without_duration,
            voice_minutes: is_known.then(|| used.voice_minutes.to_string()),
            gather_intervals: used.gather_intervals.to_string(),
            recorded_minutes: used.recorded_minutes.to_string(),
            segments: used.text_segments.to_string(),
            transcribed_minutes: minutes.round_dp(6).normalize().to_string(),
        }
    }
}

/// The start of a UTC day.
fn midnight(day: Date) -> Timestamp {
    let start = day.to_zoned(TimeZone::UTC);
    start.map_or(Timestamp::MAX, |start| start.timestamp())
}
