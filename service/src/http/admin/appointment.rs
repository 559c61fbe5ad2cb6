//! An appointment: shown, moved, marked, cancelled.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bella_domain::rules::Refusal;
use jiff::Zoned;
use uuid::Uuid;

use super::book::nearest;
use super::form::{self, Near};
use super::page::{Done, Page, Place, Visit, again, go, html};
use super::row::{Row, Shown};
use super::times;
use crate::db::{Actor, AppointmentRow, ChangeError, OutboxText, Status};
use crate::http::security::Entered;
use crate::texts::Text;

#[derive(Template)]
#[template(path = "admin/appointment.html")]
struct AppointmentPage {
    page: Page,
    problems: Vec<String>,
    nearest: Vec<Near>,
    overrule: bool,
    row: Row,
    facts: Vec<(&'static str, String)>,
    date: String,
    time: String,
    statuses: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "admin/confirm.html")]
pub(super) struct Confirm {
    pub(super) page: Page,
    pub(super) action: String,
    pub(super) lines: Vec<String>,
    pub(super) offer_text: bool,
    pub(super) verb: &'static str,
    pub(super) back: String,
}

/// `GET /admin/appointments/{id}`.
pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Response> {
    let row = find(&visit, &id).await?;
    Ok(html(&page(&visit, row, Vec::new(), Vec::new(), false)))
}

/// `POST /admin/appointments/{id}/move`.
pub(super) async fn relocate(
    visit: Visit,
    Path(id): Path<String>,
    entered: Entered,
) -> Result<Response, Response> {
    let row = find(&visit, &id).await?;
    let mut problems = Vec::new();
    let Some(start) = form::start(&entered, visit.rules(), &mut problems) else {
        return Ok(refuse(&visit, row, problems, Vec::new(), None));
    };
    let refused = match visit.rules().check(&start, &visit.now()) {
        Err(Refusal::Past) => Some(Refusal::Past),
        Err(_) if entered.get("anyway") == "on" => None,
        checked => checked.err(),
    };
    if let Some(refusal) = refused {
        let near = nearest(&visit, &start, row.minutes).await?;
        let asked = (refusal != Refusal::Past).then_some(&start);
        return Ok(refuse(
            &visit,
            row,
            vec![form::refusal(&refusal)],
            near,
            asked,
        ));
    }
    let texts = texts(&visit, &entered, &row, "moved", &Text::Moved(&start));
    let target = (start.timestamp(), row.minutes);
    match visit
        .app
        .database
        .move_to(Actor::Admin, row.id, target, &texts)
        .await
    {
        Ok(_) => Ok(go(&format!("/admin/appointments/{}", row.id), Done::Moved)),
        Err(ChangeError::Taken) => {
            let near = nearest(&visit, &start, row.minutes).await?;
            let problem = "The time is taken, or a part of it.".to_owned();
            Ok(refuse(&visit, row, vec![problem], near, None))
        }
        Err(err) => Err(refused_change(&visit, &err)),
    }
}

/// `POST /admin/appointments/{id}/status`.
pub(super) async fn mark(
    visit: Visit,
    Path(id): Path<String>,
    entered: Entered,
) -> Result<Response, Response> {
    let row = find(&visit, &id).await?;
    let status = Status::parse(entered.get("status")).filter(|status| *status != Status::Cancelled);
    let Some(status) = status else {
        let problem = "Choose a status.".to_owned();
        return Ok(refuse(&visit, row, vec![problem], Vec::new(), None));
    };
    let done = visit
        .app
        .database
        .set_status(Actor::Admin, row.id, status, &[])
        .await;
    match done {
        Ok(_) if entered.get("back") == "day" => {
            let date = row
                .start
                .to_zoned(visit.app.config.business.zone.clone())
                .date();
            Ok(go(&format!("/admin?date={date}"), Done::Saved))
        }
        Ok(_) => Ok(go(&format!("/admin/appointments/{}", row.id), Done::Saved)),
        Err(ChangeError::Taken) => {
            let problem = "Somebody else has that time now; move the appointment first.".to_owned();
            Ok(refuse(&visit, row, vec![problem], Vec::new(), None))
        }
        Err(err) => Err(refused_change(&visit, &err)),
    }
}

/// `GET /admin/appointments/{id}/cancel`: asks before it is done.
pub(super) async fn ask(visit: Visit, Path(id): Path<String>) -> Result<Response, Response> {
    let row = shown(&visit, find(&visit, &id).await?);
    let page = Confirm {
        page: visit.page(Place::Day, "Cancel this appointment?"),
        action: format!("/admin/appointments/{}/cancel", row.id),
        lines: vec![
            format!("{}, {}, {}.", row.name, row.day(), row.span()),
            "The time becomes free at once. A cancelled appointment stays in the history and cannot be taken up again.".to_owned(),
        ],
        offer_text: !row.mobile.is_empty(),
        verb: "Cancel the appointment",
        back: format!("/admin/appointments/{}", row.id),
    };
    Ok(html(&page))
}

