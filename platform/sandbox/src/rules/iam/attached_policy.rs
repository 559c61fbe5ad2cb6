use hyper::StatusCode;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// AWS's own policies are as many as AWS says, and the emulator's few are no list of them: they are let through.
pub(crate) static RULE: Refusal = Refusal {
    name: "missing-attached-policy-refused",
    about: About::refuses("A policy of the account's own is attached only when there is one."),
    service: "iam",
    operations: &["AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let arn = form.text("PolicyArn");
        if !arn.starts_with("arn:aws:iam::") || !arn.contains(":policy/") {
            let message = format!("ARN {arn} is not valid.");
            return Ok(Some(Refused::new("InvalidInput", message)));
        }
        if arn.starts_with("arn:aws:iam::aws:") {
            return Ok(None);
        }
        let fields = [("PolicyArn", arn)];
        let answer = turn
            .ask_query("iam", "2010-05-08", "GetPolicy", &fields)
            .await?;
        let document = xml::parse(&answer);
        let is_there = xml::find(document.root(), "Arn").is_some();
        Ok((!is_there).then(|| {
            let message = format!("Policy {arn} does not exist or is not attachable.");
            Refused::new("NoSuchEntity", message).with_status(StatusCode::NOT_FOUND)
        }))
    })
}
