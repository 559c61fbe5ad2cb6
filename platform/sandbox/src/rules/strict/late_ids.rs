use hyper::StatusCode;

use super::newborns::unseen;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;
use crate::temper::{Dice, What};

/// Row 11 of AWS's behaviours.
pub(super) static RULE: LateIds = LateIds;

pub(super) struct LateIds;

/// The share of new identifiers that are not known to the first calls.
const SHARE: f64 = 0.25;

/// How an identifier begins, the code when it is not known, and what the message calls it.
const CODES: [(&str, &str, &str); 6] = [
    ("vpc-", "InvalidVpcID.NotFound", "vpc ID"),
    ("subnet-", "InvalidSubnetID.NotFound", "subnet ID"),
    ("sg-", "InvalidGroup.NotFound", "security group"),
    (
        "igw-",
        "InvalidInternetGatewayID.NotFound",
        "internetGateway ID",
    ),
    ("rtb-", "InvalidRouteTableID.NotFound", "routeTable ID"),
    ("eipalloc-", "InvalidAllocationID.NotFound", "allocation ID"),
];

impl Rule for LateIds {
    fn name(&self) -> &'static str {
        "new-identifiers-not-found"
    }

    fn about(&self) -> About {
        About::refuses("An identifier that EC2 gave a moment ago may not be found yet.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.service == "ec2"
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let unseen = unseen(&turn);
            let seed = turn.temper.seed();
            let text = String::from_utf8_lossy(&turn.request.body).into_owned();
            let late = form_urlencoded::parse(text.as_bytes())
                // A filter by what is not found is an empty list, and no error.
                .filter(|(name, _)| !name.starts_with("Filter."))
                .map(|(_, value)| value.into_owned())
                .filter(|value| unseen.contains_key(value))
                .filter(|id| Dice::of(seed, &["id", id], 0).number(0) < SHARE)
                .find_map(|id| {
                    let row = CODES.iter().find(|(start, ..)| id.starts_with(start))?;
                    Some((id, row.1, row.2))
                });
            let Some((id, code, what)) = late else {
                return turn.pass().await;
            };
            turn.temper.note(turn.call, What::Late, code);
            let message = format!("The {what} '{id}' does not exist");
            Ok(Answer::error(
                turn.call,
                StatusCode::BAD_REQUEST,
                code,
                &message,
            ))
        })
    }
}
