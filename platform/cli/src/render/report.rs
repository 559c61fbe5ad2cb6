//! The end of a run: what is done, what failed, what was skipped, and what to type next.

use bella_engine::apply::Report;
use bella_engine::progress::{Outcome, StepError};
use serde_json::{Value, json};

use crate::error::{CommandError, Exit};

/// The error of a run that did not get through; `resume` is the command that goes on.
pub(crate) fn failure(report: &Report, resume: &str) -> CommandError {
    let (done, failed, skipped) = report.counts();
    let mut lines = vec![format!("{done} done, {failed} failed, {skipped} skipped")];
    let mut hints = Vec::new();
    for (address, verb, outcome) in &report.steps {
        match outcome {
            Outcome::Done(_) => {}
            Outcome::Failed(error) => {
                lines.push(format!("{address} ({}) failed: {error}", verb.word()));
                if let StepError::Cloud(error) = error {
                    hints.extend(error.hint.clone());
                }
            }
            Outcome::Skipped(why) => {
                lines.push(format!("{address} ({}) skipped: {why}", verb.word()))
            }
        }
    }
    hints.dedup();
    hints.push(format!("what is done stays done; go on with: {resume}"));
    let exit = if report.interrupted {
        Exit::Interrupted
    } else {
        Exit::Failed
    };
    CommandError { exit, lines, hints }
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
