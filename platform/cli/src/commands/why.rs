use bella_aws::rollout::cause::Finding;
use bella_aws::rollout::report::{Report, State, report};
use bella_stack::SERVICE;
use clap::Args as ClapArgs;
use jiff::Timestamp;
use serde_json::json;

use super::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::id::short;
use crate::session::Session;
use crate::target::Target;
use crate::ui::Paint;

/// Say why the service does not serve, or did not: the cause, what it rests on, and what to type.
///
/// Looks at the service's newest deployment, its events, its stopped tasks and their last log lines, the
/// load balancer's checks and the stack's alarms. AWS forgets a stopped task after about an hour.
///
/// Example: bella why bella-dev --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(&args.stack)?).await?;
    let live = session.look().await?;
    let service = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == SERVICE);
    let Some(service) = service else {
        let error = format!("{} has no service to look at", session.stack);
        let make = format!("make it: {}", command(cx, "provision", &args.stack));
        return Err(CommandError::new(Exit::Failed, error).hint(make));
    };
    let cluster = service
        .props
        .as_ref()
        .and_then(|props| props["cluster"].as_str())
        .unwrap_or_default();
    let typed = command(cx, "why", &args.stack);
    let rest = typed.split_once(" why ").map_or("", |(_, rest)| rest);
    let seen = report(&session.aws, (cluster, &service.id), &session.stack, rest).await?;
    session.note_calls(cx);
    if cx.ui.json {
        cx.ui
            .document(&json!({"stack": session.stack, "report": seen}));
    } else {
        cx.ui.data(&text(cx, &seen));
    }
    Ok(Exit::Done)
}

fn text(cx: &Context, report: &Report) -> String {
    let (state, looked) = (state(cx, report), looked_at(report));
    let mut parts = match (&report.finding, report.state) {
        (Some(finding), State::Short | State::ServingBefore) => {
            vec![told(cx, finding), state, looked, acted(finding)]
        }
        (Some(finding), State::Serving | State::Asleep) => {
            let earlier = format!("failed since {}:", time(report.since));
            vec![state, looked, earlier, told(cx, finding), acted(finding)]
        }
        (None, _) => vec![state, looked],
    };
    let alarms = report.alarms.iter().map(|alarm| {
        let since = alarm.since.map_or_else(|| "-".to_owned(), time);
        format!("alarm {} rings since {since}: {}", alarm.name, alarm.reason)
    });
    parts.extend(alarms);
    parts.join("\n")
}

fn told(cx: &Context, finding: &Finding) -> String {
    let proof = if finding.proven { "" } else { "likely: " };
    let mut lines = vec![
        cx.ui
            .paint(Paint::Red, &format!("{proof}{}", finding.sentence)),
    ];
    let evidence = finding.evidence.iter();
    lines.extend(evidence.map(|line| format!("  {}  {}", time(line.at), line.text)));
    lines.join("\n")
}

fn acted(finding: &Finding) -> String {
    match &finding.fix.first {
        Some(first) => format!("fix: {first}; then: {}", finding.fix.command),
        None => format!("fix: {}", finding.fix.command),
    }
}

fn state(cx: &Context, report: &Report) -> String {
    let primary = report.view.primary();
    let (serving, wanted, revision) = primary.map_or((0, 0, ""), |it| {
        let serving = if report.view.balanced {
            it.healthy
        } else {
            it.running
        };
        (serving, it.desired, short(&it.task_definition))
    });
    let counts = format!("{serving} of {wanted} tasks healthy, revision {revision}");
    let ended = report
        .rollout
        .as_ref()
        .and_then(|rollout| rollout.reason.as_deref());
    let ended = ended
        .map(|reason| format!(" ({reason})"))
        .unwrap_or_default();
    match report.state {
        State::Serving => cx.ui.paint(Paint::Green, &format!("serving: {counts}")),
        State::ServingBefore => {
            format!("serving: {counts}, the version before: the newest rollout failed{ended}")
        }
        State::Asleep => format!("asleep: no task is wanted, revision {revision}"),
        State::Short => format!("not serving: {counts}{ended}"),
    }
}

fn looked_at(report: &Report) -> String {
    let evidence = &report.view.evidence;
    let stopped = evidence.tasks.iter().filter(|task| task.stopped.is_some());
    let lines: usize = evidence.tasks.iter().map(|task| task.log.len()).sum();
    format!(
        "looked at since {}: {} events, {} stopped tasks, {lines} log lines, {} targets, {} alarms ringing",
        time(report.since),
        evidence.events.len(),
        stopped.count(),
        evidence.targets.len(),
        report.alarms.len(),
    )
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
