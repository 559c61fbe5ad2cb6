//! Budgets as AWS gives them.
#![expect(
    deprecated,
    reason = "AWS Budgets has newer expressions for the same filters; these say all that is needed and read back as written"
)]

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_budgets::types::{
    Budget as Wire, Notification as WireNotification, NotificationType as WireType,
    SubscriptionType, TimeUnit,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Observed, Phase, Tags};

use super::request::TAG_FILTER;
use super::{Budget, Exact, FilterTag, Notification, NotificationType, Period};
use crate::clients::Aws;
use crate::error::refused;
use crate::find::REGION_TAG;
use crate::kinds::at_once::{self, Read};
use crate::kinds::tag_lookup;
use crate::look::Look;
use crate::tags::owned;

/// The stack's budgets. Budgets are global, so those of the stack of that name in another region
/// are left out.
pub(super) async fn list(look: &Look) -> Result<Vec<Observed<Budget>>, CloudError> {
    let aws = &look.aws;
    let found = match look.focus() {
        Some(who) => one(aws, who.id.as_deref().unwrap_or(&who.name)).await?,
        None => named(aws, &tag_lookup::name_start(look)).await?,
    };
    let mut ours = Vec::new();
    for budget in found {
        let Some(tags) = tags(aws, budget.budget_name()).await? else {
            continue;
        };
        let region = tags.get(REGION_TAG);
        let is_here = region.is_none_or(|region| region == aws.region());
        if let Some(address) = owned(look.stack(), &tags).filter(|_| is_here) {
            ours.push((budget, address, tags));
        }
    }
    let mut told = match (look.focus(), ours.first()) {
        (_, None) => BTreeMap::new(),
        (None, Some(_)) => all_notifications(aws).await?,
        (Some(_), Some((budget, ..))) => notifications(aws, budget.budget_name()).await?,
    };
    let mut observed = Vec::new();
    for (budget, address, tags) in ours {
        let name = budget.budget_name().to_owned();
        let wire = told.remove(&name).unwrap_or_default();
        let outputs = [("name", name.clone()), ("arn", arn(aws, &name).await?)];
        observed.push(Observed {
            address: Some(address),
            props: shape(&budget, with_subscribers(aws, &name, wire).await?),
            id: name,
            outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
            tags,
            phase: Phase::Ready,
            created: None,
            protected: None,
        });
    }
    Ok(observed)
}

/// The ARN of a budget; AWS's answers do not have it.
pub(super) async fn arn(aws: &Aws, name: &str) -> Result<String, CloudError> {
    let account = aws.account().await?;
    Ok(format!("arn:aws:budgets::{account}:budget/{name}"))
}

