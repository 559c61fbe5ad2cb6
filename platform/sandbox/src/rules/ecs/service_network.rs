use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "service-in-missing-network-refused",
    about: About::refuses(
        "A service's tasks get their interfaces in subnets and security groups that are there.",
    ),
    service: "ecs",
    operations: &["CreateService", "UpdateService", "RunTask"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let network = &body["networkConfiguration"]["awsvpcConfiguration"];
        let parts = [
            ("subnets", "DescribeSubnets", "SubnetId.1", "subnetSet"),
            (
                "securityGroups",
                "DescribeSecurityGroups",
                "GroupId.1",
                "securityGroupInfo",
            ),
        ];
        for (name, action, field, list) in parts {
            for id in array(&network[name]).iter().filter_map(|id| id.as_str()) {
                let answer = turn.ec2(action, &[(field, id)]).await?;
                if !xml::items(xml::parse(&answer).root(), list).is_empty() {
                    continue;
                }
                let message = if name == "subnets" {
                    format!(
                        "Error retrieving subnet information for [{id}]: The subnet ID '{id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
                    )
                } else {
                    format!(
                        "Error retrieving security group information for [{id}]: The security group '{id}' does not exist (ErrorCode: InvalidGroup.NotFound)"
                    )
                };
                return Ok(Some(Refused::new("InvalidParameterException", message)));
            }
        }
        Ok(None)
    })
}
