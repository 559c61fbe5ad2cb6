//! One line of the report.

use std::collections::BTreeMap;

use bella_aws::ephemeral::Tagged;
use bella_aws::idle::look;
use bella_engine::address::Address;
use bella_engine::cost::{PriceBook, cents};
use bella_engine::live::Live;
use bella_finance::Finding;
use bella_finance::forecast::{Ahead, Known};
use bella_finance::idle::{IdleObject, idle};
use bella_finance::meter::{Dated, Life, Meter, State};
use bella_finance::report::{Override, StackLine, StackMonth, midnight};
use bella_finance::windows::{Window, month_of};
use bella_stack::{Calendar, DATABASE, SERVICE};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::bill::Bill;
use super::calls::calls;
use super::meter::lives;
use super::subject::Subject;
use crate::context::Context;
use crate::error::CommandError;
use crate::session::Session;

/// The line of a stack in a month, as far as it is over at `now`.
///
/// # Errors
/// AWS refuses, or the ledger cannot be read.
pub(crate) async fn line(
    cx: &Context,
    session: &Session,
    tagged: Option<&Tagged>,
    (window, now): (Window, Timestamp),
    bill: &Bill,
    findings: &mut Vec<Finding>,
) -> Result<StackLine, CommandError> {
    let subject = Subject::of(session, tagged, findings).await?;
    let (from, until) = (midnight(window.start()), midnight(window.end()));
    let live = match &session.file {
        Some(_) => Some(session.look().await?),
        None => None,
    };
    let (lives, doubts) = lives(session, &subject, live.as_ref(), (from, now)).await?;
    let prices = [Dated {
        since: Timestamp::MIN,
        book: &subject.book,
    }];
    let own = bill.of(&session.stack);
    let month = StackMonth {
        window,
        meter: Meter {
            lives: &lives,
            prices: &prices,
            now,
        },
        bill: own.as_ref().map(|lines| lines.iter().collect()),
        estimate: &subject.estimate,
        budget_usd: subject.budget_usd,
        rates: subject.rates,
        ahead: ahead(subject.calendar.as_ref(), now, until),
        ends: subject.expires,
    };
    let figures = month.figures();
    let idle = idle_of(session, live.as_ref(), (&subject, &lives), (now, until)).await?;
    let calls = calls(
        cx,
        session,
        live.as_ref(),
        (window, figures.metered.usd()),
        findings,
    )
    .await;
    let doubts = doubts.iter().chain(&figures.metered.findings);
    findings.extend(doubts.map(|finding| Finding {
        subject: format!("{} {}", session.stack, finding.subject),
        ..finding.clone()
    }));
    Ok(StackLine {
        stack: session.stack.clone(),
        region: session.region.clone(),
        accrued_usd: cents(figures.metered.usd()),
        billed_usd: figures.billed_usd,
        effective_usd: figures.effective_usd,
        forecast: figures.forecast,
        forecast_usd: figures.forecast_usd,
        bridge: figures.bridge,
        components: figures.components,
        reconciliation: figures.reconciliation,
        series: figures.series,
        idle,
        calls,
        savings: subject.savings,
        overrides: overrides(session, (from, until)).await?,
        environment: subject.environment,
        owner: subject.owner,
        cost_center: subject.cost_center,
        budget_usd: subject.budget_usd,
        estimate_usd: subject.estimate_usd,
        assumptions: subject.assumptions,
    })
}

/// What a stack costs now, and its month, US dollars.
pub(crate) struct Now {
    /// As it runs or rests, an hour.
    pub(crate) hourly_usd: Decimal,
    /// Accrued in the month so far.
    pub(crate) accrued_usd: Decimal,
    /// Expected of the month.
    pub(crate) forecast_usd: Decimal,
    /// What it may cost in the month; `None` where nobody knows.
    pub(crate) budget_usd: Option<Decimal>,
    /// When it is removed.
    pub(crate) expires: Option<Timestamp>,
}

