use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "protected-load-balancer-refused",
    about: About::refuses("A load balancer with deletion protection is not deleted."),
    service: SERVICE,
    operations: &["DeleteLoadBalancer"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let arn = form.text("LoadBalancerArn");
        let fields = [("LoadBalancerArn", arn)];
        let answer = turn.elb("DescribeLoadBalancerAttributes", &fields).await?;
        let protected = xml::items(xml::parse(&answer).root(), "Attributes")
            .iter()
            .any(|attribute| {
                xml::text(*attribute, "Key") == "deletion_protection.enabled"
                    && xml::text(*attribute, "Value") == "true"
            });
        Ok(protected.then(|| {
            Refused::new(
                "OperationNotPermitted",
                format!(
                    "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
                ),
            )
        }))
    })
}
