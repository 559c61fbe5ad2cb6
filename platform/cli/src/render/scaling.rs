//! What scaling policies would do.

use bella_engine::cost::{cents, number};
use bella_scaling::Outcome;
use bella_stack::Stack;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::table::{right, table};
use crate::commands::scaling::Judgement;

/// A table for each trace.
pub(crate) fn text(stack: &Stack, hour: Decimal, judged: &[Judgement]) -> String {
    const HEADING: [&str; 9] = [
        "POLICY",
        "TASKS",
        "MEAN",
        "CHANGES",
        "CALLS/MIN",
        "HEADROOM",
        "P99 MS",
        "OVERLOAD",
        "USD",
    ];
    let scaling = &stack.service.scaling;
    let mut out = format!(
        "{}: {} to {} tasks of {} CPU units and {} MiB, ${} an hour each\n",
        stack.stack,
        scaling.min,
        scaling.max,
        stack.service.cpu,
        stack.service.memory,
        hour.round_dp(5).normalize()
    );
    for one in judged {
        let rows: Vec<Vec<String>> = one
            .policies
            .iter()
            .map(|(name, outcome, usd)| row(name, outcome, *usd))
            .collect();
        out.push_str(&format!(
            "\n{} ({} in all)\n",
            one.trace.name(),
            one.trace.total()
        ));
        out.push_str(&table(
            &HEADING,
            &right(&HEADING, &rows, &[2, 3, 4, 5, 6, 7, 8]),
        ));
    }
    out.push_str(
        "\nCALLS/MIN: calls that started in a task's busiest minute. HEADROOM: what was left of its processor then. P99 MS: a webhook in the\nworst minute, without the network; a queue's, from what was measured of a task. OVERLOAD: minutes in which more came than could be answered.",
    );
    out
}

fn row(name: &str, outcome: &Outcome, usd: Decimal) -> Vec<String> {
    let p99 = outcome.p99_ms.map(|ms| format!("{ms:.1}"));
    vec![
        name.to_owned(),
        format!("{} to {}", outcome.fewest, outcome.most),
        format!("{:.2}", outcome.mean),
        outcome.changes.to_string(),
        format!("{:.1}", outcome.busiest_calls),
        format!("{:.1} %", outcome.headroom_percent),
        p99.unwrap_or_else(|| "-".to_owned()),
        format!("{} min", outcome.overloaded_minutes),
        format!("{:.2}", cents(usd)),
    ]
}

/// The same in JSON.
pub(crate) fn document(stack: &Stack, hour: Decimal, judged: &[Judgement]) -> Value {
    let traces = judged.iter().map(|one| {
        let policies = one.policies.iter().map(|(name, outcome, usd)| {
            let mut policy = json!(outcome);
            policy["policy"] = json!(name);
            policy["usd"] = json!(number(*usd));
            policy
        });
        json!({
            "trace": one.trace.name(), "calls": one.trace.total(), "minutes": one.trace.minutes(),
            "policies": policies.collect::<Vec<_>>(),
        })
    });
    json!({
        "stack": stack.stack, "currency": "USD", "task_hour_usd": number(hour),
        "traces": traces.collect::<Vec<_>>(),
    })
}
