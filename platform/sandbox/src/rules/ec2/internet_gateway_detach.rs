use super::nat_gateways::standing;
use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "internet-gateway-detach-refused",
    about: About::refuses(
        "Detaching needs an attachment, and a network without public addresses in use.",
    ),
    service: "ec2",
    operations: &["DetachInternetGateway"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (vpc, gateway) = (form.text("VpcId"), form.text("InternetGatewayId"));
        let fields = [("InternetGatewayId.1", gateway)];
        let answer = turn.ec2("DescribeInternetGateways", &fields).await?;
        let document = xml::parse(&answer);
        let known = !xml::items(document.root(), "internetGatewaySet").is_empty();
        let attached = xml::items(document.root(), "attachmentSet")
            .iter()
            .any(|item| xml::text(*item, "vpcId") == vpc);
        if known && !attached {
            return Ok(Some(Refused::new(
                "Gateway.NotAttached",
                format!("resource {gateway} is not attached to network {vpc}"),
            )));
        }
        let mapped = attached && has_public_addresses(turn, vpc).await?;
        Ok(mapped.then(|| {
            Refused::new(
                "DependencyViolation",
                format!(
                    "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
                ),
            )
        }))
    })
}

/// Internet-facing load balancers, NAT gateways and tasks with a public address, by the subnets they are in.
async fn has_public_addresses(turn: &Turn<'_>, vpc: &str) -> Result<bool, NoAnswer> {
    let filter = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc)];
    let answer = turn.ec2("DescribeSubnets", &filter).await?;
    let document = xml::parse(&answer);
    let items = xml::items(document.root(), "subnetSet");
    let subnets: Vec<&str> = items.iter().map(|i| xml::text(*i, "subnetId")).collect();
    let answer = turn.elb("DescribeLoadBalancers", &[]).await?;
    let balancers = xml::parse(&answer);
    let facing = xml::items(balancers.root(), "LoadBalancers")
        .iter()
        .filter(|balancer| xml::text(**balancer, "Scheme") == "internet-facing")
        .flat_map(|balancer| xml::items(*balancer, "AvailabilityZones"))
        .any(|zone| subnets.contains(&xml::text(zone, "SubnetId")));
    let translated = standing(turn.store)
        .iter()
        .any(|nat| subnets.contains(&nat.subnet.as_str()));
    Ok(facing
        || translated
        || turn.services_with_tasks().await?.iter().any(|service| {
            let network = &service["networkConfiguration"]["awsvpcConfiguration"];
            network["assignPublicIp"] == "ENABLED"
                && array(&network["subnets"])
                    .iter()
                    .filter_map(serde_json::Value::as_str)
                    .any(|s| subnets.contains(&s))
        }))
}
