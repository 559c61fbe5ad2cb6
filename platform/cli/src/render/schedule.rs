//! A stack's hours, as text and as JSON.

use std::collections::BTreeSet;

use bella_aws::nights::{Call, Rule, Seen, State};
use bella_deploy::nights::week;
use bella_engine::cost::{Part, Standing, cents, number};
use bella_stack::stack::AutoShutdown;
use bella_stack::{Calendar, Span};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::table::table;
use crate::ui::{Paint, Ui};

/// What is billed on is listed down to this many cents a month.
const WORTH_A_LINE: i64 = 50;

/// All that there is to show.
pub(crate) struct Shown<'a> {
    pub(crate) stack: &'a str,
    pub(crate) times: &'a AutoShutdown,
    pub(crate) calendar: &'a Calendar,
    pub(crate) now: Timestamp,
    /// What runs; `None` where the stack is not there.
    pub(crate) seen: Option<&'a Seen>,
    pub(crate) held: Option<Timestamp>,
    pub(crate) rules: &'a [Rule<'a>],
    /// Addresses of schedules that are not as in the file.
    pub(crate) differing: &'a [String],
    /// Addresses of what goes while it rests and is not there.
    pub(crate) deleted: &'a BTreeSet<String>,
    /// Whether no task is wanted.
    pub(crate) asleep: bool,
    /// `None` for a stack that lives some hours only.
    pub(crate) standing: Option<&'a Standing>,
    /// The estimate, US dollars a month.
    pub(crate) usd: rust_decimal::Decimal,
    /// The command that puts schedules right.
    pub(crate) provision: &'a str,
    /// The command that makes what was deleted.
    pub(crate) start: &'a str,
}

impl Shown<'_> {
    fn state(&self) -> Option<State> {
        self.seen.map(Seen::state)
    }

    fn is_on(&self) -> bool {
        self.calendar.is_on(self.now)
    }

    /// When it starts next, or stops: past a pause, where it is paused.
    fn next(&self) -> Option<(Timestamp, bool)> {
        if matches!(self.state()?, State::Off | State::Stopping) {
            return self.calendar.next(self.now, true).map(|at| (at, true));
        }
        let after = self.held.unwrap_or(self.now).max(self.now);
        let stop = match self.calendar.is_on(after) {
            true => self.calendar.next(after, false),
            false => self.repetition(after),
        };
        stop.map(|at| (at, false))
    }

    /// When the stop is said again in the off-hours: hourly, at its own minute.
    fn repetition(&self, after: Timestamp) -> Option<Timestamp> {
        let zone = self.calendar.zone();
        let minute = self.times.shutdown_time.minute().cast_signed();
        let next = (0..60)
            .filter_map(|later| after.checked_add(SignedDuration::from_mins(later)).ok())
            .find(|at| zone.to_datetime(*at).minute() == minute)?;
        match self.calendar.is_on(next) {
            true => self.calendar.next(next, false),
            false => Some(next),
        }
    }
}

/// A moment as somebody in the zone reads it.
pub(crate) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %-d %b %Y %H:%M")
        .to_string()
}

/// A call in words.
pub(crate) fn call(call: Call) -> String {
    match call {
        Call::Bounds(least) => format!("scaling keeps {least} tasks at the least"),
        Call::Tasks(tasks) => format!("the service wants {tasks} tasks"),
        Call::StopDatabase => "the database is told to stop".to_owned(),
        Call::StartDatabase => "the database is told to start".to_owned(),
    }
}

/// What a stack is doing, in words.
pub(crate) fn doing(state: State) -> &'static str {
    match state {
        State::On => "on",
        State::Off => "off",
        State::Starting => "starting",
        State::Stopping => "stopping",
        State::DatabaseOnly => "the database runs, no task is wanted",
        State::TasksOnly => "tasks are wanted, the database does not run",
    }
}

/// For people.
pub(crate) fn text(ui: &Ui, shown: &Shown<'_>) -> String {
    let zone = shown.calendar.zone();
    let mut text = format!(
        "{} {}\n\n",
        ui.paint(Paint::Bold, shown.stack),
        hours(shown.times)
    );
    text.push_str(&now(shown));
    text.push('\n');
    let rows: Vec<Vec<String>> = week(shown.calendar, shown.now)
        .iter()
        .map(|(date, spans)| {
            let runs: Vec<String> = spans.iter().map(|span| run(span, zone)).collect();
            let runs = if runs.is_empty() {
                "off".to_owned()
            } else {
                runs.join(", ")
            };
            vec![
                date.strftime("%a %-d %b").to_string(),
                runs,
                ((total(spans) * 100.0).round() / 100.0).to_string(),
            ]
        })
        .collect();
    text.push_str(&table(&["DAY", "ON", "HOURS"], &rows));
    if let Some(standing) = shown.standing {
        text.push_str(&money(shown, standing));
    }
    text.push_str(&schedules(shown));
    text
}

fn hours(times: &AutoShutdown) -> String {
    let days: Vec<String> = times.days.iter().map(|day| format!("{day:?}")).collect();
    format!(
        "runs {} to {} on {} ({})",
        times.startup_time,
        times.shutdown_time,
        days.join(", "),
        times.timezone
    ) + &match times.remove.is_empty() {
        true => String::new(),
        false => {
            let parts: Vec<&str> = times.remove.iter().map(|part| part.as_str()).collect();
            format!("; without {} while it rests", parts.join(", "))
        }
    }
}

