use std::collections::BTreeSet;

use bella_engine::cloud::{CloudError, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exact, request};
use crate::clients::Aws;
use crate::error::refused;

/// Who hears that costs have passed, or will pass, a part of the limit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Costs so far, or those expected by the period's end.
    #[serde(rename = "type")]
    pub kind: NotificationType,
    /// Percent of the limit above which it is sent.
    pub threshold_percent: Exact,
    /// Up to ten e-mail addresses.
    #[serde(default)]
    pub emails: BTreeSet<String>,
    /// ARN of a topic, one at most. Its policy has to allow `sns:Publish` to
    /// `budgets.amazonaws.com`.
    #[serde(default)]
    pub topics: BTreeSet<String>,
}

/// What a notification looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum NotificationType {
    /// Costs so far.
    Actual,
    /// Costs expected by the period's end.
    Forecasted,
}

/// Most addresses of a notification (API reference of `NotificationWithSubscribers`).
const MOST_EMAILS: usize = 10;

impl Notification {
    /// What tells it from the budget's others.
    pub(super) fn when(&self) -> (NotificationType, Exact) {
        (self.kind, self.threshold_percent)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let (emails, topics) = (self.emails.len(), self.topics.len());
        match (emails, topics) {
            (0, 0) => Err("a notification that nobody gets".to_owned()),
            (_, 2..) => Err("a notification goes to one topic at most".to_owned()),
            (count, _) if count > MOST_EMAILS => Err(format!(
                "a notification goes to at most {MOST_EMAILS} addresses, not {count}"
            )),
            _ => Ok(()),
        }
    }

    /// Subscribers as (whether it is a topic, address).
    pub(super) fn subscribers(&self) -> BTreeSet<(bool, String)> {
        let emails = self.emails.iter().map(|address| (false, address.clone()));
        let topics = self.topics.iter().map(|arn| (true, arn.clone()));
        emails.chain(topics).collect()
    }
}

/// Takes away the notifications that are no longer wanted, with their subscribers.
pub(super) async fn remove(
    aws: &Aws,
    budget: &str,
    now: &[Notification],
    wanted: &[Notification],
) -> Result<(), CloudError> {
    for old in now {
        if wanted.iter().any(|one| one.when() == old.when()) {
            continue;
        }
        let call = aws.budgets.delete_notification().budget_name(budget);
        let call = call.account_id(aws.account().await?);
        let call = call.notification(request::notification(old)?);
        unless(Fault::NotFound, call.send().await.map_err(refused))?;
    }
    Ok(())
}

/// Makes what is missing. New subscribers come before old ones go: a notification without any is
/// deleted by AWS.
pub(super) async fn add(
    aws: &Aws,
    budget: &str,
    now: &[Notification],
    wanted: &[Notification],
) -> Result<(), CloudError> {
    for new in wanted {
        match now.iter().find(|old| old.when() == new.when()) {
            Some(old) => subscribe(aws, budget, old, new).await?,
            None => {
                let call = aws.budgets.create_notification().budget_name(budget);
                let call = call.account_id(aws.account().await?);
                let call = call.notification(request::notification(new)?);
                let call = call.set_subscribers(Some(request::subscribers(new)?));
                unless(Fault::Exists, call.send().await.map_err(refused))?;
            }
        }
    }
    Ok(())
}

async fn subscribe(
    aws: &Aws,
    budget: &str,
    old: &Notification,
    new: &Notification,
) -> Result<(), CloudError> {
    let (before, after) = (old.subscribers(), new.subscribers());
    for one in after.difference(&before) {
        let call = aws.budgets.create_subscriber().budget_name(budget);
        let call = call.account_id(aws.account().await?);
        let call = call.notification(request::notification(new)?);
        let call = call.subscriber(request::subscriber(one)?);
        unless(Fault::Exists, call.send().await.map_err(refused))?;
    }
    for one in before.difference(&after) {
        let call = aws.budgets.delete_subscriber().budget_name(budget);
        let call = call.account_id(aws.account().await?);
        let call = call.notification(request::notification(new)?);
        let call = call.subscriber(request::subscriber(one)?);
        unless(Fault::NotFound, call.send().await.map_err(refused))?;
    }
    Ok(())
}

/// A repeated update finds done what its first attempt did.
fn unless<T>(done: Fault, answer: Result<T, CloudError>) -> Result<(), CloudError> {
    match answer {
        Err(error) if error.fault != done => Err(error),
        _ => Ok(()),
    }
}
