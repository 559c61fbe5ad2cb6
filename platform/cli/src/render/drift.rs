//! Drift as text: what became of the cloud since the last run, read from old to new.
//!
//! A plan says how the cloud would be put back; drift is the same lines read the other way.

use bella_engine::plan::{Action, Change, Plan};

use super::id::short;
use super::plan::{difference_of, properties};
use super::value::leaves;
use crate::ui::{Paint, Ui};

/// Every object that was changed, with the command that puts it back.
pub(crate) fn text(ui: &Ui, plan: &Plan, repair: &str) -> String {
    let mut out: String = plan
        .changes
        .iter()
        .map(|change| object(ui, change))
        .collect();
    let removed = plan.count(Action::Create);
    let added = plan.count(Action::Delete);
    let changed = plan.changes.len() - removed - added;
    let counts =
        format!("Drift: {changed} changed, {removed} removed, {added} added outside bella.");
    out.push_str(&format!(
        "\n{} To put it back: {repair}",
        ui.paint(Paint::Bold, &counts)
    ));
    out
}

fn object(ui: &Ui, change: &Change) -> String {
    let (symbol, paint, what) = match change.action {
        Action::Create => ("-", Paint::Red, "it is gone"),
        Action::Delete => ("+", Paint::Green, "nothing declares it"),
        _ => ("~", Paint::Yellow, ""),
    };
    let id = change
        .id
        .as_deref()
        .map(|id| format!(" ({})", short(id)))
        .unwrap_or_default();
    let address = ui.paint(Paint::Bold, &change.address.to_string());
    let mut text = format!("{} {address}{id}", ui.paint(paint, &format!("{symbol:>3}")));
    if !what.is_empty() {
        text.push_str(&ui.paint(Paint::Dim, &format!("  # {what}")));
    }
    text.push('\n');
    text.push_str(&properties(&change.live));
    for field in &change.fields {
        for leaf in leaves(&field.change.path, &field.change.to, &field.change.from) {
            text.push_str(&difference_of(ui, &leaf, ""));
        }
    }
    text
}
