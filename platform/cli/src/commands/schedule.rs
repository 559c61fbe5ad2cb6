use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use bella_aws::ledger::Run;
use bella_aws::nights::{self, NotTurned, Place, Rule, Told, Wanted};
use bella_deploy::nights::{Hold, held, passed_start, redundant_stop, start_holds};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_stack::stack::AutoShutdown;
use bella_stack::{Calendar, DATABASE, SERVICE, until};
use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::command;
use super::deploy::duration;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::{Planned, WallClock};
use crate::render::progress::Listener;
use crate::render::{report, schedule as render};
use crate::session::Session;
use crate::target::Target;

/// Longest that a stop or a start is waited for: RDS takes up to half an hour to open a database.
const WITHIN: &str = "45m";

/// Show a stack's hours, stop or start it now, or hold its schedules back for a while.
///
/// The hours are `auto_shutdown` in the stack file; AWS keeps to them by itself. What is done here lasts
/// until they say otherwise.
///
/// Example: bella schedule show stacks/dev.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show the coming week, what resting saves and what is billed on, and what runs now.
    ///
    /// Example: bella schedule show stacks/dev.yaml --sandbox
    Show {
        /// Stack file.
        stack: String,
    },
    /// Stop the stack now, as its schedules do; ends a pause.
    ///
    /// It stays off until the next start by its hours.
    ///
    /// Example: bella schedule stop stacks/dev.yaml --sandbox
    Stop(Now),
    /// Start the stack now; in its off-hours it is left on until the next start by its hours.
    ///
    /// Example: bella schedule start stacks/dev.yaml --until 23:30 --sandbox
    Start {
        #[command(flatten)]
        now: Now,
        /// Nothing stops it before: how long, a time of day, a date, or both, in the stack's time zone.
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
    },
    /// Leave the stack on until a moment, whatever its hours say; it is not started by this.
    ///
    /// Example: bella schedule pause stacks/dev.yaml --until 2d --sandbox
    Pause {
        /// Stack file.
        stack: String,
        /// How long, a time of day, a date, or both, in the stack's time zone.
        #[arg(long, value_name = "WHEN")]
        until: String,
    },
    /// End a pause: the hours hold again. In the off-hours the stack stops within the hour.
    ///
    /// Example: bella schedule resume stacks/dev.yaml --sandbox
    Resume {
        /// Stack file.
        stack: String,
    },
}

#[derive(ClapArgs)]
struct Now {
    /// Stack file.
    stack: String,
    /// How long it may take, such as 30m.
    #[arg(long, value_name = "DURATION", default_value = WITHIN, value_parser = duration)]
    timeout: Duration,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::Show { stack } => show(cx, stack).await,
        Action::Stop(now) => turn(cx, now, Turn::Stop).await,
        Action::Start { now, until } => turn(cx, now, Turn::Start(until.as_deref())).await,
        Action::Pause { stack, until } => pause(cx, stack, until).await,
        Action::Resume { stack } => resume(cx, stack).await,
    }
}

/// A stack with hours, as it is now.
struct Hours {
    session: Session,
    times: AutoShutdown,
    calendar: Calendar,
    live: Live,
    /// By Scheduler's clock.
    now: Timestamp,
}

impl Hours {
    async fn of(session: Session) -> Result<Self, CommandError> {
        let file = session.file()?;
        let Some(times) = file.loaded.stack.auto_shutdown.clone() else {
            return Err(CommandError::usage(format!(
                "{} has no hours: it always runs",
                file.loaded.stack.stack
            ))
            .hint(format!(
                "give it some as `auto_shutdown` in {}",
                file.path.display()
            )));
        };
        let live = session.look().await?;
        Ok(Self {
            now: nights::now(&session.aws, &live).await?,
            calendar: Calendar::new(&times),
            session,
            times,
            live,
        })
    }

    fn place(&self) -> Option<Place> {
        let address =
            |text| Address::parse(text).expect("the blueprint's own addresses can be read");
        Place::of(&self.live, &address(SERVICE), &address(DATABASE))
    }

    fn rules(&self) -> Vec<Rule<'_>> {
        nights::rules(&self.live)
    }

    fn until(&self, text: &str) -> Result<Timestamp, CommandError> {
        until(text, self.now, self.calendar.zone())
            .map_err(|why| CommandError::usage(format!("--until {why}")))
    }

    fn at(&self, moment: Timestamp) -> String {
        render::moment(moment, self.calendar.zone())
    }

    /// Refuses a stack that is not there, or was made without these hours.
    fn provisioned(&self, cx: &Context, stack: &str) -> Result<Place, CommandError> {
        match self.place() {
            Some(place) if !self.rules().is_empty() => Ok(place),
            _ => Err(CommandError::new(
                Exit::Failed,
                format!("{} has no schedules in AWS", self.session.stack),
            )
            .hint(format!("make them: {}", command(cx, "provision", stack)))),
        }
    }

    /// Holds schedules back, by a plan that changes their start dates and nothing else.
    async fn hold(
        &self,
        cx: &Context,
        run: &Run,
        hold: Hold,
        again: &str,
    ) -> Result<Option<Exit>, CommandError> {
        let addresses = self.session.addresses(&self.live).await?;
        let plan = nights::hold(&held(&self.rules(), hold, self.now), &addresses);
        if plan.is_empty() {
            return Ok(None);
        }
        let planned = Planned {
            plan,
            graph: self.session.desired(&self.live).await?,
            live: self.live.clone(),
            applied: self.session.store.applied(&self.session.place).await?,
            image: None,
            gate: None,
        };
        let usual = self.session.usual(&planned);
        let listener = Listener::new(&cx.ui, planned.plan.steps.len(), usual);
        let report = self.session.carry_out(run, &planned, &listener).await?;
        listener.finish();
        if report.is_complete() {
            return Ok(None);
        }
        report::unfinished(&cx.ui, &report, again).map(Some)
    }
}

