use std::collections::BTreeSet;

use hyper::Method;

use super::SERVICE;
use crate::gateway::{Call, NoAnswer};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Once deleted, it does not come back.
pub(crate) static RULE: SeededZone = SeededZone;

pub(crate) struct SeededZone;

/// Accounts that were looked at.
type Seeded = BTreeSet<String>;

const ZONE: &str = "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>bella.example</Name><CallerReference>seeded-by-the-sandbox</CallerReference><HostedZoneConfig><Comment>the sandbox's own</Comment></HostedZoneConfig></CreateHostedZoneRequest>";

impl Rule for SeededZone {
    fn name(&self) -> &'static str {
        "seeded-zone"
    }

    fn about(&self) -> About {
        About::fills(
            "An account that has no hosted zone when zones are first listed gets `bella.example`, as a stack with a \
             name needs a zone that somebody owns.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["ListHostedZones", "ListHostedZonesByName"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            seed(self.name(), &turn).await?;
            turn.pass().await
        })
    }
}

async fn seed(rule: &'static str, turn: &Turn<'_>) -> Result<(), NoAnswer> {
    let account = turn.account().await?;
    // Marked before the zone is made, so that calls at one time make one; where it cannot be saved, none is made.
    let mark = |seeded: &mut Seeded| seeded.insert(account);
    if !turn.store.change(rule, mark).unwrap_or(false) {
        return Ok(());
    }
    let answer = turn.route53("hostedzone").await?;
    if xml::items(xml::parse(&answer).root(), "HostedZones").is_empty() {
        let mut request = turn.request.clone().with_body(ZONE);
        request.method = Method::POST;
        request.uri = "/2013-04-01/hostedzone".parse().unwrap_or_default();
        turn.pass_with(request).await?;
    }
    Ok(())
}
