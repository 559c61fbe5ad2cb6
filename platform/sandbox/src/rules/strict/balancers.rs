use super::{lingering, passing};
use crate::gateway::Call;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};
use crate::temper::Wait;

/// Rows 14 and 24 of AWS's behaviours.
pub(super) static RULE: Balancers = Balancers;

pub(super) struct Balancers;

impl Rule for Balancers {
    fn name(&self) -> &'static str {
        "load-balancer-states"
    }

    fn about(&self) -> About {
        About::corrects(
            "A load balancer is provisioning for minutes, and its interfaces outlive it.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "CreateLoadBalancer",
            "DeleteLoadBalancer",
            "DescribeLoadBalancers",
        ];
        call.is("elasticloadbalancing", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            if turn.call.operation == "DeleteLoadBalancer" {
                delete(&turn).await
            } else {
                show(&turn).await
            }
        })
    }
}

async fn delete(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let arn = form.text("LoadBalancerArn");
    let described = turn
        .elb(
            "DescribeLoadBalancers",
            &[("LoadBalancerArns.member.1", arn)],
        )
        .await?;
    let answer = turn.pass().await?;
    if answer.status.is_success() && described.contains(arn) {
        let name = arn
            .split_once(":loadbalancer/")
            .map_or(arn, |(_, name)| name);
        let is_public = described.contains("internet-facing");
        lingering::leave(turn, arn, &format!("ELB {name}"), &described, is_public);
    }
    Ok(answer)
}

async fn show(turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for balancer in xml::items(document.root(), "LoadBalancers") {
        let arn = xml::text(balancer, "LoadBalancerArn");
        if turn.call.operation == "CreateLoadBalancer" {
            passing::begin(turn, arn, "provisioning", Wait::BalancerProvision, None);
        }
        let passing = passing::of(turn, arn);
        if let (Some(passing), Some(state)) = (passing, xml::child(balancer, "State")) {
            edits.set_content(state, &format!("<Code>{}</Code>", passing.state));
        }
    }
    let body = edits.apply(&source);
    Ok(answer.with_body(body))
}
