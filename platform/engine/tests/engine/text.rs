//! A plan in a few words, for comparing and for failures.

use bella_engine::apply::Report;
use bella_engine::plan::{Action, Change, Origin, Plan, Refusal, Step, Work};
use bella_engine::progress::Outcome;

/// Changes, then steps with what they wait for, one a line.
pub(crate) fn text(plan: &Plan) -> String {
    let changes = plan.changes.iter().map(change);
    let steps = plan
        .steps
        .iter()
        .enumerate()
        .map(|(position, step)| line(position, step));
    changes.chain(steps).collect::<Vec<_>>().join("\n")
}

/// Refusals with their hints, one a line.
pub(crate) fn refusals(refusals: &[Refusal]) -> String {
    let lines = refusals
        .iter()
        .map(|refusal| format!("{refusal}; {}", refusal.hint()));
    lines.collect::<Vec<_>>().join("\n")
}

/// How each step ended, one a line.
pub(crate) fn ends(report: &Report) -> String {
    let lines = report.steps.iter().map(|(address, verb, outcome)| {
        let outcome = match outcome {
            Outcome::Done(_) => "done".to_owned(),
            Outcome::Failed(error) => format!("failed: {error}"),
            Outcome::Skipped(why) => format!("skipped: {why}"),
        };
        format!("{} {address} {outcome}", verb.word())
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn change(change: &Change) -> String {
    let action = match change.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Move => "move",
        Action::Adopt => "adopt",
    };
    let mut line = format!("{action} {} ({})", change.address, origin(change.origin));
    if let Some(reason) = &change.reason {
        line += &format!(": {reason}");
    }
    if !change.live.is_null() {
        line += &format!("\n    is {}", change.live);
    }
    for field in &change.fields {
        let forces = if field.change.forces_replacement {
            "!"
        } else {
            ""
        };
        line += &format!(
            "\n    {}{forces} {} -> {} ({})",
            field.change.path,
            field.change.from,
            field.change.to,
            origin(field.origin)
        );
    }
    line
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Stack => "stack",
        Origin::Drift => "drift",
        Origin::Unknown => "unknown",
    }
}

fn line(position: usize, step: &Step) -> String {
    let (verb, id) = match &step.work {
        Work::Create { .. } => ("create", String::new()),
        Work::Update { id, .. } => ("update", format!(" {id}")),
        Work::Await { id } => ("await", format!(" {id}")),
        Work::Delete { id, .. } => ("delete", format!(" {id}")),
    };
    let after: Vec<String> = step.after.iter().map(ToString::to_string).collect();
    let after = if after.is_empty() {
        String::new()
    } else {
        format!(" after {}", after.join(" "))
    };
    format!("#{position} {verb} {}{id}{after}", step.address)
}
