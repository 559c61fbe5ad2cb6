use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "target-group-vpc-exists",
    about: About::refuses(
        "A target group whose targets are not functions is made in a VPC that exists.",
    ),
    service: SERVICE,
    operations: &["CreateTargetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        if form.text("TargetType") == "lambda" {
            return Ok(None);
        }
        let Some(vpc) = form.get("VpcId") else {
            let message = "A VPC ID must be specified";
            return Ok(Some(Refused::new("ValidationError", message)));
        };
        let answer = turn.ec2("DescribeVpcs", &[("VpcId.1", vpc)]).await?;
        let found = !xml::items(xml::parse(&answer).root(), "vpcSet").is_empty();
        Ok((!found).then(|| {
            Refused::new(
                "ValidationError",
                format!("The VPC ID '{vpc}' is not found"),
            )
        }))
    })
}
