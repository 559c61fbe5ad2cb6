//! A budget: a limit for what a stack costs, and who hears of it.

mod exact;
mod exit;
mod notification;
mod read;
mod request;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};

use exact::Exact;
use notification::{Notification, NotificationType};

use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A cost budget. AWS reads the bill some times a day, so what it tells is hours old.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Budget {
    /// The limit in US dollars, as text or number; it is kept exactly.
    pub limit_usd: Exact,
    /// What the limit is for.
    pub period: Period,
    /// Only costs that carry this tag count; null leaves the filter alone. The tag has to be active
    /// as a cost allocation tag.
    #[serde(default)]
    pub filter_tag: Option<FilterTag>,
    /// Whether credits lower the costs.
    #[serde(default)]
    pub include_credits: bool,
    /// Whether taxes count.
    #[serde(default)]
    pub include_tax: bool,
    /// Whether refunds lower the costs.
    #[serde(default)]
    pub include_refunds: bool,
    /// Who hears when; up to ten, in no order of meaning.
    #[serde(default)]
    pub notifications: Vec<Notification>,
}

/// Spans of time that a limit may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Period {
    /// A day.
    Daily,
    /// A calendar month.
    Monthly,
}

/// A tag with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterTag {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// Most notifications of a budget (API reference of `Notification`).
const MOST_NOTIFICATIONS: usize = 10;

impl Serialize for Budget {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Budget {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let mut budget = Self::deserialize(source)?;
        budget.notifications.sort();
        budget.check().map_err(D::Error::custom)?;
        Ok(budget)
    }
}

impl Budget {
    /// What AWS refuses is said before anything is made.
    fn check(&self) -> Result<(), String> {
        let count = self.notifications.len();
        if count > MOST_NOTIFICATIONS {
            return Err(format!(
                "a budget has at most {MOST_NOTIFICATIONS} notifications, not {count}"
            ));
        }
        for one in &self.notifications {
            one.check()?;
            if self.period == Period::Daily && one.kind == NotificationType::Forecasted {
                return Err(
                    "AWS forecasts no day: a DAILY budget has ACTUAL notifications only".to_owned(),
                );
            }
        }
        let twice = self
            .notifications
            .windows(2)
            .find(|two| two[0].when() == two[1].when());
        match twice {
            None => Ok(()),
            Some(two) => Err(format!(
                "two notifications are for {:?} above {} %: put their subscribers into one",
                two[0].kind, two[0].threshold_percent
            )),
        }
    }
}

