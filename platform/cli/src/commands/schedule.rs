mod parts;
mod pause;
mod turn;

use std::collections::BTreeSet;
use std::time::Duration;

use bella_aws::ledger::Run;
use bella_aws::nights::{self, Place, Rule};
use bella_deploy::nights::{Hold, held};
use bella_engine::address::Address;
use bella_engine::live::Live;
use bella_stack::stack::AutoShutdown;
use bella_stack::{Calendar, DATABASE, SERVICE, asleep, until};
use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;

use self::pause::{pause, resume};
use self::turn::{Turn, turn};
use super::command;
use super::deploy::duration;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
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
    /// It stays off until the next start by its hours. Then what `auto_shutdown.remove` names is deleted.
    ///
    /// Example: bella schedule stop stacks/dev.yaml --sandbox
    Stop(Now),
    /// Start the stack now; in its off-hours it is left on until the next start by its hours.
    ///
    /// What was deleted when it stopped is made first.
    ///
    /// Example: bella schedule start stacks/dev.yaml --until 23:30 --sandbox
    Start {
        #[command(flatten)]
        now: Now,
        /// Nothing stops it before: how long, a time of day, a date, or both, in the stack's time zone.
        #[arg(long, value_name = "WHEN", conflicts_with = "by_hours")]
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
    /// Only where the stack's hours want it now, and nobody holds them back: for a job that runs twice an hour. What is removed
    /// at night is made an hour before the start; the rest is left to AWS.
    #[arg(long)]
    by_hours: bool,
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
    let deleted = hours
        .session
        .deleted(&planned.live, planned.applied.as_ref())?;
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
        deleted: &deleted,
        asleep: asleep(&planned.live),
        standing: standing.as_ref(),
        usd: money.usd(),
        provision: &command(cx, "provision", stack),
        start: &command(cx, "schedule start", stack),
    };
    match cx.ui.json {
        true => cx.ui.document(&render::document(&shown)),
        false => cx.ui.data(&render::text(&cx.ui, &shown)),
    }
    hours.session.note_calls(cx);
    Ok(Exit::Done)
}
