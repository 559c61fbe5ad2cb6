//! A budget in Terraform's words.

use bella_engine::export::{Block, Body, Exported};

use super::{Budget, Notification, NotificationType, Period, request};

/// The budget with its notifications.
pub(super) fn terraform(budget: &Budget, exported: &Exported<'_>) -> Block {
    let name = exported.output("name");
    let unit = match budget.period {
        Period::Daily => "DAILY",
        Period::Monthly => "MONTHLY",
    };
    let costs = Body::new()
        .set("include_credit", budget.include_credits)
        .set("include_tax", budget.include_tax)
        .set("include_refund", budget.include_refunds);
    let mut body = Body::new()
        .set("name", name)
        .set("budget_type", "COST")
        .set("limit_amount", budget.limit_usd.to_string())
        .set("limit_unit", "USD")
        .set("time_unit", unit)
        .block("cost_types", costs);
    if let Some(tag) = &budget.filter_tag {
        let filter = Body::new()
            .set("name", request::TAG_FILTER)
            .list("values", [request::filter(tag)]);
        body = body.block("cost_filter", filter);
    }
    for notification in &budget.notifications {
        body = body.block("notification", notified(notification));
    }
    let import = format!("{}:{name}", exported.account);
    Block::new("aws_budgets_budget", import, body.tags(exported.tags))
}

fn notified(notification: &Notification) -> Body {
    let kind = match notification.kind {
        NotificationType::Actual => "ACTUAL",
        NotificationType::Forecasted => "FORECASTED",
    };
    Body::new()
        .set("notification_type", kind)
        .set("comparison_operator", "GREATER_THAN")
        .set("threshold", notification.threshold_percent.number())
        .set("threshold_type", "PERCENTAGE")
        .list(
            "subscriber_email_addresses",
            notification.emails.iter().cloned(),
        )
        .list(
            "subscriber_sns_topic_arns",
            notification.topics.iter().cloned(),
        )
}