/// Hours in all.
fn total(spans: &[Span]) -> f64 {
    let seconds: i64 = spans.iter().map(|span| span.length().as_secs()).sum();
    std::time::Duration::from_secs(seconds.unsigned_abs()).as_secs_f64() / 3600.0
}

fn run(span: &Span, zone: &TimeZone) -> String {
    let clock = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    let until = match clock(span.until).as_str() {
        "00:00" => "24:00".to_owned(),
        other => other.to_owned(),
    };
    format!("{}–{until}", clock(span.from))
}

fn now(shown: &Shown<'_>) -> String {
    let zone = shown.calendar.zone();
    let wanted = if shown.is_on() { "on" } else { "off" };
    let mut text = format!("Now, {}: ", moment(shown.now, zone));
    match (shown.state(), shown.seen) {
        (Some(state), Some(seen)) => {
            text.push_str(doing(state));
            let database = seen.database.as_deref();
            let database = database
                .map(|status| format!(", database {status}"))
                .unwrap_or_default();
            text.push_str(&format!(
                " ({} of {} tasks run{database}); by its hours {wanted}\n",
                seen.running_tasks, seen.wanted_tasks
            ));
        }
        _ => text.push_str(&format!("it is not provisioned; by its hours {wanted}\n")),
    }
    if let Some(until) = shown.held {
        text.push_str(&format!(
            "Paused: nothing stops it before {}\n",
            moment(until, zone)
        ));
    }
    if shown.seen.is_some() && !shown.deleted.is_empty() {
        let deleted: Vec<&str> = shown.deleted.iter().map(String::as_str).collect();
        let deleted = deleted.join(", ");
        text.push_str(&match shown.asleep {
            true => format!("Deleted while it rests: {deleted}\n"),
            false => format!(
                "Missing, as it was deleted and nobody made it anew: {deleted}\n  {}\n",
                shown.start
            ),
        });
    }
    if let Some((at, on)) = shown.next().filter(|_| shown.seen.is_some()) {
        let verb = if on { "starts" } else { "stops" };
        text.push_str(&format!("Next: {verb} {}\n", moment(at, zone)));
    }
    text
}

fn money(shown: &Shown<'_>, standing: &Standing) -> String {
    let billed_on = cents(standing.billed_on_usd());
    let mut text = format!(
        "\nSaved by resting: ${:.2} a month; it costs ${:.2}, and would cost ${:.2} without\n",
        cents(standing.saved_usd),
        shown.usd,
        cents(shown.usd + standing.saved_usd)
    );
    text.push_str(&format!(
        "Billed on while it rests, as AWS cannot stop it: ${billed_on:.2} a month\n"
    ));
    let worth = |part: &&Part| part.monthly_usd >= rust_decimal::Decimal::new(WORTH_A_LINE, 2);
    let shown: Vec<Vec<String>> = standing
        .billed_on
        .iter()
        .filter(worth)
        .map(|part| {
            vec![
                format!("  ${:.2}", cents(part.monthly_usd)),
                part.component.to_owned(),
                part.address.to_string(),
            ]
        })
        .collect();
    let rest: Vec<&Part> = standing
        .billed_on
        .iter()
        .filter(|part| !worth(part))
        .collect();
    let mut rows = shown;
    if !rest.is_empty() {
        let usd: rust_decimal::Decimal = rest.iter().map(|part| part.monthly_usd).sum();
        rows.push(vec![
            format!("  ${:.2}", cents(usd)),
            format!("{} smaller ones", rest.len()),
            String::new(),
        ]);
    }
    let lines = table(&["", "", ""], &rows);
    text.push_str(lines.trim_start_matches('\n'));
    text
}

fn schedules(shown: &Shown<'_>) -> String {
    if shown.seen.is_none() {
        return format!("\nIt has no schedules yet: {}\n", shown.provision);
    }
    let count = shown.rules.len();
    match shown.differing {
        [] => format!("\n{count} schedules in AWS, as the stack file says\n"),
        differing => format!(
            "\n{count} schedules in AWS; not as the stack file says: {}\n  {}\n",
            differing.join(", "),
            shown.provision
        ),
    }
}

/// For programs.
pub(crate) fn document(shown: &Shown<'_>) -> Value {
    let on: Vec<Span> = week(shown.calendar, shown.now)
        .into_values()
        .flatten()
        .collect();
    let standing = shown.standing;
    let usd = |usd: rust_decimal::Decimal| number(cents(usd));
    json!({
        "stack": shown.stack,
        "timezone": shown.times.timezone,
        "now": shown.now,
        "state": shown.state(),
        "running": shown.seen,
        "wanted": if shown.is_on() { "on" } else { "off" },
        "paused_until": shown.held,
        "deleted": shown.deleted,
        "deletes": shown.times.remove,
        "next": shown.next().map(|(at, on)| json!({"at": at, "action": if on { "start" } else { "stop" }})),
        "week": {"hours_on": total(&on), "on": on},
        "monthly_usd": usd(shown.usd),
        "saved_monthly_usd": standing.map(|it| usd(it.saved_usd)),
        "saved": standing.map(|it| &it.saved),
        "billed_on_monthly_usd": standing.map(|it| usd(it.billed_on_usd())),
        "billed_on": standing.map(|it| &it.billed_on),
        "schedules": {"count": shown.rules.len(), "differing": shown.differing},
    })
}
