//! The log of calls.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use super::page::{Page, Place, Visit, html};
use super::{money, times};
use crate::db::{CallCursor, CallRow};
use crate::tariff::CostLine;

/// Calls of one page.
const PAGE: u16 = 50;

/// `?before=<microseconds>.<sid>`: older calls than that.
#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
}

struct Shown {
    sid: String,
    started: String,
    length: String,
    outcome: String,
    cost: String,
}

#[derive(Template)]
#[template(path = "admin/calls.html")]
struct CallsPage {
    page: Page,
    calls: Vec<Shown>,
    next: Option<String>,
}

/// `GET /admin/calls`: newest first.
pub(super) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let before = asked.before.as_deref().and_then(place);
    let calls = visit.app.database.calls(None, before.as_ref(), PAGE).await;
    let calls = calls.map_err(|err| visit.failed(&err))?;
    let more = calls.len() == usize::from(PAGE);
    let next = calls.last().filter(|_| more);
    let next = next.map(|call| format!("{}.{}", call.started.as_microsecond(), call.sid));
    let page = CallsPage {
        page: visit.page(Place::Calls, "Calls"),
        calls: calls.iter().map(|call| shown(&visit, call)).collect(),
        next,
    };
    Ok(html(&page))
}

fn place(before: &str) -> Option<CallCursor> {
    let (started, sid) = before.split_once('.')?;
    let started = Timestamp::from_microsecond(started.parse().ok()?).ok()?;
    Some((started, sid.to_owned()))
}

struct Turn {
    caller: bool,
    words: String,
}

#[derive(Template)]
#[template(path = "admin/call.html")]
struct CallPage {
    page: Page,
    call: Shown,
    facts: Vec<(&'static str, String)>,
    costs: Vec<(String, String)>,
    talk: Vec<Turn>,
}

/// `GET /admin/calls/{sid}`.
pub(super) async fn show(visit: Visit, Path(sid): Path<String>) -> Result<Response, Response> {
    let found = visit.app.database.call(&sid).await;
    let found = found.map_err(|err| visit.failed(&err))?;
    let call = found.ok_or_else(|| visit.nothing())?;
    let mut facts = vec![
        ("Steps", call.steps.to_string()),
        ("Not understood", call.failures.to_string()),
    ];
    if call.test {
        facts.push(("Kind", "Test call".to_owned()));
    }
    let shown = shown(&visit, &call);
    let page = CallPage {
        page: visit.page(Place::Calls, format!("Call of {}", shown.started)),
        call: shown,
        facts,
        costs: call.costs.iter().map(cost).collect(),
        talk: call.transcript.as_deref().map(talk).unwrap_or_default(),
    };
    Ok(html(&page))
}

fn shown(visit: &Visit, call: &CallRow) -> Shown {
    let measured = call
        .ended
        .map(|ended| ended.duration_since(call.started).as_secs());
    let seconds = call.seconds.map(i64::from).or(measured);
    let started = call
        .started
        .to_zoned(visit.app.config.business.zone.clone());
    Shown {
        sid: call.sid.clone(),
        started: times::moment(&started),
        length: seconds.map_or("not known".to_owned(), times::length),
        outcome: call
            .outcome
            .as_deref()
            .map_or("Going on, or cut off".to_owned(), sentence),
        cost: call
            .micro_usd
            .map_or("not metered".to_owned(), money::dollars),
    }
}

fn cost(line: &CostLine) -> (String, String) {
    (sentence(&line.service), money::dollars(line.micro_usd()))
}

/// A transcript's lines, `Caller: …` and `Bella: …`, in their order.
fn talk(transcript: &str) -> Vec<Turn> {
    let turn = |line: &str| {
        let (who, words) = line.split_once(": ").unwrap_or(("", line));
        let caller = who.eq_ignore_ascii_case("caller");
        let bella = who.eq_ignore_ascii_case("bella");
        let words = if caller || bella { words } else { line };
        Turn {
            caller,
            words: words.to_owned(),
        }
    };
    let lines = transcript.lines().filter(|line| !line.trim().is_empty());
    lines.map(turn).collect()
}

/// `hung_up` as `Hung up`.
fn sentence(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
