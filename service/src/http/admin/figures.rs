//! Figures of the last days.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jiff::Span;
use serde::Deserialize;

use super::chart::{Chart, Point};
use super::day::Tile;
use super::page::{Page, Place, Visit, html};
use super::steps::{self, Step};
use super::{money, times};
use crate::db::{DayFigures, Sums};

/// How many days a page can be about.
const CHOICES: [u16; 3] = [7, 30, 90];

/// `?days=30`.
#[derive(Deserialize)]
pub(super) struct Asked {
    days: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/metrics.html")]
struct MetricsPage {
    page: Page,
    period: String,
    choices: [u16; 3],
    chosen: u16,
    tiles: Vec<Tile>,
    charts: Vec<Chart>,
    steps: Vec<Step>,
}

/// `GET /admin/metrics`.
pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let asked = asked.days.and_then(|days| days.parse().ok());
    let chosen = asked.filter(|days| CHOICES.contains(days)).unwrap_or(30);
    let now = visit.now();
    let from = now
        .date()
        .saturating_sub(Span::new().days(i64::from(chosen) - 1));
    let db = &visit.app.database;
    let days = db.day_figures(from, now.date()).await;
    let days = days.map_err(|err| visit.failed(&err))?;
    let midnight = from.to_zoned(visit.app.config.business.zone.clone());
    let midnight = midnight.map_or(now.timestamp(), |midnight| midnight.timestamp());
    let sums = db.sums(midnight, now.timestamp()).await;
    let sums = sums.map_err(|err| visit.failed(&err))?;
    let page = MetricsPage {
        page: visit.page(Place::Metrics, "Figures"),
        period: format!(
            "{} to {}; trials are left out",
            times::short_day(from),
            times::long_day(now.date())
        ),
        choices: CHOICES,
        chosen,
        tiles: tiles(&days, &sums, visit.app.config.business.price_cents),
        charts: charts(&days),
        steps: steps::read(&visit.app.metrics.openmetrics()),
    };
    Ok(html(&page))
}

/// A figure that is not known has no value.
fn tiles(days: &[DayFigures], sums: &Sums, price_cents: Option<u64>) -> Vec<Tile> {
    let sum = |figure: fn(&DayFigures) -> u64| days.iter().map(figure).sum::<u64>();
    let (calls, booking) = (sum(|day| day.calls), sum(|day| day.booking_calls));
    let booked = sum(|day| day.booked);
    let share = (calls > 0).then(|| format!("{} %", (booking * 100 + calls / 2) / calls));
    let cost = sums.micro_usd.filter(|_| sums.metered_calls > 0);
    let tile = |name, value: Option<String>, beside: &str| Tile {
        name,
        value: value.unwrap_or_default(),
        beside: beside.to_owned(),
    };
    vec![
        tile("Calls", Some(calls.to_string()), ""),
        tile("Calls that booked", share, ""),
        tile(
            "Average call",
            sums.seconds
                .map(|seconds| times::length(seconds.round() as i64)),
            "",
        ),
        tile("Appointments made", Some(booked.to_string()), ""),
        tile(
            "Cost of a call",
            cost.map(|micro| money::dollars((micro / sums.metered_calls.max(1)).unsigned_abs())),
            "US",
        ),
        tile(
            "Booked value",
            price_cents.map(|cents| money::cents(cents.saturating_mul(booked))),
            "",
        ),
        tile(
            "Satisfaction",
            sums.score.map(|score| format!("{score:.1} of 5")),
            "",
        ),
    ]
}

fn charts(days: &[DayFigures]) -> Vec<Chart> {
    let points = |part: fn(&DayFigures) -> u64, all: fn(&DayFigures) -> u64| {
        let point = |day: &DayFigures| Point {
            name: day.day.strftime("%b %-d").to_string(),
            part: part(day),
            rest: all(day).saturating_sub(part(day)),
        };
        days.iter().map(point).collect()
    };
    vec![
        Chart {
            title: "Calls a day",
            part: "Booked",
            rest: "Without a booking",
            points: points(|day| day.booking_calls, |day| day.calls),
        },
        Chart {
            title: "Appointments made a day",
            part: "By telephone",
            rest: "By people and programs",
            points: points(|day| day.booked_by_call, |day| day.booked),
        },
    ]
}
