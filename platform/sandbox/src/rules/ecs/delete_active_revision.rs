use serde_json::json;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

/// `DeleteTaskDefinitions` documents the condition and, among its errors, this one for a parameter that cannot be.
pub(crate) static RULE: Refusal = Refusal {
    name: "active-revision-not-deleted",
    about: About::refuses("A revision is deregistered before it is deleted."),
    service: "ecs",
    operations: &["DeleteTaskDefinitions"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        for revision in array(&body["taskDefinitions"]) {
            let asked = json!({"taskDefinition": revision});
            let described = turn.ecs("DescribeTaskDefinition", &asked).await?;
            if described["taskDefinition"]["status"] == "ACTIVE" {
                let revision = revision.as_str().unwrap_or_default();
                return Ok(Some(Refused::new(
                    "InvalidParameterException",
                    format!("{revision} is ACTIVE: deregister it before deleting it"),
                )));
            }
        }
        Ok(None)
    })
}
