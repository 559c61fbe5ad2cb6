use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "load-balancer-security-groups-exist",
    about: About::refuses("A load balancer gets security groups that exist."),
    service: SERVICE,
    operations: &["CreateLoadBalancer", "SetSecurityGroups"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let wanted = form.list("SecurityGroups");
        if wanted.is_empty() {
            return Ok(None);
        }
        let answer = turn.ec2("DescribeSecurityGroups", &[]).await?;
        let document = xml::parse(&answer);
        let groups = xml::items(document.root(), "securityGroupInfo");
        let is_there = |id: &str| groups.iter().any(|one| xml::text(*one, "groupId") == id);
        Ok(wanted.into_iter().find(|id| !is_there(id)).map(|id| {
            Refused::new(
                "InvalidSecurityGroup",
                format!("The security group '{id}' does not exist"),
            )
        }))
    })
}
