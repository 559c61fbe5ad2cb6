//! The cache and the budget.

use super::Scope;
use crate::{stack::CacheMode, value::Refusal};

pub(super) fn check(scope: &mut Scope<'_>) {
    cache(scope);
    budget(scope);
    mailboxes(scope);
}

fn cache(scope: &mut Scope<'_>) {
    let Some(cache) = &scope.stack.cache else {
        return;
    };
    let written = [
        ("node", cache.node.is_some()),
        ("nodes", cache.nodes.is_some()),
    ];
    let mode = cache.mode;
    for (key, _) in written
        .iter()
        .filter(|(_, written)| *written && mode != CacheMode::Node)
    {
        let refusal = Refusal::new(
            format!("`{key}` has a meaning only with mode: node"),
            format!("mode: node, or no `{key}` (null removes one that is inherited)"),
        );
        scope.refuse(&[&["cache", key], &["cache", "mode"]], refusal);
    }
}

fn budget(scope: &mut Scope<'_>) {
    let budget = &scope.stack.budget;
    for (index, pair) in budget.alert_at.windows(2).enumerate() {
        if pair[0] >= pair[1] {
            let mut sorted = budget.alert_at.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let refusal = Refusal::new(
                format!("{} comes after {}", pair[1], pair[0]),
                "rising percentages, each once",
            )
            .suggest(Some(format!("{sorted:?}")));
            return scope.refuse(
                &[
                    &["budget", "alert_at", &(index + 1).to_string()],
                    &["budget", "alert_at"],
                ],
                refusal,
            );
        }
    }
    if let Some(daily) = budget.daily_usd.filter(|daily| *daily > budget.monthly_usd) {
        let message = format!(
            "a day may cost ${daily} and the whole month only ${}",
            budget.monthly_usd
        );
        let refusal = Refusal::new(message, format!("at most {}", budget.monthly_usd));
        scope.refuse(
            &[&["budget", "daily_usd"], &["budget", "monthly_usd"]],
            refusal,
        );
    }
}

fn mailboxes(scope: &mut Scope<'_>) {
    let notify = &scope.stack.budget.notify;
    for (index, mailbox) in notify.iter().enumerate() {
        if notify[..index].contains(mailbox) {
            let refusal = Refusal::new(format!("`{mailbox}` is named twice"), "each mailbox once");
            scope.refuse(&[&["budget", "notify", &index.to_string()]], refusal);
        }
    }
}
