use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-subnet-group-of-missing-subnet-refused",
    about: About::refuses(
        "A subnet group is made of subnets that are there: `InvalidSubnet` of `CreateDBSubnetGroup`.",
    ),
    service: SERVICE,
    operations: &["CreateDBSubnetGroup", "ModifyDBSubnetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let answer = turn.ec2("DescribeSubnets", &[]).await?;
        let document = xml::parse(&answer);
        let known: Vec<&str> = xml::items(document.root(), "subnetSet")
            .into_iter()
            .map(|subnet| xml::text(subnet, "subnetId"))
            .collect();
        let lost: Vec<&str> = form
            .list("SubnetIds")
            .into_iter()
            .filter(|id| !known.contains(id))
            .collect();
        Ok((!lost.is_empty()).then(|| {
            Refused::new(
                "InvalidSubnet",
                format!("Some input subnets in :[{}] are invalid.", lost.join(", ")),
            )
        }))
    })
}
