use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "attached-internet-gateway-refused",
    about: About::refuses("An internet gateway is detached before it is deleted."),
    service: "ec2",
    operations: &["DeleteInternetGateway"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let gateway = form.text("InternetGatewayId");
        let fields = [("InternetGatewayId.1", gateway)];
        let answer = turn.ec2("DescribeInternetGateways", &fields).await?;
        let attached = !xml::items(xml::parse(&answer).root(), "attachmentSet").is_empty();
        Ok(attached.then(|| {
            Refused::new(
                "DependencyViolation",
                format!("The internetGateway '{gateway}' has dependencies and cannot be deleted."),
            )
        }))
    })
}
