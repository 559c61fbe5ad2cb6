use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "route-to-foreign-gateway-refused",
    about: About::refuses(
        "A route leads to an internet gateway that exists and is attached to the route table's own VPC.",
    ),
    service: "ec2",
    operations: &["CreateRoute", "ReplaceRoute"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (table, gateway) = (form.text("RouteTableId"), form.text("GatewayId"));
        if !gateway.starts_with("igw-") {
            return Ok(None);
        }
        let answer = turn
            .ec2(
                "DescribeInternetGateways",
                &[("InternetGatewayId.1", gateway)],
            )
            .await?;
        let gateways = xml::parse(&answer);
        if xml::items(gateways.root(), "internetGatewaySet").is_empty() {
            return Ok(Some(Refused::new(
                "InvalidGatewayID.NotFound",
                format!("The gateway ID '{gateway}' does not exist"),
            )));
        }
        let answer = turn
            .ec2("DescribeRouteTables", &[("RouteTableId.1", table)])
            .await?;
        let tables = xml::parse(&answer);
        let Some(vpc) = xml::find(tables.root(), "vpcId").and_then(|node| node.text()) else {
            return Ok(None);
        };
        let same = xml::items(gateways.root(), "attachmentSet")
            .iter()
            .any(|item| xml::text(*item, "vpcId") == vpc);
        Ok((!same).then(|| {
            Refused::new(
                "InvalidParameterValue",
                format!(
                    "route table {table} and network gateway {gateway} belong to different networks"
                ),
            )
        }))
    })
}
