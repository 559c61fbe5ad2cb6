use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "hosted-zone-exists",
    about: About::refuses("A caller reference makes one hosted zone, however often it is sent."),
    service: SERVICE,
    operations: &["CreateHostedZone"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = String::from_utf8_lossy(&turn.request.body).into_owned();
        let request = xml::parse(&body);
        let reference = xml::find(request.root(), "CallerReference").and_then(|node| node.text());
        let answer = turn.route53("hostedzone").await?;
        let zones = xml::parse(&answer);
        let is_used = zones
            .descendants()
            .any(|node| node.tag_name().name() == "CallerReference" && node.text() == reference);
        Ok((reference.is_some() && is_used).then(|| {
            Refused::new(
                "HostedZoneAlreadyExists",
                "A hosted zone has already been created with the specified caller reference.",
            )
        }))
    })
}
