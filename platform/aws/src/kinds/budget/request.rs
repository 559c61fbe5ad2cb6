//! A budget as AWS takes it.
#![expect(
    deprecated,
    reason = "AWS Budgets has newer expressions for the same filters; these say all that is needed and read back as written"
)]

use aws_sdk_budgets::types::{
    Budget as Wire, BudgetType, ComparisonOperator, CostTypes, Notification as WireNotification,
    NotificationType as WireType, NotificationWithSubscribers, ResourceTag, Spend, Subscriber,
    SubscriptionType, ThresholdType, TimeUnit,
};
use aws_smithy_types::error::operation::BuildError;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Budget, FilterTag, Notification, NotificationType, Period};
use crate::clients::Aws;
use crate::error::refused;

/// The cost filter that holds tags, each as `user:<key>$<value>`.
pub(super) const TAG_FILTER: &str = "TagKeyValue";

/// A new budget.
pub(super) fn budget(budget: &Budget, name: &str) -> Result<Wire, CloudError> {
    let types = CostTypes::builder()
        .include_credit(budget.include_credits)
        .include_tax(budget.include_tax)
        .include_refund(budget.include_refunds);
    let mut call = Wire::builder()
        .budget_name(name)
        .budget_type(BudgetType::Cost)
        .time_unit(unit(budget.period))
        .budget_limit(limit(budget)?)
        .cost_types(types.build());
    if let Some(tag) = &budget.filter_tag {
        call = call.cost_filters(TAG_FILTER, vec![filter(tag)]);
    }
    call.build().map_err(incomplete)
}

/// Changes the budget itself where it differs. The call takes the whole budget, so it starts from
/// the one that is there: what has no property here stays.
pub(super) async fn change(
    aws: &Aws,
    name: &str,
    wanted: &Budget,
    from: &Budget,
) -> Result<(), CloudError> {
    let without = |budget: &Budget| Budget {
        notifications: Vec::new(),
        ..budget.clone()
    };
    if without(wanted) == without(from) {
        return Ok(());
    }
    let account = aws.account().await?;
    let call = aws.budgets.describe_budget().account_id(account);
    let answer = call.budget_name(name).send().await.map_err(refused)?;
    let mut budget = answer.budget.ok_or_else(|| {
        let message = format!("AWS answers no budget {name}");
        CloudError::new(Fault::Ambiguous, "budgets", "DescribeBudget", message)
    })?;
    budget.time_unit = unit(wanted.period);
    budget.budget_limit = Some(limit(wanted)?);
    budget.planned_budget_limits = None;
    budget.calculated_spend = None;
    budget.last_updated_time = None;
    if from.period != wanted.period {
        // The period began where the old kind of period does.
        budget.time_period = None;
    }
    let types = budget
        .cost_types
        .get_or_insert_with(|| CostTypes::builder().build());
    types.include_credit = Some(wanted.include_credits);
    types.include_tax = Some(wanted.include_tax);
    types.include_refund = Some(wanted.include_refunds);
    if let Some(tag) = &wanted.filter_tag {
        let filters = budget.cost_filters.get_or_insert_default();
        filters.insert(TAG_FILTER.to_owned(), vec![filter(tag)]);
    }
    let call = aws.budgets.update_budget().account_id(account);
    call.new_budget(budget).send().await.map_err(refused)?;
    Ok(())
}

/// What a notification looks at.
pub(super) fn notification(one: &Notification) -> Result<WireNotification, CloudError> {
    let percent = one.threshold_percent.to_string();
    let percent: f64 = percent.parse().map_err(|err| {
        let message = format!("{percent} %: {err}");
        CloudError::new(Fault::Rejected, "budgets", "build a request", message)
    })?;
    WireNotification::builder()
        .notification_type(match one.kind {
            NotificationType::Actual => WireType::Actual,
            NotificationType::Forecasted => WireType::Forecasted,
        })
        .comparison_operator(ComparisonOperator::GreaterThan)
        .threshold(percent)
        .threshold_type(ThresholdType::Percentage)
        .build()
        .map_err(incomplete)
}

/// Who gets a notification.
pub(super) fn subscribers(one: &Notification) -> Result<Vec<Subscriber>, CloudError> {
    one.subscribers().iter().map(subscriber).collect()
}

/// One of whom get a notification.
pub(super) fn subscriber((is_topic, address): &(bool, String)) -> Result<Subscriber, CloudError> {
    let way = match is_topic {
        true => SubscriptionType::Sns,
        false => SubscriptionType::Email,
    };
    let call = Subscriber::builder()
        .subscription_type(way)
        .address(address);
    call.build().map_err(incomplete)
}

/// A notification with who gets it, for a create call.
pub(super) fn with_subscribers(
    one: &Notification,
) -> Result<NotificationWithSubscribers, CloudError> {
    NotificationWithSubscribers::builder()
        .notification(notification(one)?)
        .set_subscribers(Some(subscribers(one)?))
        .build()
        .map_err(incomplete)
}

/// Tags.
pub(super) fn tags(tags: &Tags) -> Result<Vec<ResourceTag>, CloudError> {
    let tag =
        |(key, value): (&String, &String)| ResourceTag::builder().key(key).value(value).build();
    let tags: Result<Vec<ResourceTag>, _> = tags.iter().map(tag).collect();
    tags.map_err(incomplete)
}

fn unit(period: Period) -> TimeUnit {
    match period {
        Period::Daily => TimeUnit::Daily,
        Period::Monthly => TimeUnit::Monthly,
    }
}

fn limit(budget: &Budget) -> Result<Spend, CloudError> {
    let limit = Spend::builder().unit("USD");
    limit
        .amount(budget.limit_usd.to_string())
        .build()
        .map_err(incomplete)
}

pub(super) fn filter(tag: &FilterTag) -> String {
    format!("user:{}${}", tag.key, tag.value)
}

fn incomplete(error: BuildError) -> CloudError {
    CloudError::new(
        Fault::Rejected,
        "budgets",
        "build a request",
        error.to_string(),
    )
}