impl Resource for Budget {
    type Cloud = Aws;
    const KIND: &'static str = "budget";
    const SERVICE: &'static str = "budgets";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 100,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "budgets:ListTagsForResource",
        "budgets:ModifyBudget",
        "budgets:TagResource",
        "budgets:UntagResource",
        "budgets:ViewBudget",
        "sts:GetCallerIdentity",
    ];

    /// Budgets without actions are free.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        read::list(look).await
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.budgets.create_budget().account_id(aws.account().await?);
        let call = call.budget(request::budget(self, &who.name)?);
        let notifications: Result<Vec<_>, _> = self
            .notifications
            .iter()
            .map(request::with_subscribers)
            .collect();
        let call = call.set_notifications_with_subscribers(Some(notifications?));
        let call = call.set_resource_tags(Some(request::tags(&who.tags)?));
        call.send().await.map_err(refused)?;
        let name = who.name.clone();
        let outputs = [
            ("name", name.clone()),
            ("arn", read::arn(aws, &name).await?),
        ];
        Ok(Made::usable(name, self.clone(), outputs))
    }

    /// Notifications go before the budget changes, as a daily one takes no forecast, and come after.
    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let name = who.id()?;
        notification::remove(aws, name, &from.notifications, &self.notifications).await?;
        request::change(aws, name, self, from).await?;
        notification::add(aws, name, &from.notifications, &self.notifications).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.budgets.delete_budget().account_id(aws.account().await?);
        call.budget_name(who.id()?).send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let arn = read::arn(aws, who.id()?).await?;
        let call = aws.budgets.tag_resource().resource_arn(&arn);
        let call = call.set_resource_tags(Some(request::tags(&who.tags)?));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.budgets.untag_resource().resource_arn(&arn);
            let call = call.set_resource_tag_keys(Some(gone.to_vec()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![exit::terraform(self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("sns_topic.parent", json!({}))],
            properties: json!({
                "limit_usd": "150.00",
                "period": "MONTHLY",
                "filter_tag": {"key": "bella:stack", "value": "example"},
                "notifications": [
                    told("ACTUAL", 80, &["finance@bella.example", "ops@bella.example"]),
                    told("ACTUAL", 100, &["finance@bella.example"]),
                ],
            }),
            changes: vec![
                ("limit_usd", json!("99.5")),
                ("period", json!("DAILY")),
                ("filter_tag.key", json!("bella:environment")),
                ("filter_tag.value", json!("another")),
                ("include_credits", json!(true)),
                ("include_tax", json!(true)),
                ("include_refunds", json!(true)),
                (
                    "notifications",
                    json!([
                        {
                            "type": "ACTUAL",
                            "threshold_percent": 80,
                            "emails": ["ops@bella.example", "other@bella.example"],
                            "topics": ["${sns_topic.parent.arn}"],
                        },
                        told("FORECASTED", 100, &["finance@bella.example"]),
                    ]),
                ),
            ],
        }
    }
}

fn told(kind: &str, percent: u32, emails: &[&str]) -> Value {
    json!({"type": kind, "threshold_percent": percent, "emails": emails})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(period: &str, notifications: Value) -> Option<String> {
        let budget = json!({"limit_usd": 1, "period": period, "notifications": notifications});
        let read: Result<Budget, _> = serde_json::from_value(budget);
        read.err().map(|err| err.to_string())
    }

    #[test]
    fn what_aws_refuses_is_refused_before() {
        let one = |kind: &str, percent: u32| told(kind, percent, &["a@bella.example"]);
        let many: Vec<Value> = (1..=11).map(|percent| one("ACTUAL", percent)).collect();
        let nobody = told("ACTUAL", 50, &[]);
        let mut topics = one("ACTUAL", 50);
        topics["topics"] = json!(["a", "b"]);
        let cases = [
            ("MONTHLY", json!([one("FORECASTED", 100)]), None),
            ("DAILY", json!([one("ACTUAL", 100)]), None),
            ("DAILY", json!([one("FORECASTED", 100)]), Some("forecasts")),
            ("DAILY", json!(many), Some("at most 10")),
            ("DAILY", json!([nobody]), Some("nobody")),
            ("DAILY", json!([topics]), Some("one topic")),
            (
                "DAILY",
                json!([one("ACTUAL", 5), one("ACTUAL", 5)]),
                Some("two notifications"),
            ),
        ];
        for (period, notifications, part) in cases {
            let refused = refusal(period, notifications.clone());
            match part {
                None => assert_eq!(refused, None, "{notifications}"),
                Some(part) => assert!(
                    refused.as_ref().is_some_and(|text| text.contains(part)),
                    "{notifications}: {refused:?}"
                ),
            }
        }
    }

    #[test]
    fn the_order_of_notifications_means_nothing() {
        let read = |notifications: Value| {
            let budget =
                json!({"limit_usd": "1.50", "period": "MONTHLY", "notifications": notifications});
            serde_json::from_value::<Budget>(budget).expect("a budget")
        };
        let (low, high) = (
            told("ACTUAL", 50, &["a@bella.example"]),
            told("ACTUAL", 100, &["a@bella.example"]),
        );
        assert_eq!(read(json!([low, high])), read(json!([high, low])));
        assert_eq!(json!(read(json!([])))["limit_usd"], "1.5");
    }
}
