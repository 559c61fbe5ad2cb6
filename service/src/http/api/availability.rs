//! Times that can be booked.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp, Zoned};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::Parameters;
use super::refused::Refused;
use super::view;
use crate::app::App;
use crate::problem::Problem;

/// The longest span that can be asked about, in days.
const LONGEST: i64 = 31;

/// Times that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Availability {
    /// The business's zone, whose offset the times carry.
    #[schema(example = "America/Toronto")]
    time_zone: String,
    /// Every free slot, earliest first.
    slots: Vec<Slot>,
}

/// A free slot.
#[derive(Debug, Serialize, ToSchema)]
struct Slot {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    duration_minutes: u16,
}

/// List the free slots of a day, or between two moments at most 31 days apart; of the next seven days if nothing is said.
#[utoipa::path(
    get,
    path = "/availability",
    tag = "availability",
    params(
        ("date" = Option<String>, Query, description = "A day of the business's calendar; instead of `from` and `to`.", format = Date, nullable = false),
        ("from" = Option<String>, Query, description = "That begin at this moment or later (RFC 3339); now if absent.", format = DateTime, nullable = false),
        ("to" = Option<String>, Query, description = "That end at this moment or before; seven days after `from` if absent.", format = DateTime, nullable = false),
    ),
    responses((status = 200, description = "The free slots.", body = Availability), Refused)
)]
pub(super) async fn list(
    State(app): State<App>,
    Parameters(mut fields): Parameters,
) -> Result<Json<Availability>, Problem> {
    let zone = app.config.business.zone.clone();
    let now = app.config.clock.now_in(&zone);
    let date = fields.day("date");
    let (from, to) = (fields.moment("from"), fields.moment("to"));
    if date.is_some() && (from.is_some() || to.is_some()) {
        fields.wrong("date", "goes without `from` and `to`");
    }
    let (from, to) = match date {
        Some(date) => (midnight(&app, date), midnight(&app, after(date, 1))),
        None => {
            let from = from.unwrap_or(now.timestamp());
            let week = from.saturating_add(SignedDuration::from_hours(7 * 24));
            (from, to.unwrap_or(week.unwrap_or(Timestamp::MAX)))
        }
    };
    if from > to {
        fields.wrong("to", "is before `from`");
    } else if to.duration_since(from) > SignedDuration::from_hours(LONGEST * 24 + 1) {
        fields.wrong("to", format!("is more than {LONGEST} days after `from`"));
    }
    fields.finish()?;
    let slots = free(&app, from, to, &now).await?;
    Ok(Json(Availability {
        time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        slots,
    }))
}

async fn free(
    app: &App,
    from: Timestamp,
    to: Timestamp,
    now: &Zoned,
) -> Result<Vec<Slot>, Problem> {
    let zone = &app.config.business.zone;
    let minutes = app.rules.slot_minutes();
    let length = SignedDuration::from_mins(minutes.into());
    let taken = app.database.taken(from, to, false).await?;
    let (first, last) = (
        from.to_zoned(zone.clone()).date(),
        to.to_zoned(zone.clone()).date(),
    );
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
    let slots = days
        .take_while(|day| *day <= last)
        .flat_map(|day| app.rules.slots(day))
        .filter(|slot| app.rules.check(slot, now).is_ok());
    let free = slots.filter_map(|slot| {
        let start = slot.timestamp();
        let end = start.saturating_add(length).ok()?;
        let inside = start >= from && end <= to;
        let alone = !taken
            .iter()
            .any(|(begins, ends)| *begins < end && start < *ends);
        (inside && alone).then(|| Slot {
            start: view::moment(&slot),
            end: view::moment(&end.to_zoned(zone.clone())),
            duration_minutes: minutes,
        })
    });
    Ok(free.collect())
}

fn midnight(app: &App, date: Date) -> Timestamp {
    let start = date.to_zoned(app.config.business.zone.clone());
    start.map_or(Timestamp::MAX, |start| start.timestamp())
}

fn after(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}
