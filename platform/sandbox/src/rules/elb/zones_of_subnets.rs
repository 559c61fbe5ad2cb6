use std::collections::HashMap;

use super::SERVICE;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "load-balancer-zones-of-subnets",
    about: About::corrects(
        "A load balancer is in the VPC and the availability zones of its subnets.",
    ),
    service: SERVICE,
    operations: &["CreateLoadBalancer", "DescribeLoadBalancers", "SetSubnets"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let described = turn.ec2("DescribeSubnets", &[]).await?;
        let subnets = xml::parse(&described);
        let subnets: HashMap<&str, (&str, &str)> = xml::items(subnets.root(), "subnetSet")
            .into_iter()
            .map(|subnet| {
                let place = (
                    xml::text(subnet, "availabilityZone"),
                    xml::text(subnet, "vpcId"),
                );
                (xml::text(subnet, "subnetId"), place)
            })
            .collect();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for node in document.descendants() {
            if node.tag_name().name() != "AvailabilityZones" {
                continue;
            }
            let mut vpc = None;
            for zone in node.children().filter(roxmltree::Node::is_element) {
                if let Some((name, its_vpc)) = subnets.get(xml::text(zone, "SubnetId"))
                    && let Some(zone_name) = xml::child(zone, "ZoneName")
                {
                    edits.set_content(zone_name, name);
                    vpc = Some(*its_vpc);
                }
            }
            let balancer = node.parent().and_then(|parent| xml::child(parent, "VpcId"));
            if let (Some(vpc), Some(element)) = (vpc, balancer) {
                edits.set_content(element, vpc);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
