//! A day as a list, and a week as a grid.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bella_domain::rules::{Refusal, Rules};
use jiff::civil::Date;
use jiff::{Span, Zoned};
use serde::Deserialize;

use super::agenda::{self, Day, Hour, Line};
use super::page::{Page, Place, Visit, html};
use super::row::Row;
use super::times;
use crate::db::Filter;

/// More appointments than a week can have.
const MOST: u16 = 2000;

/// `?date=2026-03-09`; anything else is today.
#[derive(Deserialize)]
pub(super) struct Asked {
    date: Option<String>,
}

impl Asked {
    fn date(&self, now: &Zoned) -> Date {
        let asked = self.date.as_deref();
        let date = asked.and_then(|text| Date::strptime("%Y-%m-%d", text).ok());
        // Far enough from the ends of time that days before and after exist.
        date.filter(|date| (1900..=2200).contains(&date.year()))
            .unwrap_or_else(|| now.date())
    }
}

pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) beside: String,
}

#[derive(Template)]
#[template(path = "admin/day.html")]
struct DayPage {
    page: Page,
    heading: String,
    opening: String,
    before: Date,
    date: Date,
    after: Date,
    attention: Option<String>,
    tiles: Vec<Tile>,
    lines: Vec<Line>,
    closed: bool,
}

/// `GET /admin`: the day's list.
pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let now = visit.now();
    let date = asked.date(&now);
    let rows = rows(&visit, date, 1).await?;
    let left = visit.app.database.texts_left().await;
    let left = left.map_err(|err| visit.failed(&err))?;
    let rules = visit.rules();
    let heading = times::long_day(date);
    let closed = rules.slots(date).is_empty();
    let page = DayPage {
        page: visit.page(Place::Day, &heading),
        opening: opening(rules, date, &now),
        before: add(date, -1),
        date,
        after: add(date, 1),
        attention: attention(left.failed),
        tiles: tiles(&rows, left.due),
        lines: agenda::lines(date, rows, rules, &now),
        closed,
        heading,
    };
    Ok(html(&page))
}

#[derive(Template)]
#[template(path = "admin/week.html")]
struct WeekPage {
    page: Page,
    heading: String,
    summary: String,
    before: Date,
    date: Date,
    after: Date,
    days: Vec<Day>,
    hours: Vec<Hour>,
}

/// `GET /admin/week`: the week that a day is in, from Monday.
pub(super) async fn week(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let now = visit.now();
    let asked = asked.date(&now);
    let monday = add(asked, -i64::from(asked.weekday().to_monday_zero_offset()));
    let rows = rows(&visit, monday, 7).await?;
    let live = rows.iter().filter(|row| row.status.takes_time()).count();
    let mut days: Vec<(Date, Vec<Row>)> =
        (0..7).map(|day| (add(monday, day), Vec::new())).collect();
    for row in rows {
        if let Some((_, day)) = days.iter_mut().find(|(date, _)| *date == row.date()) {
            day.push(row);
        }
    }
    let (days, hours) = agenda::week(days, visit.rules(), &now);
    let heading = format!("Week of {}", monday.strftime("%B %-d, %Y"));
    let page = WeekPage {
        page: visit.page(Place::Week, &heading),
        heading,
        summary: counted(live, "appointment"),
        before: add(monday, -7),
        date: asked,
        after: add(monday, 7),
        days,
        hours,
    };
    Ok(html(&page))
}

/// The appointments of `days` days from `date`, earliest first.
async fn rows(visit: &Visit, date: Date, days: i64) -> Result<Vec<Row>, Response> {
    let zone = &visit.app.config.business.zone;
    let midnight = |date: Date| {
        let start = date.to_zoned(zone.clone());
        start.map_or(jiff::Timestamp::MAX, |start| start.timestamp())
    };
    let (from, to) = (midnight(date), midnight(add(date, days)));
    let rows = {
        let filter = Filter {
            from: Some(from),
            to: Some(to),
            ..Filter::default()
        };
        visit.app.database.appointments(&filter, MOST).await
    };
    let rows = rows.map_err(|err| visit.failed(&err))?;
    let now = visit.now();
    Ok(rows
        .into_iter()
        .map(|row| Row::of(row, zone, &now))
        .collect())
}

/// When the business is open on a day, or why it is not.
fn opening(rules: &Rules, date: Date, now: &Zoned) -> String {
    if let Err(Refusal::Holiday(name)) = rules.check_day(date, now) {
        return format!("Closed: {name}");
    }
    let ranges = rules.hours.on(date.weekday());
    if ranges.is_empty() {
        return "Closed on this weekday".to_owned();
    }
    let ranges: Vec<_> = ranges
        .iter()
        .map(|range| {
            format!(
                "{} to {}",
                agenda::shown(range.from),
                agenda::shown(range.to)
            )
        })
        .collect();
    format!("Open {}", ranges.join(" and "))
}

fn attention(failed: u64) -> Option<String> {
    (failed > 0).then(|| {
        format!(
            "{} could not be delivered in the last week.",
            counted_u64(failed, "text")
        )
    })
}

fn tiles(rows: &[Row], due: u64) -> Vec<Tile> {
    let count = |wanted: fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count();
    let tile = |name, value: usize| Tile {
        name,
        value: value.to_string(),
        beside: String::new(),
    };
    let mut tiles = vec![
        tile("Appointments", count(|row| row.status.takes_time())),
        tile("Confirmed", count(|row| row.status.name() == "confirmed")),
        tile("Completed", count(|row| row.status.name() == "completed")),
        tile("Cancelled", count(|row| row.status.is_cancelled())),
    ];
    tiles.push(Tile {
        name: "Texts on their way",
        value: due.to_string(),
        beside: String::new(),
    });
    tiles
}

/// `1 appointment`, `2 appointments`.
pub(super) fn counted(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

fn counted_u64(count: u64, what: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), what)
}

fn add(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}
