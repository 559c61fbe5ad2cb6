//! The plan as text, in Terraform's symbols, and as JSON.

use bella_aws::kinds::KINDS;
use bella_engine::cost::{cents, number};
use bella_engine::plan::{Action, Change, Origin, Plan, PlannedField, Step, Work};
use bella_engine::resource::{Disposition, find_kind};
use bella_policy::Verdict;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::id::short;
use super::value::{KNOWN_AFTER_APPLY, Leaf, difference, leaves, shown};
use crate::money::{Money, Priced};
use crate::planning::{Planned, summary};
use crate::session::Session;
use crate::ui::{Paint, Ui};

/// The whole plan as text, with what policies say of it.
pub(crate) fn text(ui: &Ui, plan: &Plan, money: Option<&Priced>, verdicts: &[Verdict]) -> String {
    let mut out: String = plan
        .changes
        .iter()
        .enumerate()
        .map(|(position, change)| {
            let usd = money.and_then(|money| money.deltas.get(position));
            line(ui, change, true, usd) + &body(ui, change)
        })
        .collect();
    if !plan.is_empty() {
        out.push('\n');
    }
    let policies = super::policy::paragraph(ui, verdicts);
    if !policies.is_empty() {
        out.push_str(&format!("{policies}\n"));
    }
    out.push_str(&last_line(ui, plan, money));
    out.replace(KNOWN_AFTER_APPLY, &ui.paint(Paint::Dim, KNOWN_AFTER_APPLY))
}

/// The plan of a teardown: everything goes, and the reason is the command itself. Of what holds data
/// it says what becomes of that.
pub(crate) fn removal(ui: &Ui, plan: &Plan) -> String {
    let lines: String = plan
        .changes
        .iter()
        .map(|change| {
            let line = line(ui, change, false, None);
            match data_left(plan, change) {
                Some(note) => format!("{}{}\n", line.trim_end(), ui.paint(Paint::Red, &note)),
                None => line,
            }
        })
        .collect();
    format!("{lines}\n{}", counts(ui, plan))
}

/// Dollars that a change adds or saves, with their sign; nothing where it is less than a cent.
pub(crate) fn added(usd: Decimal) -> Option<String> {
    let usd = cents(usd);
    let sign = if usd.is_sign_negative() { '-' } else { '+' };
    (!usd.is_zero()).then(|| format!("{sign}${:.2}", usd.abs()))
}

/// What becomes of the data of an object that goes, if it holds any.
fn data_left(plan: &Plan, change: &Change) -> Option<String> {
    let kind = find_kind(KINDS, &change.kind)?;
    let goes = |step: &Step| match &step.work {
        Work::Delete { id, keep_copy, .. } if Some(id) == change.id.as_ref() => Some(*keep_copy),
        _ => None,
    };
    let keeps = plan.steps.iter().find_map(goes)?;
    let copy = kind.last_copy().filter(|_| keeps);
    (kind.disposition() == Disposition::DataStore).then(|| match copy {
        Some(copy) => format!("  # holds data; {copy} is kept"),
        None => "  # holds data, which is lost".to_owned(),
    })
}

/// Terraform's symbol for an action.
pub(crate) fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Move => "->",
        Action::Adopt => "<-",
    }
}

fn paint(action: Action) -> Paint {
    match action {
        Action::Create => Paint::Green,
        Action::Update | Action::Replace | Action::Move | Action::Adopt => Paint::Yellow,
        Action::Delete => Paint::Red,
    }
}

fn line(ui: &Ui, change: &Change, reasons: bool, usd: Option<&Decimal>) -> String {
    let symbol = ui.paint(
        paint(change.action),
        &format!("{:>3}", symbol(change.action)),
    );
    let mut text = format!(
        "{symbol} {}",
        ui.paint(Paint::Bold, &change.address.to_string())
    );
    if let Some(id) = &change.id {
        text.push_str(&format!(" ({})", short(id)));
    }
    if let Some(added) = usd.and_then(|usd| added(*usd)) {
        text.push_str(&format!("  {added}/month"));
    }
    if let Some(reason) = change.reason.as_ref().filter(|_| reasons) {
        text.push_str(&ui.paint(Paint::Dim, &format!("  # {reason}")));
    }
    // Fields say it themselves.
    if reasons && change.origin == Origin::Drift && change.fields.is_empty() {
        text.push_str(&ui.paint(Paint::Dim, "  # changed outside bella"));
    }
    text + "\n"
}

