use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "missing-group-of-rule-refused",
    about: About::refuses(
        "A security group rule that names a group is refused when there is no such group.",
    ),
    service: "ec2",
    operations: &[
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let permissions = turn.form().structures("IpPermissions");
        let pairs = permissions.iter().flat_map(|one| one.structures("Groups"));
        let wanted: Vec<String> = pairs
            .filter_map(|pair| pair.get("GroupId").map(str::to_owned))
            .collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let answer = turn.ec2("DescribeSecurityGroups", &[]).await?;
        let document = xml::parse(&answer);
        let groups = xml::items(document.root(), "securityGroupInfo");
        let is_there = |id: &String| groups.iter().any(|one| xml::text(*one, "groupId") == id);
        Ok(wanted.iter().find(|id| !is_there(id)).map(|id| {
            Refused::new(
                "InvalidGroup.NotFound",
                format!("The security group '{id}' does not exist"),
            )
        }))
    })
}
