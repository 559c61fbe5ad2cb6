use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "load-balancer-needs-internet-gateway",
    about: About::refuses(
        "An internet-facing load balancer is made only in a VPC that has an internet gateway.",
    ),
    service: SERVICE,
    operations: &["CreateLoadBalancer"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        if form.text("Scheme") == "internal" {
            return Ok(None);
        }
        let mappings = form.structures("SubnetMappings");
        let mapped = mappings.first().map(|mapping| mapping.text("SubnetId"));
        let listed = form.list("Subnets").first().copied();
        let Some(subnet) = listed.or(mapped) else {
            return Ok(None);
        };
        let answer = turn
            .ec2("DescribeSubnets", &[("SubnetId.1", subnet)])
            .await?;
        let subnets = xml::parse(&answer);
        let Some(vpc) = xml::find(subnets.root(), "vpcId").and_then(|node| node.text()) else {
            return Ok(None);
        };
        let filter = [
            ("Filter.1.Name", "attachment.vpc-id"),
            ("Filter.1.Value.1", vpc),
        ];
        let answer = turn.ec2("DescribeInternetGateways", &filter).await?;
        let gateways = xml::parse(&answer);
        let has_one = !xml::items(gateways.root(), "internetGatewaySet").is_empty();
        Ok((!has_one).then(|| {
            let message = format!("VPC {vpc} has no internet gateway");
            Refused::new("InvalidSubnet", message)
        }))
    })
}