fn body(ui: &Ui, change: &Change) -> String {
    match change.action {
        Action::Create => properties(&change.desired),
        Action::Delete => properties(&change.live),
        Action::Update | Action::Replace | Action::Move | Action::Adopt => {
            change.fields.iter().map(|f| field(ui, f)).collect()
        }
    }
}

/// Every property in a line of its own.
pub(super) fn properties(desired: &Value) -> String {
    let Some(map) = desired.as_object() else {
        return String::new();
    };
    map.iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| format!("      {key} = {}\n", shown(value, key.len() + 9, 6)))
        .collect()
}

fn field(ui: &Ui, field: &PlannedField) -> String {
    let change = &field.change;
    let mut notes = String::new();
    if change.forces_replacement {
        notes.push_str(&ui.paint(Paint::Red, "  # forces replacement"));
    }
    if field.origin == Origin::Drift {
        notes.push_str(&ui.paint(Paint::Dim, "  # changed outside bella"));
    }
    leaves(&change.path, &change.from, &change.to)
        .iter()
        .map(|leaf| difference_of(ui, leaf, &notes))
        .collect()
}

/// One difference below its object, with `notes` at the end of its first line.
pub(crate) fn difference_of(ui: &Ui, leaf: &Leaf, notes: &str) -> String {
    let text = difference(leaf, leaf.path.chars().count() + 8, 8);
    let (first, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
    let head = format!(
        "    {} {}: {first}",
        ui.paint(Paint::Yellow, "~"),
        leaf.path
    );
    format!("{}{notes}{rest}\n", head.trim_end())
}

fn last_line(ui: &Ui, plan: &Plan, money: Option<&Priced>) -> String {
    let money = money.map_or(String::new(), |priced| sum(&priced.money));
    if plan.is_empty() {
        return format!("No changes: the cloud is as the stack file says.{money}");
    }
    format!("{}{money}", counts(ui, plan))
}

/// What the whole stack costs, with its service running.
fn sum(money: &Money) -> String {
    let missing = match money.outlook.expected.unpriced.len() {
        0 => String::new(),
        count => format!(" Not in it: {count} without a price."),
    };
    format!(
        " {} of a ${:.2} budget.{missing}",
        money.phrase(),
        money.budget.monthly_usd
    )
}

fn counts(ui: &Ui, plan: &Plan) -> String {
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
    ui.paint(Paint::Bold, &counts)
}

/// The plan as the JSON document of the contract.
pub(crate) fn document(
    session: &Session,
    planned: &Planned,
    money: Option<&Priced>,
    verdicts: &[Verdict],
) -> Value {
    let plan = &planned.plan;
    let file = session.file.as_ref().map(|file| &file.loaded.stack);
    let counts = summary(plan);
    json!({
        "stack": session.stack,
        "environment": file.map(|stack| stack.environment.as_str()),
        "region": session.region,
        "changes": plan.changes.iter().enumerate().map(|(position, one)| {
            change(one, money.and_then(|money| money.deltas.get(position)))
        }).collect::<Vec<_>>(),
        "summary": counts,
        "cost": money.map(|priced| {
            let mut cost = super::cost::summary(&priced.money);
            cost["unpriced"] = json!(priced.money.outlook.expected.unpriced);
            cost
        }),
        "policy": verdicts,
    })
}

fn change(change: &Change, usd: Option<&Decimal>) -> Value {
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
        "monthly_usd_delta": usd.and_then(|usd| number(cents(*usd))),
    })
}
