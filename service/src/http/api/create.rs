//! A new appointment, made once however often it is asked for.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bella_domain::name::PersonName;
use jiff::{SignedDuration, Zoned};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{NUMBER_NEEDED, no_such, read_mobile};
use super::once::{self, Key};
use super::read::Fields;
use super::refused::{Conflict, Refused};
use super::view::{self, Appointment};
use crate::app::App;
use crate::db::{Actor, BookError, Filter, NewAppointment, OutboxText, Status};
use crate::problem::Problem;
use crate::texts::Text;

/// An appointment to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body, which Fields reads")]
pub(super) struct Request {
    /// Who comes.
    #[schema(min_length = 1, max_length = 120, example = "Ann Example")]
    name: String,
    /// Where texts go, in E.164; it has to be a number that exists.
    #[schema(pattern = r"^\+[1-9][0-9]{7,14}$", example = "+14165550142")]
    mobile: String,
    /// Its beginning, with an offset.
    #[schema(format = DateTime, example = "2026-03-10T14:00:00-04:00")]
    start: String,
    /// Its length; a slot's if absent.
    #[schema(required = false, nullable = false, minimum = 5, maximum = 480)]
    duration_minutes: Option<u16>,
    /// What the business wants to remember.
    #[schema(required = false, max_length = 1000)]
    notes: Option<String>,
    /// Whether it is a trial, which takes no time from real ones.
    #[schema(required = false, nullable = false, default = false)]
    test: Option<bool>,
    /// Whether the person is told by text.
    #[schema(required = false, nullable = false, default = false)]
    notify: Option<bool>,
}

/// Make an appointment.
///
/// A request with an `Idempotency-Key` may be sent again: the same key with the same body is answered as it was the first time, with
/// another body it is refused.
#[utoipa::path(
    post,
    path = "/appointments",
    tag = "appointments",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters that name this request.",
        min_length = 1, max_length = 200, pattern = "^[!-~]{1,200}$", nullable = false)),
    request_body = Request,
    responses(
        (status = 201, description = "It is made; `Location` is its path.", body = Appointment),
        Conflict,
        Refused
    )
)]
pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let key = Key::of(&headers, &fields)?;
    let (wanted, notify) = read(fields, &app)?;
    let start = wanted.start.to_zoned(app.config.business.zone.clone());
    if let Some(key) = &key
        && let Some(answer) = once::begin(&app, key).await?
    {
        return Ok(answer);
    }
    let made = make(&app, &wanted, &start, notify, key.is_some()).await;
    once::end(&app, key.as_ref(), &made).await;
    made.map(|(id, body)| answer(id, body))
}

/// `201` with the path of what was made.
pub(super) fn answer(id: Uuid, body: Vec<u8>) -> Response {
    let location = HeaderValue::from_str(&format!("/api/v1/appointments/{id}"));
    let mut response = (StatusCode::CREATED, body).into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    if let Ok(location) = location {
        headers.insert(header::LOCATION, location);
    }
    response
}

fn read(mut fields: Fields, app: &App) -> Result<(NewAppointment, bool), Problem> {
    let name = fields.needed("name", 120);
    let name = match name.as_deref().map(PersonName::written) {
        Some(Err(not)) => {
            fields.wrong("name", not.reason);
            None
        }
        name => name.and_then(Result::ok),
    };
    let mobile = fields.needed("mobile", 40);
    let mobile = fields.read("mobile", mobile, NUMBER_NEEDED, read_mobile);
    if !fields.has("start") {
        fields.wrong("start", "is missing");
    }
    let start = fields.moment("start");
    let minutes = fields.whole("duration_minutes", 5, 480);
    fields.null("notes");
    let notes = fields.text("notes", 1000);
    let (test, notify) = (fields.yes("test"), fields.yes("notify"));
    fields.finish()?;
    let (Some(name), Some(mobile), Some(start)) = (name, mobile, start) else {
        // What is missing has been named.
        return Err(Problem::failed());
    };
    let appointment = NewAppointment {
        name,
        mobile,
        start,
        minutes: minutes.unwrap_or(app.rules.slot_minutes()),
        notes: notes.filter(|notes| !notes.trim().is_empty()),
        test,
    };
    Ok((appointment, notify))
}

