//! A new appointment.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use bella_domain::rules::Refusal;
use jiff::Zoned;
use serde::Deserialize;
use uuid::Uuid;

use super::form::{self, Near};
use super::page::{Done, Page, Place, Visit, again, go, html};
use crate::db::{Actor, Begun, BookError, NewAppointment, OutboxText};
use crate::http::security::Entered;
use crate::texts::Text;

/// `?date=2026-03-09&time=11:00`: what the form begins with.
#[derive(Deserialize)]
pub(super) struct Asked {
    date: Option<String>,
    time: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/new.html")]
struct NewPage {
    page: Page,
    problems: Vec<String>,
    nearest: Vec<Near>,
    /// Whether a time that callers cannot book is to be confirmed.
    overrule: bool,
    /// Names this form: sent twice, it books once.
    form: String,
    name: String,
    mobile: String,
    date: String,
    time: String,
    minutes: String,
    notes: String,
    text: bool,
}

/// `GET /admin/appointments/new`.
pub(super) async fn form(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let today = visit.now().date().to_string();
    html(&NewPage {
        page: visit.page(Place::Day, "New appointment"),
        problems: Vec::new(),
        nearest: Vec::new(),
        overrule: false,
        form: Uuid::now_v7().to_string(),
        name: String::new(),
        mobile: String::new(),
        date: asked.date.unwrap_or(today),
        time: asked.time.unwrap_or_default(),
        minutes: visit.rules().slot_minutes().to_string(),
        notes: String::new(),
        text: true,
    })
}

/// `POST /admin/appointments`.
pub(super) async fn create(visit: Visit, entered: Entered) -> Result<Response, Response> {
    let mut problems = Vec::new();
    let (name, mobile) = (
        form::name(&entered, &mut problems),
        form::mobile(&entered, &mut problems),
    );
    let start = form::start(&entered, visit.rules(), &mut problems);
    let minutes = form::minutes(&entered, &mut problems);
    let (Some(name), Some(mobile), Some(start), Some(minutes)) = (name, mobile, start, minutes)
    else {
        return Ok(refuse(&visit, &entered, problems, Vec::new(), false));
    };
    if let Err(refusal) = allowed(&visit, &start, &entered) {
        let near = nearest(&visit, &start, minutes).await?;
        let overrule = refusal != Refusal::Past;
        return Ok(refuse(
            &visit,
            &entered,
            vec![form::refusal(&refusal)],
            near,
            overrule,
        ));
    }
    let appointment = NewAppointment {
        name,
        mobile,
        start: start.timestamp(),
        minutes,
        notes: Some(entered.get("notes").to_owned()).filter(|notes| !notes.is_empty()),
        test: false,
    };
    let key = format!("form:{}", entered.get("form"));
    if let Some(path) = sent_before(&visit, &key).await? {
        return Ok(go(&path, Done::Booked));
    }
    let texts = texts(&visit, &entered, &appointment, &start);
    let made = visit
        .app
        .database
        .create(Actor::Admin, &appointment, &texts)
        .await;
    let path = made
        .as_ref()
        .map(|booked| format!("/admin/appointments/{}", booked.id));
    let kept = match &path {
        Ok(path) => {
            visit
                .app
                .database
                .finish_once(&key, 303, path.as_bytes())
                .await
        }
        Err(_) => visit.app.database.forget_once(&key).await,
    };
    if let Err(err) = kept {
        // The appointment is what counts; sent again, the form would find its time taken.
        tracing::warn!(error = %err, "a form's outcome was not kept");
    }
    match path {
        Ok(path) => Ok(go(&path, Done::Booked)),
        Err(BookError::Taken | BookError::OtherTime(_)) => {
            let near = nearest(&visit, &start, minutes).await?;
            let problem = "The time is taken, or a part of it.".to_owned();
            Ok(refuse(&visit, &entered, vec![problem], near, false))
        }
        Err(BookError::Database(err)) => Err(visit.failed(err)),
    }
}

/// Where the same form, sent before, led: a second press of the button books nothing.
async fn sent_before(visit: &Visit, key: &str) -> Result<Option<String>, Response> {
    let begun = visit.app.database.begin_once(key, b"").await;
    match begun.map_err(|err| visit.failed(&err))? {
        Begun::First => Ok(None),
        Begun::Done { body, .. } => Ok(String::from_utf8(body).ok()),
        Begun::Running | Begun::Other => Err(visit.sorry(
            StatusCode::CONFLICT,
            "It is being booked",
            "The form was sent twice; the first one is being carried out. Look at the day in a moment.",
        )),
    }
}

/// Whether callers could book it; the people of the business may overrule all but the past.
fn allowed(visit: &Visit, start: &Zoned, entered: &Entered) -> Result<(), Refusal> {
    match visit.rules().check(start, &visit.now()) {
        Err(Refusal::Past) => Err(Refusal::Past),
        Err(_) if entered.get("anyway") == "on" => Ok(()),
        checked => checked,
    }
}

fn texts(
    visit: &Visit,
    entered: &Entered,
    appointment: &NewAppointment,
    start: &Zoned,
) -> Vec<OutboxText> {
    if entered.get("text") != "on" {
        return Vec::new();
    }
    vec![OutboxText {
        key: format!("confirmation:admin:{}", Uuid::now_v7()),
        to: appointment.mobile.clone(),
        body: Text::Confirmed(start).body(),
        not_before: visit.app.config.clock.now(),
        kind: "confirmation",
    }]
}

/// The four free times nearest to `start`.
pub(super) async fn nearest(
    visit: &Visit,
    start: &Zoned,
    minutes: u16,
) -> Result<Vec<Near>, Response> {
    let candidates = visit.rules().nearest(start, &visit.now());
    let free = visit
        .app
        .database
        .nearest_free(candidates, minutes, 4, false)
        .await;
    let free = free.map_err(|err| visit.failed(&err))?;
    Ok(free.iter().map(Near::of).collect())
}

/// The form again, with everything that was entered.
fn refuse(
    visit: &Visit,
    entered: &Entered,
    problems: Vec<String>,
    nearest: Vec<Near>,
    overrule: bool,
) -> Response {
    let field = |name| entered.get(name).to_owned();
    let chosen = entered.get("choose").split_once('T');
    let (date, time) = chosen.map_or((field("date"), field("time")), |(date, time)| {
        (date.to_owned(), time.to_owned())
    });
    let page = NewPage {
        page: visit.page(Place::Day, "New appointment"),
        problems,
        nearest,
        overrule,
        form: field("form"),
        name: field("name"),
        mobile: field("mobile"),
        date,
        time,
        minutes: field("minutes"),
        notes: field("notes"),
        text: entered.get("text") == "on",
    };
    again(&page, StatusCode::UNPROCESSABLE_ENTITY)
}