async fn open(cx: &Context, stack: &str) -> Result<Hours, CommandError> {
    Hours::of(Session::open(cx, Target::file(stack)?).await?).await
}

async fn show(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
    let hours = open(cx, stack).await?;
    let seen = match hours.place() {
        Some(place) => Some(nights::see(&hours.session.aws, &place).await?),
        None => None,
    };
    let rules = hours.rules();
    let planned = hours.session.plan(&BTreeSet::new()).await?;
    let changes = planned.plan.changes.iter();
    let differing: Vec<String> = changes
        .filter(|change| change.kind == "schedule" || change.kind == "schedule_group")
        .map(|change| change.address.to_string())
        .collect();
    let file = hours.session.file()?;
    let money = crate::money::Money::of(file)?;
    let standing = money.standing(file)?;
    let shown = render::Shown {
        stack: &hours.session.stack,
        times: &hours.times,
        calendar: &hours.calendar,
        now: hours.now,
        seen: seen.as_ref(),
        held: nights::held_until(&rules, hours.now),
        rules: &rules,
        differing: &differing,
        standing: standing.as_ref(),
        usd: money.usd(),
        provision: &command(cx, "provision", stack),
    };
    match cx.ui.json {
        true => cx.ui.document(&render::document(&shown)),
        false => cx.ui.data(&render::text(&cx.ui, &shown)),
    }
    hours.session.note_calls(cx);
    Ok(Exit::Done)
}

#[derive(Clone, Copy)]
enum Turn<'a> {
    Stop,
    Start(Option<&'a str>),
}

/// Stops or starts a stack by the calls that its schedules make.
///
/// No plan: how many tasks are wanted and whether the database runs are what schedules and scaling change, so that no plan compares
/// them. What holds the schedules back meanwhile is one.
async fn turn(cx: &Context, args: &Now, turn: Turn<'_>) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let verb = match turn {
        Turn::Stop => "schedule stop",
        Turn::Start(_) => "schedule start",
    };
    let run = session.begin(verb).await?;
    let hours = Hours::of(session).await?;
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
    let made = carry(cx, &hours, &place, wanted, args.timeout).await;
    ended(&run, verb, &made).await?;
    let made = made?;
    conclude(cx, &hours, wanted, made, holds);
    Ok(Exit::Done)
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
async fn ended(
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

fn conclude(cx: &Context, hours: &Hours, wanted: Wanted, made: usize, holds: Option<Timestamp>) {
    let (state, next) = match wanted {
        Wanted::Off => ("off", hours.calendar.next(hours.now, true)),
        Wanted::On { .. } => (
            "on",
            holds.or_else(|| hours.calendar.next(hours.now, false)),
        ),
    };
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "state": state, "calls": made,
            "paused_until": holds, "until": next,
        }));
        return;
    }
    let already = if made == 0 { "already " } else { "" };
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

async fn pause(cx: &Context, stack: &str, text: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(stack)?).await?;
    let run = session.begin("schedule pause").await?;
    let hours = Hours::of(session).await?;
    let until = hours.until(text)?;
    let place = hours.provisioned(cx, stack)?;
    let seen = nights::see(&hours.session.aws, &place).await?;
    if let Some(start) = passed_start(&hours.calendar, hours.now, until, seen.is_up()) {
        return Err(CommandError::usage(format!(
            "{} is off, and by its hours it starts {}: a pause leaves on what is on",
            hours.session.stack,
            hours.at(start)
        ))
        .hint(format!(
            "start it and leave it on: {} --until {until}",
            command(cx, "schedule start", stack)
        )));
    }
    let again = format!("{} --until {until}", command(cx, "schedule pause", stack));
    if let Some(exit) = hours.hold(cx, &run, Hold::Until(until), &again).await? {
        return Ok(exit);
    }
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "paused_until": until,
        }));
        return Ok(Exit::Done);
    }
    cx.ui.data(&format!(
        "Nothing stops {} before {}; then its hours hold again.",
        hours.session.stack,
        hours.at(until)
    ));
    Ok(Exit::Done)
}

async fn resume(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(stack)?).await?;
    let run = session.begin("schedule resume").await?;
    let hours = Hours::of(session).await?;
    hours.provisioned(cx, stack)?;
    let was = nights::held_until(&hours.rules(), hours.now);
    let again = command(cx, "schedule resume", stack);
    if let Some(exit) = hours.hold(cx, &run, Hold::Resume, &again).await? {
        return Ok(exit);
    }
    ended(&run, "schedule resume", &Ok(0)).await?;
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "paused_until": null, "was_paused_until": was,
        }));
        return Ok(Exit::Done);
    }
    cx.ui.data(&match was {
        Some(_) => format!("The hours of {} hold again.", hours.session.stack),
        None => format!("{} was not paused.", hours.session.stack),
    });
    if was.is_some() && !hours.calendar.is_on(hours.now) {
        cx.ui.note(
            "These are its off-hours: it stops within the hour, or now with `bella schedule stop`.",
        );
    }
    Ok(Exit::Done)
}
