use std::time::Duration;

use bella_aws::alarms;
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_watch::alarm::{Alarm, State};
use bella_watch::path::{Gap, Subscriber, failed, gaps, unfit};
use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::table::table;
use crate::session::Session;
use crate::target::Target;
use crate::ui::Paint;

/// Show a stack's alarms, and prove that they reach a person.
///
/// Limits on money are budgets: AWS e-mails their notices itself, and they are not among these.
///
/// Example: bella alarms list bella-dev --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List each alarm: its state, since when, its runbook; and which hear nothing, and why.
    ///
    /// Example: bella alarms list bella-dev --sandbox
    List {
        /// Stack file or stack name.
        stack: String,
    },
    /// Make alarms ring, see whether what they tell takes it, and set them to OK again.
    ///
    /// Whoever is subscribed gets two messages for each alarm: that it rings, and that all is well. A subscription that
    /// nobody confirmed, a topic that refuses, an alarm that tells nobody: each is named with what mends it, and the exit
    /// code is 1. What a mailbox does with a message AWS does not say. An alarm that rings already is left alone.
    ///
    /// Example: bella alarms test bella-prod high_error_rate
    Test {
        /// Stack file or stack name.
        stack: String,
        /// Only this one; default: all.
        name: Option<String>,
    },
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::List { stack } => list(cx, stack).await,
        Action::Test { stack, name } => test(cx, stack, name.as_deref()).await,
    }
}

async fn list(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(stack)?).await?;
    let found = alarms::list(&session.aws, &session.stack).await?;
    session.note_calls(cx);
    let now = Timestamp::now();
    if cx.ui.json {
        let documents = found.iter().map(|alarm| Listed {
            alarm,
            remark: alarm.remark(now),
        });
        cx.ui.document(&json!({
            "stack": session.stack,
            "region": session.region,
            "alarms": documents.collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        cx.ui.note(&format!("{} has no alarms", session.stack));
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    cx.ui
        .data(&table(&["ALARM", "STATE", "SINCE", "RUNBOOK"], &rows));
    for alarm in &found {
        if alarm.state == State::Alarm {
            let line = format!("{} rings: {}", alarm.label, alarm.reason);
            cx.ui.data(&cx.ui.paint(Paint::Red, &line));
        }
        if let Some(remark) = alarm.remark(now) {
            let paint = if remark.mute {
                Paint::Yellow
            } else {
                Paint::Dim
            };
            let line = format!("{}: {}", alarm.label, remark.why);
            cx.ui.data(&cx.ui.paint(paint, &line));
        }
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    alarm: &'a Alarm,
    remark: Option<bella_watch::alarm::Remark>,
}

fn row(alarm: &Alarm) -> Vec<String> {
    let since = alarm
        .since
        .map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string());
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        alarm.label.clone(),
        alarm.state.word().to_owned(),
        or_none(since),
        or_none(alarm.runbook.clone()),
    ]
}

/// What the test of an alarm came to.
#[derive(Serialize)]
struct Tested {
    alarm: String,
    /// Whether it was made to ring.
    rang: bool,
    /// Why it was not, where that is no fault.
    left_alone: Option<&'static str>,
    /// Who was told.
    told: Vec<Subscriber>,
    gaps: Vec<Gap>,
}

async fn test(cx: &Context, stack: &str, name: Option<&str>) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(stack)?).await?;
    let mut found = alarms::list(&session.aws, &session.stack).await?;
    found.retain(|alarm| name.is_none_or(|name| is_named(alarm, name)));
    if found.is_empty() {
        let what = name.map_or("no alarms".to_owned(), |name| format!("no alarm `{name}`"));
        let list = command(cx, "alarms list", stack);
        return Err(
            CommandError::new(Exit::Failed, format!("{} has {what}", session.stack))
                .hint(format!("all there are: {list}")),
        );
    }
    let mend = command(cx, "provision", stack);
    let run = session.begin("alarms test").await?;
    let mut results = Vec::new();
    let mut ended = Ok(());
    for alarm in &found {
        match prove(&session, alarm, &mend).await {
            Ok(tested) => {
                if tested.rang {
                    run.append(noted(alarm)?).await?;
                }
                if !cx.ui.json {
                    say(cx, &tested);
                }
                results.push(tested);
            }
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
    }
    let broken = results.iter().filter(|one| !one.gaps.is_empty()).count();
    let is_well = ended.is_ok() && broken == 0;
    run.append(Event::Ended {
        outcome: if is_well { "done" } else { "failed" }.to_owned(),
        done: results.len() - broken,
        failed: broken,
        skipped: found.len() - results.len(),
    })
    .await?;
    ended?;
    if cx.ui.json {
        cx.ui
            .document(&json!({"stack": session.stack, "tests": results}));
    }
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

/// An alarm by its name in the stack file, in the stack or in CloudWatch.
fn is_named(alarm: &Alarm, name: &str) -> bool {
    alarm.name == name || alarm.label == name || alarm.label == name.replace('-', "_")
}

fn noted(alarm: &Alarm) -> Result<Event, CommandError> {
    let address = Address::parse(&format!("metric_alarm.{}", alarm.label));
    Ok(Event::Noted {
        address: address.map_err(|err| CommandError::new(Exit::Failed, err.to_string()))?,
        action: "alarms test".to_owned(),
        id: alarm.name.clone(),
    })
}

/// CloudWatch tells what it did within some seconds.
const PATIENCE: Duration = Duration::from_secs(20);

async fn prove(session: &Session, alarm: &Alarm, mend: &str) -> Result<Tested, CommandError> {
    let mut tested = Tested {
        alarm: alarm.label.clone(),
        rang: false,
        left_alone: unfit(alarm),
        told: Vec::new(),
        gaps: Vec::new(),
    };
    if tested.left_alone.is_some() {
        return Ok(tested);
    }
    let all = alarms::subscribers(&session.aws, &alarm.tells).await?;
    tested.gaps = gaps(alarm, &all, mend);
    tested.told = all.into_iter().filter(|one| one.confirmed).collect();
    if !alarm.actions_enabled || alarm.tells.is_empty() {
        return Ok(tested);
    }
    let rang = alarms::ring(&session.aws, &alarm.name, &alarm.tells, PATIENCE).await;
    // Whatever came of it, nobody is to think for longer than needed that it rings.
    alarms::calm(&session.aws, &alarm.name).await?;
    tested.rang = true;
    let refused = rang?;
    let refused = refused.iter();
    tested
        .gaps
        .extend(refused.filter_map(|(topic, took)| failed(topic, took)));
    Ok(tested)
}

fn say(cx: &Context, tested: &Tested) {
    let Tested { alarm, .. } = tested;
    if let Some(why) = tested.left_alone {
        cx.ui.data(&format!("{alarm}: not tested: {why}"));
        return;
    }
    let told: Vec<&str> = tested
        .told
        .iter()
        .map(|one| one.endpoint.as_str())
        .collect();
    let line = match (tested.rang, told.is_empty()) {
        (true, false) => format!("{alarm}: rang, and told {}", told.join(", ")),
        (true, true) => format!("{alarm}: rang, and told nobody"),
        (false, _) => format!("{alarm}: was not made to ring"),
    };
    let paint = match tested.gaps.is_empty() {
        true => Paint::Green,
        false => Paint::Red,
    };
    cx.ui.data(&cx.ui.paint(paint, &line));
    for gap in &tested.gaps {
        cx.ui.data(&format!("  {}\n  fix: {}", gap.what, gap.fix));
    }
}
