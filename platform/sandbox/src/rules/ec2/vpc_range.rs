use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "vpc-range-refused",
    about: About::refuses("A VPC's IPv4 range is between /16 and /28."),
    service: "ec2",
    operations: &["CreateVpc"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let cidr = form.text("CidrBlock");
        let prefix = cidr.split_once('/').and_then(|(_, p)| p.parse::<u8>().ok());
        Ok(prefix
            .filter(|p| !(16..=28).contains(p))
            .map(|_| Refused::new("InvalidVpc.Range", format!("The CIDR '{cidr}' is invalid."))))
    })
}