async fn one(aws: &Aws, name: &str) -> Result<Vec<Wire>, CloudError> {
    let call = aws.budgets.describe_budget().budget_name(name);
    let call = call.account_id(aws.account().await?);
    match call.send().await.map_err(refused) {
        Ok(answer) => Ok(answer.budget.into_iter().collect()),
        Err(error) if error.fault == Fault::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

async fn named(aws: &Aws, start: &str) -> Result<Vec<Wire>, CloudError> {
    let call = aws.budgets.describe_budgets().max_results(100);
    let call = call.account_id(aws.account().await?);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.budgets.unwrap_or_default();
        found.extend(
            page.into_iter()
                .filter(|budget| budget.budget_name().starts_with(start)),
        );
    }
    Ok(found)
}

async fn tags(aws: &Aws, name: &str) -> Result<Option<Tags>, CloudError> {
    let call = aws.budgets.list_tags_for_resource();
    let call = call.resource_arn(arn(aws, name).await?);
    match call.send().await.map_err(refused) {
        Ok(answer) => {
            let tags = answer.resource_tags.unwrap_or_default().into_iter();
            Ok(Some(tags.map(|tag| (tag.key, tag.value)).collect()))
        }
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

type Told = BTreeMap<String, Vec<WireNotification>>;

/// The notifications of all budgets, in one call however many the stack has.
async fn all_notifications(aws: &Aws) -> Result<Told, CloudError> {
    let call = aws.budgets.describe_budget_notifications_for_account();
    let call = call.account_id(aws.account().await?).max_results(1000);
    let mut pages = call.into_paginator().send();
    let mut told = Told::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.budget_notifications_for_account;
        for budget in page.unwrap_or_default() {
            let name = budget.budget_name.unwrap_or_default();
            told.insert(name, budget.notifications.unwrap_or_default());
        }
    }
    Ok(told)
}

async fn notifications(aws: &Aws, name: &str) -> Result<Told, CloudError> {
    let call = aws.budgets.describe_notifications_for_budget();
    let call = call.account_id(aws.account().await?).budget_name(name);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.extend(page.map_err(refused)?.notifications.unwrap_or_default());
    }
    Ok([(name.to_owned(), found)].into())
}

async fn with_subscribers(
    aws: &Aws,
    budget: &str,
    wire: Vec<WireNotification>,
) -> Result<Vec<Notification>, CloudError> {
    let reads = wire.into_iter().map(|one| {
        let (aws, budget) = (aws.clone(), budget.to_owned());
        let read: Read<_> = Box::pin(async move { with_its_own(&aws, &budget, one).await });
        read
    });
    let all = at_once::all(reads.collect()).await?;
    let mut all: Vec<Notification> = all.into_iter().flatten().collect();
    all.sort();
    Ok(all)
}

async fn with_its_own(
    aws: &Aws,
    budget: &str,
    wire: WireNotification,
) -> Result<Option<Notification>, CloudError> {
    let kind = match wire.notification_type() {
        WireType::Forecasted => NotificationType::Forecasted,
        _ => NotificationType::Actual,
    };
    let Some(threshold_percent) = Exact::of(&wire.threshold().to_string()) else {
        return Ok(None);
    };
    let call = aws.budgets.describe_subscribers_for_notification();
    let call = call.account_id(aws.account().await?).budget_name(budget);
    let mut pages = call.notification(wire).into_paginator().send();
    let (mut emails, mut topics) = (BTreeSet::new(), BTreeSet::new());
    while let Some(page) = pages.next().await {
        let page = match page.map_err(refused) {
            Err(error) if error.fault == Fault::NotFound => return Ok(None),
            page => page?,
        };
        for subscriber in page.subscribers.unwrap_or_default() {
            match subscriber.subscription_type {
                SubscriptionType::Sns => topics.insert(subscriber.address),
                _ => emails.insert(subscriber.address),
            };
        }
    }
    Ok(Some(Notification {
        kind,
        threshold_percent,
        emails,
        topics,
    }))
}

/// `None` for a budget that is none of costs.
fn shape(budget: &Wire, notifications: Vec<Notification>) -> Option<Budget> {
    let types = budget.cost_types();
    let is_in = |value: Option<Option<bool>>| value.flatten().unwrap_or(true);
    let filters = budget.cost_filters().and_then(|all| all.get(TAG_FILTER));
    let filter = filters
        .and_then(|filters| filters.first())
        .and_then(|text| {
            let (key, value) = text.strip_prefix("user:")?.split_once('$')?;
            Some(FilterTag {
                key: key.to_owned(),
                value: value.to_owned(),
            })
        });
    Some(Budget {
        limit_usd: Exact::of(budget.budget_limit()?.amount())?,
        period: match budget.time_unit() {
            TimeUnit::Daily => Period::Daily,
            _ => Period::Monthly,
        },
        filter_tag: filter,
        include_credits: is_in(types.map(|types| types.include_credit())),
        include_tax: is_in(types.map(|types| types.include_tax())),
        include_refunds: is_in(types.map(|types| types.include_refund())),
        notifications,
    })
}
