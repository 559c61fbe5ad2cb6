use super::SERVICE;
use super::routing::{Route, routes};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: TargetGroupBalancers = TargetGroupBalancers;

pub(crate) struct TargetGroupBalancers;

impl Rule for TargetGroupBalancers {
    fn name(&self) -> &'static str {
        "target-group-load-balancers"
    }

    fn about(&self) -> About {
        About::corrects(
            "A target group names the load balancers that forward to it now, and can be found by them.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["DescribeTargetGroups"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { describe(&turn).await })
    }
}

async fn describe(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let mut answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let balancer = form.get("LoadBalancerArn");
    if balancer.is_some() {
        // The emulator knows that this balancer exists, but not which groups it reaches: all are asked for.
        let all = form.clone().without("LoadBalancerArn").encode();
        answer = turn.pass_with(turn.request.clone().with_body(all)).await?;
    }
    Ok(told(answer, &routes(turn).await?, balancer))
}

fn told(answer: Answer, routes: &[Route], balancer: Option<&str>) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for group in xml::items(document.root(), "TargetGroups") {
        let arn = xml::text(group, "TargetGroupArn");
        let balancers: Vec<&str> = routes
            .iter()
            .filter(|route| route.target_group == arn)
            .map(|route| route.balancer.as_str())
            .collect();
        if balancer.is_some_and(|wanted| !balancers.contains(&wanted)) {
            edits.remove(group);
            continue;
        }
        let members: String = balancers
            .iter()
            .map(|arn| format!("<member>{arn}</member>"))
            .collect();
        match xml::child(group, "LoadBalancerArns") {
            Some(list) => edits.set_content(list, &members),
            None => {
                let list = format!("<LoadBalancerArns>{members}</LoadBalancerArns>");
                edits.append(&source, group, &list);
            }
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}
