//! The account's bill: what Cost Explorer answered, asked seldom.

use std::path::PathBuf;

use bella_aws::bills::{Billed, REQUEST_USD, file_of, keep, kept, look};
use bella_aws::clients::Aws;
use bella_finance::anomaly::{Anomaly, anomalies};
use bella_finance::bill::{Archive, Kept, Line, Sums};
use bella_finance::forecast::{Band, with_billed};
use bella_finance::report::{Account, Asking};
use bella_finance::windows::{self, Window, before};
use bella_finance::{About, Finding};
use bella_sandbox::Home;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The account's month, as far as it is billed.
pub(crate) struct Bill {
    archive: Archive,
    /// The month's days that the bill can be of; `None` for one that Cost Explorer keeps no days of.
    window: Option<Window>,
    pub(crate) as_of: Option<Timestamp>,
    /// Whether the stacks' tag is in the bill.
    is_tagged: bool,
    pub(crate) forecast: Option<Band>,
    pub(crate) asking: Asking,
    pub(crate) anomalies: Vec<Anomaly>,
}

impl Bill {
    /// `None` where nobody knows what of the bill is whose.
    pub(crate) fn of(&self, stack: &str) -> Option<Vec<Line>> {
        let window = self
            .window
            .filter(|_| self.is_tagged && self.as_of.is_some())?;
        Some(self.archive.of_stack(window, stack))
    }

    /// All of the month.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let window = self.window;
        window
            .map(|window| self.archive.all(window))
            .unwrap_or_default()
    }

    pub(crate) fn account(&self) -> Option<Account> {
        let window = self.window.filter(|_| self.as_of.is_some())?;
        let sums: Sums = self.archive.lines(window).collect();
        let costs = self
            .archive
            .costs(window)
            .filter(|cost| cost.stack.is_none());
        let untagged_usd: Decimal = costs.map(|cost| cost.usd).sum();
        let share = untagged_usd.checked_div(sums.run_rate);
        Some(Account {
            untagged_percent: share.map(|share| (share * Decimal::ONE_HUNDRED).round_dp(1)),
            untagged_usd,
            sums,
        })
    }
}

/// Where answers are kept: the sandbox's with the sandbox, AWS's in the user's cache folder.
fn folder(cx: &Context) -> Result<PathBuf, CommandError> {
    if cx.global.sandbox {
        return Ok(Home::from_env()?.root().join("bills"));
    }
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let cache = cache.ok_or_else(|| {
        CommandError::new(Exit::Failed, "there is no folder to keep the bill in")
            .hint("set XDG_CACHE_HOME or HOME")
    })?;
    Ok(cache.join("bella"))
}

/// Asks for a month as far as the day's requests allow, and keeps the answer.
///
/// # Errors
/// What is kept cannot be read or written; a refusal of AWS's is a finding.
pub(crate) async fn billed(
    cx: &Context,
    (aws, account): (&Aws, &str),
    (month, now): (Date, Timestamp),
    findings: &mut Vec<Finding>,
) -> Result<Bill, CommandError> {
    let failed = |why: &dyn std::fmt::Display| CommandError::new(Exit::Failed, why.to_string());
    let path = file_of(&folder(cx)?, account);
    let mut kept = kept(&path).map_err(|why| failed(&why))?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let asked_before = kept.asked.clone();
    let asked = look(aws, &mut kept, month, now).await;
    // What was answered is paid for, whatever came of the rest.
    if kept.asked != asked_before {
        keep(&kept, &path).map_err(|why| failed(&why))?;
    }
    let Billed {
        window,
        requests,
        findings: more,
    } = asked.unwrap_or_else(|why| Billed {
        window: windows::billed(month, today).ok(),
        requests: 0,
        findings: vec![Finding::new(
            About::MissingDays,
            "Cost Explorer",
            format!("did not say what was billed: {why}"),
        )],
    });
    findings.extend(more);
    let as_of = window.and_then(|window| kept.archive.as_of(window));
    let is_tagged = kept.tag.as_deref() == Some("Active");
    if as_of.is_some() && !is_tagged {
        let state = kept.tag.as_deref().unwrap_or("not in the bill yet");
        findings.push(Finding::new(
            About::Untagged,
            "bella:stack",
            format!(
                "is {state} as a cost-allocation tag, so that only the account's figures are billed ones; activate it with: aws ce \
                 update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=bella:stack,Status=Active"
            ),
        ));
    }
    let anomalies = window.and_then(|window| Some((window, kept.archive.daily_since()?)));
    let anomalies = anomalies.map(|(window, since)| {
        let (found, more) = anomalies_of(&kept, since, window);
        findings.extend(more);
        found
    });
    let tagged_before = before(today).map(|days| {
        let lines = kept.archive.lines(days);
        lines
            .filter(|line| line.stack.is_some())
            .collect::<Sums>()
            .run_rate
    });
    let forecast = kept.forecast.filter(|(day, _)| *day == today && is_tagged);
    let forecast = forecast.map(|(_, ahead)| {
        let band = Band {
            mean: ahead.mean,
            low: ahead.low.unwrap_or(ahead.mean),
            high: ahead.high.unwrap_or(ahead.mean),
        };
        with_billed(tagged_before.unwrap_or_default(), band)
    });
    let in_a_day = kept.today(now);
    Ok(Bill {
        archive: kept.archive,
        window,
        as_of: as_of.map(|(_, last)| last),
        is_tagged,
        forecast,
        asking: Asking {
            requests,
            in_a_day,
            usd: REQUEST_USD * Decimal::from(in_a_day),
        },
        anomalies: anomalies.unwrap_or_default(),
    })
}

/// The days of the month that cost far more than usual.
fn anomalies_of(kept: &Kept, since: Date, window: Window) -> (Vec<Anomaly>, Vec<Finding>) {
    let Ok(judged) = Window::new(since.max(window.start()), window.end()) else {
        let text = "the days of this month are kept as their sum, so that none can be judged";
        let finding = Finding::new(About::TooLittleHistory, "anomalies", text);
        return (Vec::new(), vec![finding]);
    };
    let all = Window::new(since, window.end()).unwrap_or(judged);
    anomalies(kept.archive.costs(all), since, judged)
}
