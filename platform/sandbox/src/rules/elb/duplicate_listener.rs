use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "duplicate-listener-refused",
    about: About::refuses("A load balancer has at most one listener on a port."),
    service: SERVICE,
    operations: &["CreateListener", "ModifyListener"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let Some(port) = form.get("Port") else {
            return Ok(None);
        };
        let listener = form.text("ListenerArn");
        let balancer = match form.get("LoadBalancerArn") {
            Some(arn) => arn.to_owned(),
            None => balancer_of(listener),
        };
        let fields = [("LoadBalancerArn", balancer.as_str())];
        let answer = turn.elb("DescribeListeners", &fields).await?;
        let taken = xml::items(xml::parse(&answer).root(), "Listeners")
            .iter()
            .any(|other| {
                xml::text(*other, "Port") == port && xml::text(*other, "ListenerArn") != listener
            });
        Ok(taken.then(|| {
            Refused::new(
                "DuplicateListener",
                format!(
                    "A listener already exists on this port for this load balancer '{balancer}'"
                ),
            )
        }))
    })
}

/// `…:listener/app/name/id/listener-id` belongs to `…:loadbalancer/app/name/id`.
fn balancer_of(listener: &str) -> String {
    let (balancer, _) = listener.rsplit_once('/').unwrap_or((listener, ""));
    balancer.replacen(":listener/", ":loadbalancer/", 1)
}

#[cfg(test)]
mod tests {
    use super::balancer_of;

    #[test]
    fn a_listener_names_its_balancer() {
        assert_eq!(
            balancer_of("arn:aws:elasticloadbalancing:r:1:listener/app/n/50dc/0467"),
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/n/50dc"
        );
    }
}
