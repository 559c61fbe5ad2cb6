//! What policies say, for people.

use bella_policy::{State, Verdict};

use crate::ui::{Paint, Ui};

/// A paragraph of verdicts, one a line; nothing where there is none.
pub(crate) fn paragraph(ui: &Ui, verdicts: &[Verdict]) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let widest = verdicts.iter().map(|one| one.policy.len()).max();
    let lines: String = verdicts
        .iter()
        .map(|one| {
            let word = ui.paint(paint(one.state), &format!("{:<8}", one.state.word()));
            let policy = format!("{:<width$}", one.policy, width = widest.unwrap_or(0));
            format!("  {word}  {policy}  {} {}\n", one.address, one.explained())
        })
        .collect();
    format!("Policies:\n{lines}")
}

/// The same as a table of a comment.
pub(super) fn table(verdicts: &[Verdict]) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let rows: String = verdicts
        .iter()
        .map(|one| {
            let text = one.explained().replace('|', "\\|").replace('\n', " ");
            let word = match one.denies() {
                true => format!("**{}**", one.state.word()),
                false => one.state.word().to_owned(),
            };
            format!(
                "| {word} | `{}` | `{}` | {text} |\n",
                one.policy, one.address
            )
        })
        .collect();
    format!("\n| Policy says | Policy | Of | Why |\n|---|---|---|---|\n{rows}")
}

fn paint(state: State) -> Paint {
    match state {
        State::Denied => Paint::Red,
        State::Excepted | State::Warned => Paint::Yellow,
        State::Unknown => Paint::Dim,
    }
}
