use hyper::StatusCode;

use super::SERVICE;
use super::routing::texts;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};

pub(crate) static RULE: Amendment = Amendment {
    name: "missing-listener-refused",
    about: About::refuses(
        "Describing listeners that are not there, or those of a load balancer that is not, is an error.",
    ),
    service: SERVICE,
    operations: &["DescribeListeners"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let found = texts(&body_text(&answer), "ListenerArn");
        let asked = form.list("ListenerArns");
        if asked.iter().any(|arn| !found.iter().any(|f| f == arn)) {
            let message = "One or more listeners not found";
            return Ok(refusal(turn, "ListenerNotFound", message));
        }
        let Some(balancer) = form.get("LoadBalancerArn").filter(|_| found.is_empty()) else {
            return Ok(answer);
        };
        let balancers = texts(
            &turn.elb("DescribeLoadBalancers", &[]).await?,
            "LoadBalancerArn",
        );
        if balancers.iter().any(|arn| arn == balancer) {
            return Ok(answer);
        }
        let message = "One or more load balancers not found";
        Ok(refusal(turn, "LoadBalancerNotFound", message))
    })
}

fn refusal(turn: &Turn<'_>, code: &str, message: &str) -> Answer {
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, message)
}
