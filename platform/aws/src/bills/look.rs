//! A month's bill, from what is kept and what has to be asked.

use std::collections::BTreeMap;

use bella_engine::cloud::CloudError;
use bella_finance::bill::{BadAnswer, BadFetch, Fetch, Kept, Question, read};
use bella_finance::windows::{NoWindow, Window, ahead, billed, open};
use bella_finance::{About, Finding};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::ask;
use crate::clients::Aws;

/// So many days tell what is usual.
const PAST_DAYS: i64 = 60;

/// So many days are kept one by one; months before them are kept as one.
const KEPT_DAYS: i64 = 62;

/// What a look brought.
#[derive(Clone, Debug, Default)]
pub struct Billed {
    /// The days that the figures are of; empty for a month that Cost Explorer keeps no days of.
    pub window: Option<Window>,
    /// Requests that were made for it.
    pub requests: u32,
    /// What a reader has to know.
    pub findings: Vec<Finding>,
}

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum NotBilled {
    /// AWS refuses.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The answer cannot be used.
    #[error(transparent)]
    Answer(#[from] BadAnswer),
    /// The answer contradicts itself or the clock.
    #[error(transparent)]
    Fetch(#[from] BadFetch),
    /// The month cannot be asked for.
    #[error(transparent)]
    Window(#[from] NoWindow),
}

/// Brings what is kept up to date for a month, as far as the day's requests allow; a month that is all frozen is not asked for.
///
/// What a request brings is in `kept` also where a later one fails.
///
/// # Errors
/// AWS refuses, or answers what cannot be used.
pub async fn look(
    aws: &Aws,
    kept: &mut Kept,
    month: Date,
    now: Timestamp,
) -> Result<Billed, NotBilled> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let wanted = billed(month, today)?;
    let mut out = Billed {
        window: Some(wanted),
        ..Billed::default()
    };
    let fresh = kept
        .archive
        .as_of(wanted)
        .is_some_and(|(_, last)| last.to_zoned(TimeZone::UTC).date() == today);
    let stale = wanted.days().any(|day| kept.archive.is_open(day));
    if stale && !fresh {
        if kept.left(now) < 2 {
            out.findings.push(held(kept, now));
            return Ok(out);
        }
        // Days before the month that may still be restated come along for nothing.
        let window = match wanted.contains(today) {
            true => open(today)?,
            false => wanted,
        };
        let window = with_past(kept, window, today);
        // Two requests are the bill's and one the forecast's.
        let mut services = BTreeMap::new();
        if kept.left(now) > 3 {
            let (found, requests) = ask::services(aws, window).await?;
            kept.note(now, requests);
            out.requests += requests;
            services = found;
        }
        let mut lines = Vec::new();
        for question in [Question::Usage, Question::Apart] {
            let (answers, requests) = ask::costs(aws, question, window).await?;
            kept.note(now, requests);
            out.requests += requests;
            let read = read(question, &answers, &services)?;
            lines.extend(read.lines);
            out.findings.extend(read.findings);
        }
        let fetch = Fetch {
            at: now,
            window,
            lines,
        };
        out.findings.extend(kept.archive.import(fetch)?);
        let past = today.saturating_sub(jiff::Span::new().days(KEPT_DAYS));
        kept.archive.fold(past);
        kept.tag = ask::tag(aws).await?;
    }
    let forecast_is_old = kept.forecast.is_none_or(|(day, _)| day != today);
    if wanted.contains(today) && forecast_is_old && kept.left(now) > 0 && out.requests > 0 {
        kept.note(now, 1);
        out.requests += 1;
        kept.forecast = ask::forecast(aws, ahead(today)?)
            .await?
            .map(|forecast| (today, forecast));
    }
    Ok(out)
}

/// The days that anomalies are told by come along, where they were never fetched: a request costs the same.
fn with_past(kept: &Kept, window: Window, today: Date) -> Window {
    let past = window
        .end()
        .saturating_sub(jiff::Span::new().days(PAST_DAYS));
    // Days of more than 14 months ago are not to be had, and no reason to fail.
    let past = past.max(today.saturating_sub(jiff::Span::new().months(13)));
    let all = Window::new(past.min(window.start()), window.end()).unwrap_or(window);
    match kept.archive.missing(all).next() {
        Some(day) if day < window.start() => all,
        _ => window,
    }
}

fn held(kept: &Kept, now: Timestamp) -> Finding {
    Finding::new(
        About::MissingDays,
        "Cost Explorer",
        format!(
            "{} requests were made in the last 24 hours, and more are not: the bill is as it was answered last",
            kept.today(now)
        ),
    )
}
