use super::SERVICE;
use super::routing::{routes, texts};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "target-group-of-one-balancer",
    about: About::refuses("A target group is behind one load balancer."),
    service: SERVICE,
    operations: &["CreateListener"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let wanted: Vec<String> = form
            .structures("DefaultActions")
            .iter()
            .map(|action| action.text("TargetGroupArn").to_owned())
            .filter(|arn| !arn.is_empty())
            .collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let balancer = form.text("LoadBalancerArn");
        // A balancer that is not there is refused further in.
        let fields = [("LoadBalancerArns.member.1", balancer)];
        let known = turn.elb("DescribeLoadBalancers", &fields).await?;
        if texts(&known, "LoadBalancerArn").is_empty() {
            return Ok(None);
        }
        let routes = routes(turn).await?;
        let taken = wanted.iter().find(|arn| {
            let mut ways = routes.iter().filter(|route| route.target_group == **arn);
            ways.any(|route| route.balancer != balancer)
        });
        Ok(taken.map(|arn| {
            Refused::new(
                "TargetGroupAssociationLimit",
                format!("The following target groups cannot be associated with more than one load balancer: {arn}"),
            )
        }))
    })
}
