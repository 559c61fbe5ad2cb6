use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "missing-vpc-refused",
    about: About::refuses("What is made inside a VPC is refused when there is no such VPC."),
    service: "ec2",
    operations: &[
        "CreateSubnet",
        "CreateRouteTable",
        "CreateSecurityGroup",
        "CreateVpcEndpoint",
        "AttachInternetGateway",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let Some(vpc) = form.get("VpcId") else {
            return Ok(None);
        };
        let answer = turn.ec2("DescribeVpcs", &[("VpcId.1", vpc)]).await?;
        let found = !xml::items(xml::parse(&answer).root(), "vpcSet").is_empty();
        Ok((!found).then(|| {
            Refused::new(
                "InvalidVpcID.NotFound",
                format!("The vpc ID '{vpc}' does not exist"),
            )
        }))
    })
}
