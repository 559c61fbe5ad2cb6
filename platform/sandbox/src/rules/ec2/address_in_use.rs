use super::nat_gateways::standing;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "elastic-address-in-use-refused",
    about: About::refuses("An elastic address that a NAT gateway has is not released."),
    service: "ec2",
    operations: &["ReleaseAddress"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let allocation = form.text("AllocationId");
        let nats = standing(turn.store);
        let user = nats.into_iter().find(|nat| nat.allocation == allocation);
        Ok(user.map(|nat| {
            Refused::new(
                "InvalidIPAddress.InUse",
                format!("Address {allocation} is in use by {}", nat.id),
            )
        }))
    })
}
