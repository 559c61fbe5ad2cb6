use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "second-internet-gateway-refused",
    about: About::refuses("A VPC has at most one internet gateway."),
    service: "ec2",
    operations: &["AttachInternetGateway"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (vpc, gateway) = (form.text("VpcId"), form.text("InternetGatewayId"));
        let filter = [
            ("Filter.1.Name", "attachment.vpc-id"),
            ("Filter.1.Value.1", vpc),
        ];
        let answer = turn.ec2("DescribeInternetGateways", &filter).await?;
        // The same gateway again has an error of its own, given by another rule.
        let other = xml::items(xml::parse(&answer).root(), "internetGatewaySet")
            .iter()
            .any(|item| xml::text(*item, "internetGatewayId") != gateway);
        Ok(other.then(|| {
            Refused::new(
                "InvalidParameterValue",
                format!("Network {vpc} already has an internet gateway attached"),
            )
        }))
    })
}
