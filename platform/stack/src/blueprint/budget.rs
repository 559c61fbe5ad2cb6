//! What AWS itself watches the spending with: budgets, which work while this program does not run.
//!
//! The billing metric of CloudWatch exists in us-east-1 only and is of the whole account (aws-behaviours row 67), so conditions on money
//! become budgets too, filtered by the stack's tag.

use super::{Node, alarms};
use crate::{
    Stack,
    stack::Alarm,
    value::{Email, Watched},
};
use serde_json::{Value, json};

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let budget = &stack.budget;
    let emails = mailboxes(&budget.notify, stack);
    let at = |percent: &u32| notification("ACTUAL", *percent, &emails);
    let actual: Vec<Value> = budget.alert_at.iter().map(at).collect();
    // Budgets forecasts no days.
    let mut monthly = actual;
    monthly.push(notification("FORECASTED", 100, &emails));
    // Half of a day's money is spent by noon of any day: only from the limit on it is worth a message.
    let mut reached: Vec<u32> = budget.alert_at.clone();
    reached.retain(|percent| *percent >= 100);
    if reached.is_empty() {
        reached.push(100);
    }
    let reached = reached.iter().map(at).collect();
    let mut nodes = vec![node(
        stack,
        "monthly",
        "MONTHLY",
        budget.monthly_usd,
        monthly,
    )];
    nodes.extend(
        budget
            .daily_usd
            .map(|daily| node(stack, "daily", "DAILY", daily, reached)),
    );
    nodes.extend(
        stack
            .alarms
            .iter()
            .filter_map(|alarm| of_alarm(stack, alarm)),
    );
    nodes
}

/// The budget that stands for an alarm on money; `None` for one on anything else.
fn of_alarm(stack: &Stack, alarm: &Alarm) -> Option<Node> {
    let period = match alarm.when.metric.watched {
        Watched::DailyCost => "DAILY",
        Watched::MonthlyCost => "MONTHLY",
        _ => return None,
    };
    let named = alarms::recipients(stack, alarm.severity);
    let emails: Vec<String> = named
        .iter()
        .filter(|recipient| recipient.protocol == "email")
        .map(|recipient| recipient.endpoint.clone())
        .collect();
    let emails = match emails.is_empty() {
        true => vec![stack.owner.to_string()],
        false => emails,
    };
    let told = vec![notification("ACTUAL", 100, &emails)];
    Some(node(
        stack,
        &alarms::label(alarm),
        period,
        alarm.when.threshold,
        told,
    ))
}

fn mailboxes(named: &[Email], stack: &Stack) -> Vec<String> {
    match named {
        [] => vec![stack.owner.to_string()],
        _ => named.iter().map(ToString::to_string).collect(),
    }
}

fn notification(kind: &str, percent: u32, emails: &[String]) -> Value {
    json!({ "type": kind, "threshold_percent": percent, "emails": emails })
}

fn node(stack: &Stack, name: &str, period: &str, limit: f64, notifications: Vec<Value>) -> Node {
    let properties = json!({
        "limit_usd": alarms::number(limit),
        "period": period,
        "filter_tag": { "key": "bella:stack", "value": stack.stack },
        "notifications": notifications,
    });
    Node::new("budget", name, properties)
}
