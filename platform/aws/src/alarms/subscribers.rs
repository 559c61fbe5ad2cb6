//! Who is told by topics.

use bella_engine::cloud::{CloudError, Fault};
use bella_watch::path::Subscriber;

use crate::clients::Aws;
use crate::error::refused;

/// Those who are subscribed to topics, confirmed or not; a topic that is not there has none.
///
/// # Errors
/// AWS refuses a read.
pub async fn subscribers(aws: &Aws, topics: &[String]) -> Result<Vec<Subscriber>, CloudError> {
    let mut all = Vec::new();
    for topic in topics {
        let call = aws.sns.list_subscriptions_by_topic().topic_arn(topic);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = match page.map_err(refused) {
                Ok(page) => page,
                Err(error) if error.fault == Fault::NotFound => break,
                Err(error) => return Err(error),
            };
            all.extend(page.subscriptions().iter().map(|one| {
                Subscriber {
                    topic: topic.clone(),
                    protocol: one.protocol().unwrap_or_default().to_owned(),
                    endpoint: one.endpoint().unwrap_or_default().to_owned(),
                    // Until then there is a word in the place of the ARN.
                    confirmed: one
                        .subscription_arn()
                        .is_some_and(|arn| arn.starts_with("arn:")),
                }
            }));
        }
    }
    Ok(all)
}
