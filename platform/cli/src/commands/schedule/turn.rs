//! Stopping and starting a stack now.

use std::cell::RefCell;
use std::time::Duration;

use bella_aws::ledger::Run;
use bella_aws::nights::{self, NotTurned, Place, Told, Wanted};
use bella_deploy::nights::{Due, Hold, due, redundant_stop, start_holds};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_stack::SERVICE;
use jiff::Timestamp;
use serde_json::json;

use super::{Hours, Now, parts};
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::WallClock;
use crate::render::schedule as render;
use crate::session::Session;
use crate::target::Target;

#[derive(Clone, Copy)]
pub(super) enum Turn<'a> {
    Stop,
    Start(Option<&'a str>),
}

/// Stops or starts a stack by the calls that its schedules make, and removes or makes anew what it does without while it rests.
///
/// The calls are no plan: how many tasks are wanted and whether the database runs are what schedules and scaling change, so that no plan compares
/// them. What holds the schedules back meanwhile is one, and so is what is removed or made.
pub(super) async fn turn(cx: &Context, args: &Now, turn: Turn<'_>) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let verb = match turn {
        Turn::Stop => "schedule stop",
        Turn::Start(_) => "schedule start",
    };
    let run = session.begin(verb).await?;
    let hours = Hours::of(session).await?;
    if args.by_hours {
        return by_hours(cx, args, (&hours, &run), turn, verb).await;
    }
    let place = hours.provisioned(cx, &args.stack)?;
    let rules = hours.rules();
    let tasks = rules.iter().filter_map(|rule| match rule.does {
        nights::Does::StartsTasks(tasks) => Some(tasks),
        _ => None,
    });
    let tasks = tasks.max().unwrap_or(0);
    let (wanted, hold, holds) = match turn {
        Turn::Stop => {
            let stop = redundant_stop(&hours.calendar, hours.now);
            (Wanted::Off, Some(Hold::Stopped(stop)), None)
        }
        Turn::Start(asked) => {
            let asked = asked.map(|text| hours.until(text)).transpose()?;
            let holds = start_holds(&hours.calendar, hours.now, asked);
            (Wanted::On { tasks }, holds.map(Hold::Until), holds)
        }
    };
    if let Some(hold) = hold
        && let Some(exit) = hours
            .hold(cx, &run, hold, &command(cx, verb, &args.stack))
            .await?
    {
        return Ok(exit);
    }
    let again = command(cx, verb, &args.stack);
    let mut parts = 0;
    if matches!(turn, Turn::Start(_)) {
        match parts::bring_back(cx, &hours.session, &run, &args.stack, &again).await? {
            Ok(done) => parts = done,
            Err(exit) => return Ok(exit),
        }
    }
    let made = carry(cx, &hours, &place, wanted, args.timeout).await;
    ended(&run, verb, &made).await?;
    let made = made?;
    if matches!(turn, Turn::Stop) {
        match parts::remove(cx, &hours.session, &run, &again).await? {
            Ok(done) => parts = done,
            Err(exit) => return Ok(exit),
        }
    }
    conclude(cx, &hours, wanted, (made, parts), holds);
    Ok(Exit::Done)
}

/// Does what the hours want, where they want it now: for a job that runs again and again, in a zone of its own and late.
///
/// Tasks and database are left to the schedules in AWS, but for a stack that something woke at night; this is about what they cannot do.
async fn by_hours(
    cx: &Context,
    args: &Now,
    (hours, run): (&Hours, &Run),
    turn: Turn<'_>,
    verb: &str,
) -> Result<Exit, CommandError> {
    let place = hours.provisioned(cx, &args.stack)?;
    let held = nights::held_until(&hours.rules(), hours.now);
    let due = due(&hours.calendar, hours.now, held);
    let again = format!("{} --by-hours", command(cx, verb, &args.stack));
    let done = match (turn, due) {
        (Turn::Stop, Due::Gone) => {
            let made = carry(cx, hours, &place, Wanted::Off, args.timeout).await;
            ended(run, verb, &made).await?;
            made?;
            parts::remove(cx, &hours.session, run, &again).await?
        }
        (Turn::Start(_), Due::There) if !stopped_by_hand(hours, &place).await? => {
            parts::bring_back(cx, &hours.session, run, &args.stack, &again).await?
        }
        _ => Ok(0),
    };
    let done = match done {
        Ok(done) => done,
        Err(exit) => return Ok(exit),
    };
    if done == 0 {
        ended(run, verb, &Ok(0)).await?;
    }
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "due": matches!(due, Due::There), "parts": done,
        }));
        return Ok(Exit::Done);
    }
    let stack = &hours.session.stack;
    cx.ui.data(&match (turn, done) {
        (_, 0) => format!("{stack} is as its hours want it: nothing to do."),
        (Turn::Stop, done) => format!("{stack} rests: {done} steps done."),
        (Turn::Start(_), done) => format!("{stack} can start: {done} steps done."),
    });
    Ok(Exit::Done)
}

