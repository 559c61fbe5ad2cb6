use super::SERVICE;
use super::routing::texts;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "target-groups-of-actions-exist",
    about: About::refuses("A listener or a rule forwards to target groups that exist."),
    service: SERVICE,
    operations: &[
        "CreateListener",
        "ModifyListener",
        "CreateRule",
        "ModifyRule",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let mut actions = form.structures("DefaultActions");
        actions.extend(form.structures("Actions"));
        let mut wanted = Vec::new();
        for action in &actions {
            let weighted = action.structures("ForwardConfig.TargetGroups");
            let forms = std::iter::once(action).chain(&weighted);
            wanted.extend(forms.filter_map(|one| one.get("TargetGroupArn").map(str::to_owned)));
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        let answer = turn.elb("DescribeTargetGroups", &[]).await?;
        let groups = texts(&answer, "TargetGroupArn");
        let is_missing = wanted.iter().any(|arn| !groups.contains(arn));
        let message = "One or more target groups not found";
        Ok(is_missing.then(|| Refused::new("TargetGroupNotFound", message)))
    })
}
