//! People: found and shown.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::form::read_mobile;
use super::page::{Page, Place, Visit, html};
use super::row::{self, Row};
use super::times;
use crate::db::{Filter, Person, WINDOW};
use crate::http::security::Entered;

/// How many appointments of one person are shown.
const HISTORY: u16 = 500;

pub(super) struct Shown {
    id: Uuid,
    pub(super) name: String,
    pub(super) mobile: String,
    appointments: u32,
    next: String,
    active: String,
}

impl Shown {
    pub(super) fn of(person: &Person, zone: &TimeZone) -> Self {
        let day =
            |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%b %-d, %Y").to_string();
        Self {
            id: person.id,
            name: row::name(person.name.as_ref().map(|name| name.as_str())),
            mobile: person
                .mobile
                .as_ref()
                .map_or("No number is kept".to_owned(), row::mobile),
            appointments: person.appointments,
            next: person.next.map_or("none".to_owned(), |next| {
                times::moment(&next.to_zoned(zone.clone()))
            }),
            active: day(person.active),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/search.html")]
struct SearchPage {
    page: Page,
    words: String,
    window: u16,
    found: Option<Vec<Shown>>,
}

/// `GET /admin/search`: the empty form.
pub(super) async fn form(visit: Visit) -> Response {
    html(&SearchPage {
        page: visit.page(Place::Search, "Search"),
        words: String::new(),
        window: WINDOW,
        found: None,
    })
}

/// `POST /admin/search`: by a form's body, so that no name or number is in a URL, a log or a browser's history.
pub(super) async fn search(visit: Visit, entered: Entered) -> Result<Response, Response> {
    let words = entered.get("words");
    let db = &visit.app.database;
    let found = match read_mobile(words).filter(|_| words.contains(|c: char| c.is_ascii_digit())) {
        Some(mobile) => db.people_with(&mobile).await,
        None if words.is_empty() => Ok(Vec::new()),
        None => db.people_named(words).await,
    };
    let found = found.map_err(|err| visit.failed(&err))?;
    let zone = &visit.app.config.business.zone;
    let page = SearchPage {
        page: visit.page(Place::Search, "Search"),
        words: words.to_owned(),
        window: WINDOW,
        found: Some(found.iter().map(|person| Shown::of(person, zone)).collect()),
    };
    Ok(html(&page))
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    page: Page,
    person: Shown,
    erased: bool,
    since: String,
    rows: Vec<Row>,
}

/// `GET /admin/people/{id}`.
pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Response> {
    let person = find(&visit, &id).await?;
    let filter = Filter {
        user: Some(person.id),
        ..Filter::default()
    };
    let rows = visit.app.database.appointments(&filter, HISTORY).await;
    let mut rows = rows.map_err(|err| visit.failed(&err))?;
    rows.reverse();
    let (zone, now) = (&visit.app.config.business.zone, visit.now());
    let shown = Shown::of(&person, zone);
    let page = PersonPage {
        page: visit.page(Place::Search, &shown.name),
        erased: person.mobile.is_none(),
        since: person
            .created
            .to_zoned(zone.clone())
            .strftime("%b %-d, %Y")
            .to_string(),
        person: shown,
        rows: rows
            .into_iter()
            .map(|row| Row::of(row, zone, &now))
            .collect(),
    };
    Ok(html(&page))
}

pub(super) async fn find(visit: &Visit, id: &str) -> Result<Person, Response> {
    let id = Uuid::try_parse(id).map_err(|_| visit.nothing())?;
    let found = visit.app.database.person(id).await;
    let found = found.map_err(|err| visit.failed(&err))?;
    found.ok_or_else(|| visit.nothing())
}
