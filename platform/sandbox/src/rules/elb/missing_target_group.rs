use hyper::StatusCode;

use super::SERVICE;
use super::routing::texts;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};

pub(crate) static RULE: Amendment = Amendment {
    name: "missing-target-group-refused",
    about: About::refuses(
        "Describing target groups that are not there, by name or ARN, is an error.",
    ),
    service: SERVICE,
    operations: &["DescribeTargetGroups"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let source = body_text(&answer);
        let lacks = |list: &str, element: &str| {
            let found = texts(&source, element);
            let asked = form.list(list);
            asked.iter().any(|one| !found.iter().any(|f| f == one))
        };
        if !lacks("Names", "TargetGroupName") && !lacks("TargetGroupArns", "TargetGroupArn") {
            return Ok(answer);
        }
        let (status, code) = (StatusCode::BAD_REQUEST, "TargetGroupNotFound");
        let message = "One or more target groups not found";
        Ok(Answer::error(turn.call, status, code, message))
    })
}