/// What a stack costs, by the meter alone: Cost Explorer is not asked.
///
/// # Errors
/// The ledger cannot be read.
pub(crate) async fn by_meter(
    session: &Session,
    live: &Live,
    tagged: Option<&Tagged>,
    now: Timestamp,
) -> Result<Now, CommandError> {
    let subject = Subject::of(session, tagged, &mut Vec::new()).await?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let window = month_of(today).map_err(|why| CommandError::usage(why.to_string()))?;
    let (from, until) = (midnight(window.start()), midnight(window.end()));
    let (lives, _) = lives(session, &subject, Some(live), (from, now)).await?;
    let prices = [Dated {
        since: Timestamp::MIN,
        book: &subject.book,
    }];
    let meter = Meter {
        lives: &lives,
        prices: &prices,
        now,
    };
    let accrued = meter.between(from, until).usd();
    let ahead = ahead(subject.calendar.as_ref(), now, until);
    let rests = ahead.first().is_some_and(|first| !first.on);
    let known = Known {
        from,
        until,
        now,
        accrued,
    };
    Ok(Now {
        hourly_usd: match rests {
            true => subject.rates.resting,
            false => subject.rates.running,
        },
        accrued_usd: cents(accrued),
        forecast_usd: cents(known.scheduled(subject.rates, &ahead, subject.expires)),
        budget_usd: Some(subject.budget_usd).filter(|usd| !usd.is_zero()),
        expires: subject.expires,
    })
}

/// When the stack runs from now on.
fn ahead(calendar: Option<&Calendar>, now: Timestamp, until: Timestamp) -> Vec<Ahead> {
    let always = Ahead {
        from: now,
        until,
        on: true,
    };
    let Some(calendar) = calendar.filter(|_| now < until) else {
        return vec![always];
    };
    let spans = calendar.spans(now, until).into_iter();
    spans
        .map(|span| Ahead {
            from: span.from,
            until: span.until,
            on: span.on,
        })
        .collect()
}

/// What an hour of each object costs, as it is.
fn hourly(lives: &[Life], book: &PriceBook) -> BTreeMap<Address, Decimal> {
    let each = lives.iter().filter_map(|life| {
        let Some(State::Uses(uses)) = &life.present else {
            return None;
        };
        let prices = uses
            .iter()
            .filter_map(|used| Some(book.price(used).ok()?.usd * used.quantity));
        Some((life.address.clone(), prices.sum()))
    });
    each.collect()
}

/// What is paid for and does nothing.
async fn idle_of(
    session: &Session,
    live: Option<&Live>,
    (subject, lives): (&Subject, &[Life]),
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<IdleObject>, CommandError> {
    let Some(live) = live.filter(|live| !live.objects.is_empty() && now < until) else {
        return Ok(Vec::new());
    };
    let address = |text: &str| Address::parse(text).ok();
    let Some(parts) = address(SERVICE).zip(address(DATABASE)) else {
        return Ok(Vec::new());
    };
    let hourly = hourly(lives, &subject.book);
    let own = (live, session.stack.as_str());
    let seen = look(&session.aws, own, (&parts.0, &parts.1), &hourly, now).await?;
    let day = now
        .saturating_sub(SignedDuration::from_hours(72))
        .unwrap_or(now);
    let rests = match &subject.calendar {
        None => Vec::new(),
        Some(_) => ahead(subject.calendar.as_ref(), day, until),
    };
    Ok(idle(&seen, &rests, subject.expires, now))
}

async fn overrides(
    session: &Session,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Override>, CommandError> {
    let history = session.store.history(&session.place, 200).await?;
    let of_month = history
        .iter()
        .filter(|run| from <= run.at && run.at < until);
    let over = of_month.filter_map(|run| {
        let over = run.over_budget.as_ref()?;
        Some(Override {
            by: over.by.clone(),
            at: run.at,
            reason: over.reason.clone(),
        })
    });
    Ok(over.collect())
}
