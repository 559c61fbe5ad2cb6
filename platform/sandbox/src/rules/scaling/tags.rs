use serde_json::json;

use super::SERVICE;
use super::registry;
use crate::gateway::Call;
use crate::rules::rule::{Rule, Work};
use crate::rules::turn::Turn;

/// Scalable targets can carry tags; here none does, and one that is not there is refused.
pub(crate) static RULE: Tags = Tags;

pub(crate) struct Tags;

impl Rule for Tags {
    fn name(&self) -> &'static str {
        "scalable-target-tags"
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["ListTagsForResource"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let body = turn.json();
            let account = turn.account().await?;
            Ok(registry::said(&turn, &account, |own| {
                let arn = &body["ResourceARN"];
                let known = own
                    .targets
                    .values()
                    .any(|target| target.described["ScalableTargetARN"] == *arn);
                match known {
                    true => Ok(json!({"Tags": {}})),
                    false => Err((
                        "ResourceNotFoundException",
                        format!("No scalable target found with ARN {arn}"),
                    )),
                }
            }))
        })
    }
}
