use serde_json::{Value, json};

use super::SERVICE;
use super::registry::{self, Registry, Said};
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Tags = Tags;

pub(crate) struct Tags;

impl Rule for Tags {
    fn name(&self) -> &'static str {
        "scalable-target-tags"
    }

    fn about(&self) -> About {
        About::fills(
            "Tags of scalable targets: given when one is registered, changed later; one that is not there is refused.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &["ListTagsForResource", "TagResource", "UntagResource"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let body = turn.json();
            let account = turn.account().await?;
            let operation = turn.call.operation.as_str();
            Ok(registry::said(&turn, &account, |own| {
                said(operation, &body, own)
            }))
        })
    }
}

fn said(operation: &str, body: &Value, own: &mut Registry) -> Said {
    let arn = &body["ResourceARN"];
    let mut targets = own.targets.values_mut();
    let target = targets
        .find(|target| target.described["ScalableTargetARN"] == *arn)
        .ok_or_else(|| {
            let message = format!("No scalable target found with ARN {arn}");
            ("ResourceNotFoundException", message)
        })?;
    match operation {
        "TagResource" => target.tags.extend(registry::tags(&body["Tags"])),
        "UntagResource" => {
            let gone = array(&body["TagKeys"]);
            target
                .tags
                .retain(|key, _| !gone.iter().any(|one| one == key));
        }
        _ => return Ok(json!({"Tags": target.tags})),
    }
    Ok(json!({}))
}
