use super::SERVICE;
use crate::rules::acm::validation::{Status, status};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "https-listener-needs-certificate",
    about: About::refuses("An HTTPS listener has a certificate, and only one that is issued."),
    service: SERVICE,
    operations: &["CreateListener", "ModifyListener"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let fields = [("ListenerArns.member.1", form.text("ListenerArn"))];
        let answer = match form.get("ListenerArn") {
            Some(_) => turn.elb("DescribeListeners", &fields).await?,
            None => String::new(),
        };
        let now = xml::parse(&answer);
        let held = |name: &str| {
            let node = xml::find(now.root(), name);
            node.and_then(|node| node.text()).unwrap_or_default()
        };
        let certificates = form.structures("Certificates");
        let given = certificates.first().map(|one| one.text("CertificateArn"));
        if form.get("Protocol").unwrap_or(held("Protocol")) != "HTTPS" {
            let message = "Certificates cannot be specified for HTTP listeners";
            return Ok(given.map(|_| Refused::new("InvalidConfigurationRequest", message)));
        }
        let Some(arn) = given else {
            let message = "A certificate must be specified for HTTPS listeners";
            let lacks = held("CertificateArn").is_empty();
            return Ok(lacks.then(|| Refused::new("ValidationError", message)));
        };
        Ok(match status(turn, arn).await? {
            Status::Issued => None,
            Status::Missing => Some(Refused::new(
                "CertificateNotFound",
                format!("Certificate '{arn}' not found"),
            )),
            Status::Pending => Some(Refused::new(
                "UnsupportedCertificate",
                format!(
                    "The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a supported RSA key size."
                ),
            )),
        })
    })
}
