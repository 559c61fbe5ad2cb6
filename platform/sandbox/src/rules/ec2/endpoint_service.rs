use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-endpoint-service-refused",
    about: About::refuses("A VPC endpoint is for a service that exists."),
    service: "ec2",
    operations: &["CreateVpcEndpoint"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let service = form.text("ServiceName");
        // Services of other accounts, which the emulator has no list of.
        if service.contains(".vpce.") {
            return Ok(None);
        }
        let answer = turn.ec2("DescribeVpcEndpointServices", &[]).await?;
        let known = xml::items(xml::parse(&answer).root(), "serviceNameSet")
            .iter()
            .any(|item| item.text() == Some(service));
        Ok((!known).then(|| {
            Refused::new(
                "InvalidServiceName",
                format!("The Vpc Endpoint Service '{service}' does not exist"),
            )
        }))
    })
}
