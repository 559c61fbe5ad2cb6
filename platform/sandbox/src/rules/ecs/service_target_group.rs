use crate::rules::elb::routing::routes;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "target-group-without-load-balancer-refused",
    about: About::refuses("A service's target groups are ones that a load balancer forwards to."),
    service: "ecs",
    operations: &["CreateService", "UpdateService"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let wanted: Vec<&str> = array(&body["loadBalancers"])
            .iter()
            .filter_map(|balancer| balancer["targetGroupArn"].as_str())
            .collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let routes = routes(turn).await?;
        let lost = wanted
            .iter()
            .find(|arn| !routes.iter().any(|route| route.target_group == **arn));
        Ok(lost.map(|arn| {
            Refused::new(
                "InvalidParameterException",
                format!(
                    "The target group with targetGroupArn {arn} does not have an associated load balancer."
                ),
            )
        }))
    })
}
