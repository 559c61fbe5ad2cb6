use super::nat_gateways::standing;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "subnet-in-use-refused",
    about: About::refuses(
        "A subnet in which a load balancer, a NAT gateway or a service's tasks have their interfaces is not deleted.",
    ),
    service: "ec2",
    operations: &["DeleteSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let subnet = form.text("SubnetId");
        let answer = turn.elb("DescribeLoadBalancers", &[]).await?;
        let balanced = xml::parse(&answer)
            .descendants()
            .any(|node| node.tag_name().name() == "SubnetId" && node.text() == Some(subnet));
        let translated = standing(turn.store).iter().any(|nat| nat.subnet == subnet);
        let used = balanced
            || translated
            || turn.services_with_tasks().await?.iter().any(|service| {
                let network = &service["networkConfiguration"]["awsvpcConfiguration"];
                array(&network["subnets"]).iter().any(|s| s == subnet)
            });
        Ok(used.then(|| {
            Refused::new(
                "DependencyViolation",
                format!("The subnet '{subnet}' has dependencies and cannot be deleted."),
            )
        }))
    })
}
