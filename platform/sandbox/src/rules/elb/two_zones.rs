use std::collections::BTreeSet;

use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "load-balancer-needs-two-zones",
    about: About::refuses(
        "An application load balancer has subnets in at least two zones, one subnet a zone.",
    ),
    service: SERVICE,
    operations: &["CreateLoadBalancer", "SetSubnets"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let other_type = form.get("Type").is_some_and(|t| t != "application");
        if other_type
            || form
                .get("LoadBalancerArn")
                .is_some_and(|a| !a.contains("/app/"))
        {
            return Ok(None);
        }
        let mappings = form.structures("SubnetMappings");
        let mut wanted = form.list("Subnets");
        wanted.extend(mappings.iter().map(|mapping| mapping.text("SubnetId")));
        let answer = turn.ec2("DescribeSubnets", &[]).await?;
        let document = xml::parse(&answer);
        let subnets = xml::items(document.root(), "subnetSet");
        let mut zones = BTreeSet::new();
        for id in &wanted {
            let subnet = subnets.iter().find(|s| xml::text(**s, "subnetId") == *id);
            let Some(subnet) = subnet else {
                return Ok(Some(Refused::new(
                    "SubnetNotFound",
                    format!("The subnet ID '{id}' does not exist"),
                )));
            };
            if !zones.insert(xml::text(*subnet, "availabilityZone")) {
                return Ok(Some(Refused::new(
                    "InvalidConfigurationRequest",
                    "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
                )));
            }
        }
        Ok((zones.len() < 2).then(|| {
            Refused::new(
                "ValidationError",
                "At least two subnets in two different Availability Zones must be specified",
            )
        }))
    })
}