/// `POST /admin/appointments/{id}/cancel`.
pub(super) async fn cancel(
    visit: Visit,
    Path(id): Path<String>,
    entered: Entered,
) -> Result<Response, Response> {
    let row = find(&visit, &id).await?;
    let start = row.start.to_zoned(visit.app.config.business.zone.clone());
    let texts = texts(
        &visit,
        &entered,
        &row,
        "cancelled",
        &Text::Cancelled(&start),
    );
    match visit
        .app
        .database
        .cancel(Actor::Admin, row.id, &texts)
        .await
    {
        Ok(_) => Ok(go(
            &format!("/admin/appointments/{}", row.id),
            Done::Cancelled,
        )),
        Err(err) => Err(refused_change(&visit, &err)),
    }
}

async fn find(visit: &Visit, id: &str) -> Result<AppointmentRow, Response> {
    let id = Uuid::try_parse(id).map_err(|_| visit.nothing())?;
    let found = visit.app.database.appointment(id).await;
    let found = found.map_err(|err| visit.failed(&err))?;
    found.ok_or_else(|| visit.nothing())
}

fn shown(visit: &Visit, row: AppointmentRow) -> Row {
    Row::of(row, &visit.app.config.business.zone, &visit.now())
}

/// The text to tell the person, where it is wanted; the same change of the same appointment is told once.
fn texts(
    visit: &Visit,
    entered: &Entered,
    row: &AppointmentRow,
    kind: &'static str,
    text: &Text<'_>,
) -> Vec<OutboxText> {
    let wanted = entered.get("text") == "on";
    let to = row.mobile.clone().filter(|_| wanted);
    let text = to.map(|to| OutboxText {
        key: format!("{kind}:{}:{}", row.id, row.moves),
        to,
        body: text.body(),
        not_before: visit.app.config.clock.now(),
        kind,
    });
    text.into_iter().collect()
}

fn refused_change(visit: &Visit, err: &ChangeError) -> Response {
    match err {
        ChangeError::Database(err) => visit.failed(err),
        ChangeError::Gone | ChangeError::Taken => visit.sorry(
            StatusCode::CONFLICT,
            "Nothing was changed",
            "The appointment was cancelled in the meantime.",
        ),
    }
}

fn page(
    visit: &Visit,
    row: AppointmentRow,
    problems: Vec<String>,
    nearest: Vec<Near>,
    overrule: bool,
) -> AppointmentPage {
    let facts = facts(visit, &row);
    let row = shown(visit, row);
    let statuses = Status::ALL
        .into_iter()
        .filter(|status| *status != Status::Cancelled);
    AppointmentPage {
        page: visit.page(Place::Day, &row.name),
        problems,
        nearest,
        overrule,
        facts,
        date: row.date().to_string(),
        time: row.start.strftime("%H:%M").to_string(),
        statuses: statuses.map(Shown).collect(),
        row,
    }
}

fn refuse(
    visit: &Visit,
    row: AppointmentRow,
    problems: Vec<String>,
    nearest: Vec<Near>,
    asked: Option<&Zoned>,
) -> Response {
    let mut page = page(visit, row, problems, nearest, asked.is_some());
    if let Some(asked) = asked {
        page.date = asked.date().to_string();
        page.time = asked.strftime("%H:%M").to_string();
    }
    again(&page, StatusCode::UNPROCESSABLE_ENTITY)
}

fn facts(visit: &Visit, row: &AppointmentRow) -> Vec<(&'static str, String)> {
    let zone = &visit.app.config.business.zone;
    let moment = |at: jiff::Timestamp| times::moment(&at.to_zoned(zone.clone()));
    let made = if row.call.is_some() {
        "Booked by telephone"
    } else {
        "Entered"
    };
    let mut facts = vec![(made, moment(row.created))];
    if row.moves > 0 {
        let times = if row.moves == 1 { "once" } else { "times" };
        let count = if row.moves == 1 {
            String::new()
        } else {
            format!("{} ", row.moves)
        };
        facts.push((
            "Moved",
            format!("{count}{times}, last {}", moment(row.modified)),
        ));
    }
    if let Some(cancelled) = row.cancelled {
        facts.push(("Cancelled", moment(cancelled)));
    }
    facts
}
