use super::SERVICE;
use crate::rules::elb::routing::texts;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "certificate-in-use-refused",
    about: About::refuses("A certificate that a listener has is not deleted."),
    service: SERVICE,
    operations: &["DeleteCertificate"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let request = turn.json();
        let arn = request["CertificateArn"].as_str().unwrap_or_default();
        let answer = turn.elb("DescribeListeners", &[]).await?;
        let is_used = texts(&answer, "CertificateArn")
            .iter()
            .any(|used| used == arn);
        Ok(is_used.then(|| {
            Refused::new(
                "ResourceInUseException",
                format!("Certificate {arn} is in use."),
            )
        }))
    })
}