/// Makes it, and returns its id and how it is told.
async fn make(
    app: &App,
    wanted: &NewAppointment,
    start: &Zoned,
    notify: bool,
    again: bool,
) -> Result<(Uuid, Vec<u8>), Problem> {
    allowed(app, start, wanted.minutes).await?;
    let text = (notify && !wanted.test).then(|| OutboxText {
        key: format!("confirmation:api:{}", Uuid::now_v7()),
        to: wanted.mobile.clone(),
        body: Text::Confirmed(start).body(),
        not_before: app.config.clock.now(),
        kind: "confirmation",
    });
    let texts: Vec<_> = text.into_iter().collect();
    let id = match app.database.create(Actor::Api, wanted, &texts).await {
        Ok(booked) => booked.id,
        Err(BookError::Database(err)) => return Err(err.into()),
        Err(BookError::Taken | BookError::OtherTime(_)) => {
            // An earlier try of this request may have made it, and its answer was lost.
            let own = if again { own(app, wanted).await? } else { None };
            match own {
                Some(id) => id,
                None => {
                    let free = nearest(app, start, wanted.minutes, wanted.test).await?;
                    return Err(Problem::unavailable(
                        "the time is taken, or a part of it",
                        free,
                    ));
                }
            }
        }
    };
    let row = app.database.appointment(id).await?.ok_or_else(no_such)?;
    let told = Appointment::of(row, &app.config.business.zone);
    let body = serde_json::to_vec(&told).map_err(|_| Problem::failed())?;
    Ok((id, body))
}

/// The appointment of this very person at this very time.
async fn own(app: &App, wanted: &NewAppointment) -> Result<Option<Uuid>, Problem> {
    let filter = Filter {
        mobile: Some(wanted.mobile.clone()),
        from: Some(wanted.start),
        to: wanted.start.checked_add(SignedDuration::from_secs(1)).ok(),
        test: Some(wanted.test),
        ..Filter::default()
    };
    let rows = app.database.appointments(&filter, 10).await?;
    let same = rows.into_iter().find(|row| {
        row.start == wanted.start && row.minutes == wanted.minutes && row.status == Status::Booked
    });
    Ok(same.map(|row| row.id))
}

/// Refuses a time that the rules do not allow, with the nearest free ones.
pub(super) async fn allowed(app: &App, start: &Zoned, minutes: u16) -> Result<(), Problem> {
    let now = app.config.clock.now_in(&app.config.business.zone);
    let detail = match app.rules.check(start, &now) {
        Err(refusal) => view::refusal(&refusal),
        Ok(()) if ends_after_closing(app, start, minutes) => {
            "the appointment would end after the business closes".to_owned()
        }
        Ok(()) => return Ok(()),
    };
    let free = nearest(app, start, minutes, false).await?;
    Err(Problem::unavailable(detail, free))
}

fn ends_after_closing(app: &App, start: &Zoned, minutes: u16) -> bool {
    let begins =
        u16::from(start.hour().unsigned_abs()) * 60 + u16::from(start.minute().unsigned_abs());
    let ranges = app.rules.hours.on(start.weekday());
    !ranges
        .iter()
        .any(|range| range.from <= begins && begins.saturating_add(minutes) <= range.to)
}

/// The two free times nearest to `start`.
pub(super) async fn nearest(
    app: &App,
    start: &Zoned,
    minutes: u16,
    test: bool,
) -> Result<Vec<String>, Problem> {
    let now = app.config.clock.now_in(&app.config.business.zone);
    let candidates = app.rules.nearest(start, &now);
    let free = app
        .database
        .nearest_free(candidates, minutes, 2, test)
        .await?;
    Ok(free.iter().map(view::moment).collect())
}
