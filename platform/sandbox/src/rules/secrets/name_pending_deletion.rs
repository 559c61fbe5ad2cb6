use serde_json::json;

use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "secret-name-pending-deletion-refused",
    about: About::refuses(
        "The name of a secret that is scheduled for deletion is not free, and the refusal says so in words of its \
         own.",
    ),
    service: SERVICE,
    operations: &["CreateSecret"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let asked = json!({"SecretId": turn.json()["Name"]});
        let existing = turn.secrets("DescribeSecret", &asked).await?;
        Ok((!existing["DeletedDate"].is_null()).then(|| {
            Refused::new(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            )
        }))
    })
}
