use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration as Time;

use bella_aws::ephemeral;
use bella_aws::nights::{self, NotTurned, Place, Told, Wanted};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger as _};
use bella_stack::stack::Life;
use bella_stack::value::{Duration, StackName};
use bella_stack::{DATABASE, Request, SERVICE, TooMuch, allowed, ephemeral_name, tag_words};
use clap::Args as ClapArgs;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Ephemeral, again, list_in};
use crate::commands::{provision, quoted};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Money;
use crate::planning::WallClock;
use crate::render::ephemeral as render;
use crate::session::Session;
use crate::target::{StackFile, Target};

/// Longest that one whose time was over is waited for: RDS takes up to half an hour to open a database.
const WAKES_WITHIN: Time = Time::from_secs(45 * 60);

#[derive(ClapArgs)]
pub(super) struct Up {
    /// What to call it: a branch, a pull request.
    name: String,
    /// Stack file that it is made from.
    #[arg(long, value_name = "STACK")]
    from: String,
    /// How long it is there, from now on. Default: the file's `ttl`; never less than it has already.
    #[arg(long, value_name = "DURATION", value_parser = super::duration)]
    ttl: Option<Duration>,
    /// Make it a guest of this stack: a service, a database and a name of its own on that one's servers (the file's
    /// `ephemeral.isolation: shared`).
    #[arg(long, value_name = "STACK", value_parser = super::stack_name)]
    host: Option<StackName>,
    /// Deploy this image, as `bella deploy --image` does; also where a version runs already.
    #[arg(long, value_name = "REF")]
    image: Option<String>,
    /// Whose it is, where that is not whoever the credentials belong to.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Make it although it is estimated over its budget; the reason is recorded.
    #[arg(long, value_name = "REASON")]
    accept_over_budget: Option<String>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

pub(super) async fn run(cx: &Context, args: &Up) -> Result<Exit, CommandError> {
    let template = Path::new(&args.from);
    // What is wrong with the file is said of the file.
    StackFile::named(&args.from)?;
    let name = ephemeral_name(&args.name);
    let made = StackFile::made_from(template, &name, args.ttl, args.host.as_ref());
    let file = made?;
    let caps = file.loaded.stack.ephemeral.clone();
    let Some(ttl) = file.loaded.stack.ttl else {
        let error = CommandError::usage(format!("{} does not say how long it is there", args.from));
        return Err(error.hint("give it a `ttl`, or the command a --ttl, such as 8h"));
    };
    let hourly = hourly(&Money::of(&file)?);
    let mut session = Session::open(cx, Target::File(Box::new(file))).await?;
    let here = std::slice::from_ref(&session.region).to_vec();
    let there = list_in(&session.aws, &here).await?;
    let before = there
        .iter()
        .find(|one| one.listed.kept.stack == session.stack);
    refuse_others(args, &session, before).await?;
    let now = ephemeral::clock(&session.aws).await?;
    let by = match (before, &args.owner) {
        (Some(before), _) => before.listed.kept.by.clone(),
        (None, Some(owner)) => tag_words(owner),
        (None, None) => tag_words(&person(&session.caller.arn)),
    };
    let kept: Vec<_> = there.iter().map(|one| one.listed.kept.clone()).collect();
    let request = Request {
        stack: &session.stack,
        by: &by,
        ttl,
        created: before.map_or(now, |before| before.listed.kept.created),
        now,
        hourly_usd: hourly,
    };
    let expires = allowed(&caps, &request, &kept).map_err(|why| refusal(cx, &why, &there, &by))?;
    let expires = match (before, args.ttl) {
        (Some(before), None) => expires.max(before.listed.kept.expires),
        _ => expires,
    };
    let life = Life {
        name: args.name.clone(),
        by: by.clone(),
        created: request.created,
        expires,
        hourly_usd: hourly.to_f64().unwrap_or_default(),
    };
    let file = session.file.take().map(|file| file.living(life));
    session.file = file.transpose()?.map(Box::new);
    if let Some(before) = before {
        before.ends(&session.aws, expires).await?;
        if before.listed.kept.expires <= now {
            wake(cx, &session).await?;
        }
    }
    let asked = provision::Args::made_by(
        again_up(cx, args),
        &session.stack,
        args.yes,
        (args.image.clone(), args.accept_over_budget.clone()),
    );
    let made = provision::make(cx, &asked, &session, None, &BTreeSet::new()).await;
    // Whatever came of it: what is there has an end.
    let all = list_in(&session.aws, &here).await;
    let exit = made?;
    let mut all = all?.into_iter();
    if let Some(it) = all.find(|one| one.listed.kept.stack == session.stack) {
        it.ends(&session.aws, expires).await?;
    }
    if !cx.ui.json {
        cx.ui.note(&format!(
            "\n{} is there until {}, {} from now, and costs ${hourly:.4} an hour.",
            session.stack,
            render::moment(expires),
            render::span(expires.duration_since(now)),
        ));
        cx.ui
            .note(&format!("  {} --ttl 4h", again(cx, "extend", &args.name)));
    }
    Ok(exit)
}

/// The command that goes on, as it was typed.
fn again_up(cx: &Context, args: &Up) -> String {
    let mut text = again(cx, "up", &args.name);
    let mut say = |flag: &str, value: &str| text.push_str(&format!(" {flag} {}", quoted(value)));
    say("--from", &args.from);
    if let Some(ttl) = args.ttl {
        say("--ttl", &ttl.to_string());
    }
    if let Some(owner) = &args.owner {
        say("--owner", owner);
    }
    if let Some(host) = &args.host {
        say("--host", host.as_str());
    }
    text
}

/// US dollars an hour, over the time that it is there.
fn hourly(money: &Money) -> Decimal {
    let hours = money.scenario.life_hours.filter(|hours| !hours.is_zero());
    hours.map_or(Decimal::ZERO, |hours| {
        (money.outlook.expected.exact_usd() / hours).round_dp(4)
    })
}

/// The last part of an ARN: a user's name, or that of a role's session.
fn person(arn: &str) -> String {
    let last = arn.rsplit(['/', ':']).next();
    last.unwrap_or(arn).to_owned()
}

/// Refuses to make a stack that stays one that ends, or one that was asked for as something else.
async fn refuse_others(
    args: &Up,
    session: &Session,
    before: Option<&Ephemeral>,
) -> Result<(), CommandError> {
    let refused =
        |line: String| Err(CommandError::new(Exit::Denied, line).hint("choose another name"));
    match before {
        Some(before) if before.listed.name != tag_words(&args.name) => refused(format!(
            "{} is there already, asked for as `{}` by {}",
            session.stack, before.listed.name, before.listed.kept.by
        )),
        Some(_) => Ok(()),
        None if !ephemeral::of_stack(&session.aws, &session.stack)
            .await?
            .is_empty() =>
        {
            refused(format!(
                "{} is a stack that stays, in {} of {}",
                session.stack, session.region, session.caller.account
            ))
        }
        None => Ok(()),
    }
}

/// What is not given, with what its owner has.
pub(super) fn refusal(cx: &Context, why: &TooMuch, there: &[Ephemeral], by: &str) -> CommandError {
    let mut error = CommandError::new(Exit::Denied, why.to_string());
    if let TooMuch::Many { .. } | TooMuch::Dear { .. } = why {
        for one in there.iter().filter(|one| one.listed.kept.by == by) {
            error.lines.push(format!(
                "{} ({}), until {}, ${:.4} an hour",
                one.listed.kept.stack,
                one.listed.name,
                render::moment(one.listed.kept.expires),
                one.listed.kept.hourly_usd
            ));
        }
        let first = there.iter().find(|one| one.listed.kept.by == by);
        if let Some(first) = first {
            return error.hint(format!(
                "take one down first: {}",
                again(cx, "down", &first.listed.name)
            ));
        }
    }
    error.hint("the stack file says what may be had, under `ephemeral`")
}

/// Starts what was stopped when its time was over; beside the plan, for the reason that `nights` gives.
async fn wake(cx: &Context, session: &Session) -> Result<(), CommandError> {
    let address = |text| Address::parse(text).expect("the blueprint's own addresses can be read");
    let run = session.begin("ephemeral up").await?;
    let live = session.look().await?;
    let Some(place) = Place::of(&live, &address(SERVICE), &address(DATABASE)) else {
        return Ok(());
    };
    let tasks = match session.running(&live).await? {
        Some(_) => session.file()?.loaded.stack.service.scaling.min,
        None => 0,
    };
    let tell = |told: Told<'_>| match told {
        Told::Made(call) => cx.ui.note(&crate::render::schedule::call(call)),
        Told::Waits(waits) => cx.ui.note(&format!("waiting for {}", waits.join(" and "))),
    };
    let wanted = Wanted::On { tasks };
    let turned = nights::carry(
        &session.aws,
        &place,
        wanted,
        &WallClock,
        WAKES_WITHIN,
        &tell,
    )
    .await;
    let outcome = if turned.is_ok() { "done" } else { "failed" };
    run.append(Event::Ended {
        outcome: outcome.to_owned(),
        done: usize::from(turned.is_ok()),
        failed: usize::from(turned.is_err()),
        skipped: 0,
    })
    .await?;
    match turned {
        Ok(_) => Ok(()),
        Err(NotTurned::Cloud(error)) => Err(error.into()),
        Err(error) => Err(
            CommandError::new(Exit::Failed, format!("{}: {error}", session.stack))
                .hint("AWS goes on with it; the same command waits on"),
        ),
    }
}
