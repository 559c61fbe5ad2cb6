use hyper::StatusCode;

use super::SERVICE;
use super::zone::Zone;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: Dnssec = Dnssec;

pub(crate) struct Dnssec;

const ANSWER: &str = "<GetDNSSECResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Status><ServeSignature>NOT_SIGNING</ServeSignature></Status><KeySigningKeys/></GetDNSSECResponse>";

impl Rule for Dnssec {
    fn name(&self) -> &'static str {
        "zones-unsigned"
    }

    fn about(&self) -> About {
        About::fills("A hosted zone says whether it is signed; here none is.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["GetDNSSEC"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            Ok(match Zone::of(&turn).await? {
                Some(_) => Answer::new(StatusCode::OK, "text/xml", ANSWER),
                None => Answer::error(
                    turn.call,
                    StatusCode::NOT_FOUND,
                    "NoSuchHostedZone",
                    "The specified hosted zone does not exist.",
                ),
            })
        })
    }
}
