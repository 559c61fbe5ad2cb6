use super::SERVICE;
use super::routing::routes;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "target-group-in-use-refused",
    about: About::refuses("A target group that a listener or a rule forwards to is not deleted."),
    service: SERVICE,
    operations: &["DeleteTargetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let arn = form.text("TargetGroupArn");
        let used = routes(turn).await?.iter().any(|r| r.target_group == arn);
        Ok(used.then(|| {
            Refused::new(
                "ResourceInUse",
                format!("Target group '{arn}' is currently in use by a listener or a rule"),
            )
        }))
    })
}
