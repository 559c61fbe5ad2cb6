//! The end of a run: what is done, what failed, what was skipped, and what to type next.

use bella_engine::apply::Report;
use bella_engine::ledger::LedgerError;
use bella_engine::progress::{Outcome, StepError};
use serde_json::{Value, json};

use crate::error::{CommandError, Exit};
use crate::ui::Ui;

/// The error of a run that did not get through; `resume` is the command that goes on.
pub(crate) fn failure(report: &Report, resume: &str) -> CommandError {
    let (done, failed, skipped) = report.counts();
    let mut lines = Vec::new();
    let mut hints = Vec::new();
    let mut left: Vec<(&str, Vec<String>)> = Vec::new();
    for (address, verb, outcome) in &report.steps {
        match outcome {
            Outcome::Done(_) => {}
            Outcome::Failed(error) => {
                lines.push(format!("{address} ({}) failed: {error}", verb.word()));
                if let StepError::Cloud(error) = error {
                    hints.extend(error.hint.clone().filter(|hint| !hints.contains(hint)));
                }
            }
            Outcome::Skipped(why) => match left.iter_mut().find(|(cause, _)| cause == why) {
                Some((_, addresses)) => addresses.push(address.to_string()),
                None => left.push((why, vec![address.to_string()])),
            },
        }
    }
    lines.extend(left.iter().map(|(why, addresses)| {
        format!("skipped, since {}: {}", cause(why), addresses.join(", "))
    }));
    lines.push(format!("{done} done, {failed} failed, {skipped} skipped"));
    hints.push(format!("what is done stays done; go on with: {resume}"));
    let lost = |(_, _, outcome): &(_, _, Outcome)| {
        *outcome == Outcome::Failed(StepError::Ledger(LedgerError::LeaseLost))
    };
    let denied = |(_, _, outcome): &(_, _, Outcome)| {
        matches!(outcome, Outcome::Failed(StepError::Denied { .. }))
    };
    let exit = match report.interrupted {
        true => Exit::Interrupted,
        false if report.steps.iter().any(lost) => Exit::Locked,
        false if report.steps.iter().any(denied) => Exit::Denied,
        false => Exit::Failed,
    };
    CommandError { exit, lines, hints }
}

fn cause(why: &str) -> String {
    match why {
        "interrupted" => "the run was interrupted".to_owned(),
        "interrupted under way" => "they were stopped under way".to_owned(),
        other => other.to_owned(),
    }
}

/// The end of a run that did not get through: the error, or the stream's last line.
///
/// # Errors
/// The failure itself, where it is for people.
pub(crate) fn unfinished(ui: &Ui, report: &Report, resume: &str) -> Result<Exit, CommandError> {
    let error = failure(report, resume);
    if !ui.json {
        return Err(error);
    }
    let mut line = summary(report, &[], None);
    line["errors"] = json!(error.lines);
    line["hints"] = json!(error.hints);
    ui.line(&line);
    Ok(error.exit)
}

/// The last line of a JSON stream.
pub(crate) fn summary(
    report: &Report,
    outputs: &[(String, String)],
    survivors: Option<Value>,
) -> Value {
    let (done, failed, skipped) = report.counts();
    let outputs: serde_json::Map<String, Value> = outputs
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    json!({
        "type": "summary",
        "done": done,
        "failed": failed,
        "skipped": skipped,
        "interrupted": report.interrupted,
        "outputs": outputs,
        "survivors": survivors,
    })
}
