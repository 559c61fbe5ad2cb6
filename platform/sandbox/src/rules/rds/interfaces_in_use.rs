use super::instances;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-interface-in-use-refused",
    about: About::refuses(
        "A security group or subnet that an instance's network interface is in is not deleted.",
    ),
    service: "ec2",
    operations: &["DeleteSecurityGroup", "DeleteSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (group, subnet) = (form.text("GroupId"), form.text("SubnetId"));
        let instances = instances::all(turn).await?;
        let used = instances.iter().any(|instance| {
            instance.security_groups.iter().any(|it| it == group)
                || instance.subnets.iter().any(|it| it == subnet)
        });
        Ok(used.then(|| match group {
            "" => Refused::new(
                "DependencyViolation",
                format!("The subnet '{subnet}' has dependencies and cannot be deleted."),
            ),
            _ => Refused::new(
                "DependencyViolation",
                format!("resource {group} has a dependent object"),
            ),
        }))
    })
}
