use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "internet-gateway-of-one-vpc",
    about: About::refuses("An internet gateway is attached to one VPC only."),
    service: "ec2",
    operations: &["AttachInternetGateway"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let gateway = form.text("InternetGatewayId");
        let fields = [("InternetGatewayId.1", gateway)];
        let answer = turn.ec2("DescribeInternetGateways", &fields).await?;
        let document = xml::parse(&answer);
        let attachments = xml::items(document.root(), "attachmentSet");
        Ok(attachments.first().map(|attachment| {
            let vpc = xml::text(*attachment, "vpcId");
            Refused::new(
                "Resource.AlreadyAssociated",
                format!("resource {gateway} is already attached to network {vpc}"),
            )
        }))
    })
}