/// Whether its hours have begun and it does not run all the same: somebody stopped it until the next start.
async fn stopped_by_hand(hours: &Hours, place: &Place) -> Result<bool, CommandError> {
    let seen = nights::see(&hours.session.aws, place).await?;
    Ok(hours.calendar.is_on(hours.now) && seen.wanted_tasks == 0)
}

async fn carry(
    cx: &Context,
    hours: &Hours,
    place: &Place,
    wanted: Wanted,
    within: Duration,
) -> Result<usize, CommandError> {
    let said = RefCell::new(String::new());
    let tell = |told: Told<'_>| {
        let line = match told {
            Told::Made(call) => render::call(call),
            Told::Waits(waits) => format!("waiting for {}", waits.join(" and ")),
        };
        if *said.borrow() != line {
            cx.ui.note(&line);
            said.replace(line);
        }
    };
    let carried = nights::carry(&hours.session.aws, place, wanted, &WallClock, within, &tell).await;
    match carried {
        Ok((_, made)) => Ok(made.len()),
        Err(NotTurned::Cloud(error)) => Err(error.into()),
        Err(error) => Err(CommandError::new(
            Exit::Failed,
            format!("{}: {error}", hours.session.stack),
        )
        .hint("AWS goes on with it; the same command waits on, and `bella why` says what keeps tasks from running")),
    }
}

/// Records how it ended, and what was done beside the plan.
pub(super) async fn ended(
    run: &Run,
    verb: &str,
    made: &Result<usize, CommandError>,
) -> Result<(), CommandError> {
    let address = Address::parse(SERVICE).expect("the blueprint's own addresses can be read");
    if made.as_ref().is_ok_and(|made| *made > 0) {
        run.append(Event::Noted {
            address,
            action: verb.to_owned(),
            id: String::new(),
        })
        .await?;
    }
    let outcome = if made.is_ok() { "done" } else { "failed" };
    Ok(run
        .append(Event::Ended {
            outcome: outcome.to_owned(),
            done: *made.as_ref().unwrap_or(&0),
            failed: usize::from(made.is_err()),
            skipped: 0,
        })
        .await?)
}

fn conclude(
    cx: &Context,
    hours: &Hours,
    wanted: Wanted,
    (made, parts): (usize, usize),
    holds: Option<Timestamp>,
) {
    let (state, next) = match wanted {
        Wanted::Off => ("off", hours.calendar.next(hours.now, true)),
        Wanted::On { .. } => (
            "on",
            holds.or_else(|| hours.calendar.next(hours.now, false)),
        ),
    };
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "state": state, "calls": made, "parts": parts,
            "paused_until": holds, "until": next,
        }));
        return;
    }
    let already = if made + parts == 0 { "already " } else { "" };
    cx.ui
        .data(&format!("{} is {already}{state}.", hours.session.stack));
    if wanted == (Wanted::On { tasks: 0 }) {
        cx.ui
            .note("No image was deployed yet: its database runs, and no task.");
    }
    if let Some(next) = next {
        let until = hours.at(next);
        cx.ui.note(&match (wanted, holds) {
            (Wanted::Off, _) => format!("It starts {until}, by its hours."),
            (_, Some(_)) => format!("Nothing stops it before {until}."),
            (_, None) => format!("It stops {until}, by its hours."),
        });
    }
}
