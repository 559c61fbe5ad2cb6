//! The plan as text, in Terraform's symbols, and as JSON.

use bella_engine::plan::{Action, Change, Origin, Plan, PlannedField};
use bella_engine::reference::is_unresolved;
use serde_json::{Value, json};

use crate::session::{Planned, Session, summary};
use crate::ui::{Paint, Ui};

/// Longest value shown in one line.
const WIDEST: usize = 100;

/// The whole plan as text.
pub(crate) fn text(ui: &Ui, plan: &Plan, budget: Option<f64>) -> String {
    let mut out = String::new();
    for change in &plan.changes {
        out.push_str(&line(ui, change));
        out.push_str(&body(ui, change));
    }
    if !plan.is_empty() {
        out.push('\n');
    }
    out.push_str(&last_line(ui, plan, budget));
    out
}

/// Terraform's symbol for an action.
pub(crate) fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Move => "->",
    }
}

fn paint(action: Action) -> Paint {
    match action {
        Action::Create => Paint::Green,
        Action::Update | Action::Replace | Action::Move => Paint::Yellow,
        Action::Delete => Paint::Red,
    }
}

fn line(ui: &Ui, change: &Change) -> String {
    let symbol = ui.paint(
        paint(change.action),
        &format!("{:>3}", symbol(change.action)),
    );
    let mut text = format!(
        "{symbol} {}",
        ui.paint(Paint::Bold, &change.address.to_string())
    );
    if let Some(id) = &change.id {
        text.push_str(&format!(" ({id})"));
    }
    if let Some(reason) = &change.reason {
        text.push_str(&ui.paint(Paint::Dim, &format!("  # {reason}")));
    }
    if change.origin == Origin::Drift {
        text.push_str(&ui.paint(Paint::Dim, "  # changed outside bella"));
    }
    text + "\n"
}

fn body(ui: &Ui, change: &Change) -> String {
    match change.action {
        Action::Create => properties(ui, &change.desired),
        Action::Delete => String::new(),
        Action::Update | Action::Replace | Action::Move => {
            change.fields.iter().map(|f| field(ui, f)).collect()
        }
    }
}

fn properties(ui: &Ui, desired: &Value) -> String {
    let Some(map) = desired.as_object() else {
        return String::new();
    };
    map.iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| format!("      {key} = {}\n", shown(ui, value)))
        .collect()
}

fn field(ui: &Ui, field: &PlannedField) -> String {
    let change = &field.change;
    let mut text = format!(
        "    {} {}: {} -> {}",
        ui.paint(Paint::Yellow, "~"),
        change.path,
        shown(ui, &change.from),
        shown(ui, &change.to)
    );
    if change.forces_replacement {
        text.push_str(&ui.paint(Paint::Red, "  # forces replacement"));
    }
    if field.origin == Origin::Drift {
        text.push_str(&ui.paint(Paint::Dim, "  # changed outside bella"));
    }
    text + "\n"
}

/// A value in one line; a reference that is still open is known after apply.
fn shown(ui: &Ui, value: &Value) -> String {
    let whole_reference = value
        .as_str()
        .is_some_and(|text| text.starts_with("${") && text.ends_with('}'));
    if whole_reference && is_unresolved(value) {
        return ui.paint(Paint::Dim, "(known after apply)");
    }
    let text = value.to_string();
    if text.chars().count() <= WIDEST {
        return text;
    }
    let cut: String = text.chars().take(WIDEST).collect();
    format!("{cut}…")
}

fn last_line(ui: &Ui, plan: &Plan, budget: Option<f64>) -> String {
    let budget = budget.map_or(String::new(), |usd| format!(" of a ${usd:.2} budget"));
    let money = format!("Not priced yet{budget}.");
    if plan.is_empty() {
        return format!("No changes: the cloud is as the stack file says. {money}");
    }
    let moves = match plan.count(Action::Move) {
        0 => String::new(),
        count => format!(", {count} to move"),
    };
    let counts = format!(
        "Plan: {} to create, {} to update, {} to replace, {} to delete{moves}.",
        plan.count(Action::Create),
        plan.count(Action::Update),
        plan.count(Action::Replace),
        plan.count(Action::Delete),
    );
    format!("{} {money}", ui.paint(Paint::Bold, &counts))
}

/// The plan as the JSON document of the contract.
pub(crate) fn document(session: &Session, planned: &Planned) -> Value {
    let plan = &planned.plan;
    let file = session.file.as_ref().map(|file| &file.loaded.stack);
    let mut counts = summary(plan);
    counts.insert("adopt".to_owned(), 0);
    json!({
        "stack": session.stack,
        "environment": file.map(|stack| stack.environment.as_str()),
        "region": session.region,
        "changes": plan.changes.iter().map(change).collect::<Vec<_>>(),
        "summary": counts,
        "cost": {"monthly_usd": null, "budget_monthly_usd": session.budget()},
        "policy": [],
    })
}

fn change(change: &Change) -> Value {
    json!({
        "address": change.address,
        "kind": change.kind,
        "action": change.action,
        "origin": change.origin,
        "id": change.id,
        "reason": change.reason,
        "fields": change.fields.iter().map(|field| json!({
            "path": field.change.path,
            "from": field.change.from,
            "to": field.change.to,
            "forces_replacement": field.change.forces_replacement,
            "origin": field.origin,
        })).collect::<Vec<_>>(),
        "monthly_usd_delta": null,
    })
}
