//! One appointment: read, changed, cancelled.

use axum::Json;
use axum::extract::State;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{Id, Parameters, no_such};
use super::create::{allowed, nearest};
use super::read::Fields;
use super::refused::{self, Conflict, NoSuch, Refused};
use super::view::{Appointment, StatusName};
use crate::app::App;
use crate::db::{Actor, AppointmentRow, ChangeError, OutboxText, Status};
use crate::problem::Problem;
use crate::texts::Text;

/// What to change; what is absent stays. A new time is tried first, then the status, then the notes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body, which Fields reads")]
pub(super) struct Change {
    /// The new beginning, with an offset.
    #[schema(required = false, nullable = false, format = DateTime, example = "2026-03-10T15:00:00-04:00")]
    start: Option<String>,
    /// The new length.
    #[schema(required = false, nullable = false, minimum = 5, maximum = 480)]
    duration_minutes: Option<u16>,
    /// The new status; `cancelled` cannot be taken back.
    #[schema(required = false, nullable = false)]
    status: Option<StatusName>,
    /// The new notes; null for none.
    #[schema(required = false, max_length = 1000)]
    notes: Option<String>,
    /// Whether the person is told by text that the time is another, or that it is cancelled.
    #[schema(required = false, nullable = false, default = false)]
    notify: Option<bool>,
}

struct Wanted {
    start: Option<Timestamp>,
    minutes: Option<u16>,
    status: Option<Status>,
    notes: Option<String>,
    notify: bool,
}

/// Read an appointment.
#[utoipa::path(
    get,
    path = "/appointments/{id}",
    tag = "appointments",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The appointment.", body = Appointment), NoSuch, Refused)
)]
pub(super) async fn read(State(app): State<App>, Id(id): Id) -> Result<Json<Appointment>, Problem> {
    told(&app, id).await
}

/// Move an appointment, mark it, or change its notes.
#[utoipa::path(
    patch,
    path = "/appointments/{id}",
    tag = "appointments",
    params(("id" = Uuid, Path, description = "Its id.")),
    request_body = Change,
    responses((status = 200, description = "The appointment as it is now.", body = Appointment), NoSuch, Conflict, Refused)
)]
pub(super) async fn change(
    State(app): State<App>,
    Id(id): Id,
    fields: Fields,
) -> Result<Json<Appointment>, Problem> {
    let wanted = wanted(fields)?;
    let row = app.database.appointment(id).await?.ok_or_else(no_such)?;
    relocate(&app, &row, &wanted).await?;
    if let Some(status) = wanted.status {
        let cancelled = status == Status::Cancelled && row.status != Status::Cancelled;
        let texts = cancelled.then(|| cancelling(&app, &row, wanted.notify));
        let texts = texts.unwrap_or_default();
        let done = app
            .database
            .set_status(Actor::Api, id, status, &texts)
            .await;
        done.map_err(refused::change)?;
    }
    if let Some(notes) = &wanted.notes {
        let done = app.database.set_notes(Actor::Api, id, notes).await;
        done.map_err(refused::change)?;
    }
    told(&app, id).await
}

/// Cancel an appointment: its time is free at once; it can still be read. Cancelling it again changes nothing.
#[utoipa::path(
    delete,
    path = "/appointments/{id}",
    tag = "appointments",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("notify" = Option<bool>, Query, description = "Whether the person is told by text.", nullable = false),
    ),
    responses((status = 200, description = "The appointment, cancelled.", body = Appointment), NoSuch, Refused)
)]
pub(super) async fn cancel(
    State(app): State<App>,
    Id(id): Id,
    Parameters(mut fields): Parameters,
) -> Result<Json<Appointment>, Problem> {
    let notify = fields.text("notify", 5);
    let notify = fields.read("notify", notify, "true or false", |text| text.parse().ok());
    fields.finish()?;
    let row = app.database.appointment(id).await?.ok_or_else(no_such)?;
    let texts = cancelling(&app, &row, notify.unwrap_or(false));
    match app.database.cancel(Actor::Api, id, &texts).await {
        Ok(_) | Err(ChangeError::Gone) => told(&app, id).await,
        Err(err) => Err(refused::change(err)),
    }
}

fn wanted(mut fields: Fields) -> Result<Wanted, Problem> {
    let start = fields.moment("start");
    let minutes = fields.whole("duration_minutes", 5, 480);
    let status = fields.text("status", 20);
    let names: Vec<_> = Status::ALL.into_iter().map(Status::as_str).collect();
    let needed = format!("one of {}", names.join(", "));
    let status = fields.read("status", status, &needed, Status::parse);
    let notes = if fields.null("notes") {
        Some(String::new())
    } else {
        fields.text("notes", 1000)
    };
    let notify = fields.yes("notify");
    fields.finish()?;
    Ok(Wanted {
        start,
        minutes,
        status,
        notes,
        notify,
    })
}

/// Moves the appointment where another time or length is wanted.
async fn relocate(app: &App, row: &AppointmentRow, wanted: &Wanted) -> Result<(), Problem> {
    let start = wanted.start.unwrap_or(row.start);
    let minutes = wanted.minutes.unwrap_or(row.minutes);
    if start == row.start && minutes == row.minutes {
        return Ok(());
    }
    let start = start.to_zoned(app.config.business.zone.clone());
    if start.timestamp() != row.start {
        allowed(app, &start, minutes).await?;
    }
    let texts = moving(app, row, &start, wanted.notify);
    let target = (start.timestamp(), minutes);
    match app
        .database
        .move_to(Actor::Api, row.id, target, &texts)
        .await
    {
        Ok(_) => Ok(()),
        Err(ChangeError::Taken) => {
            let free = nearest(app, &start, minutes, row.test).await?;
            Err(Problem::unavailable(
                "the time is taken, or a part of it",
                free,
            ))
        }
        Err(err) => Err(refused::change(err)),
    }
}

fn moving(app: &App, row: &AppointmentRow, start: &Zoned, notify: bool) -> Vec<OutboxText> {
    let told = notify && start.timestamp() != row.start;
    text(app, row, told, "moved", &Text::Moved(start))
}

fn cancelling(app: &App, row: &AppointmentRow, notify: bool) -> Vec<OutboxText> {
    let start = row.start.to_zoned(app.config.business.zone.clone());
    text(app, row, notify, "cancelled", &Text::Cancelled(&start))
}

fn text(
    app: &App,
    row: &AppointmentRow,
    notify: bool,
    kind: &'static str,
    text: &Text<'_>,
) -> Vec<OutboxText> {
    let to = row.mobile.clone().filter(|_| notify && !row.test);
    let text = to.map(|to| OutboxText {
        key: format!("{kind}:{}:{}", row.id, row.moves),
        to,
        body: text.body(),
        not_before: app.config.clock.now(),
        kind,
    });
    text.into_iter().collect()
}

async fn told(app: &App, id: Uuid) -> Result<Json<Appointment>, Problem> {
    let row = app.database.appointment(id).await?.ok_or_else(no_such)?;
    Ok(Json(Appointment::of(row, &app.config.business.zone)))
}
