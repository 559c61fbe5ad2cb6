use std::collections::BTreeSet;

use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-subnet-group-in-two-zones",
    about: About::refuses("A subnet group has subnets in at least two availability zones."),
    service: SERVICE,
    operations: &["CreateDBSubnetGroup", "ModifyDBSubnetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let wanted = form.list("SubnetIds");
        let answer = turn.ec2("DescribeSubnets", &[]).await?;
        let document = xml::parse(&answer);
        let subnets = xml::items(document.root(), "subnetSet");
        let known = subnets
            .iter()
            .filter(|subnet| wanted.contains(&xml::text(**subnet, "subnetId")));
        let zones: BTreeSet<&str> = known
            .map(|subnet| xml::text(*subnet, "availabilityZone"))
            .collect();
        // One that is not there is the emulator's to refuse.
        Ok((zones.len() == 1).then(|| {
            Refused::new(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage is one; add subnets to cover at least 2 AZs.",
            )
        }))
    })
}
