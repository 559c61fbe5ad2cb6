use super::nat_gateways::exists;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "route-to-missing-nat-gateway-refused",
    about: About::refuses(
        "A route leads to one target, and to a NAT gateway only when there is one.",
    ),
    service: "ec2",
    operations: &["CreateRoute", "ReplaceRoute"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let nat = form.text("NatGatewayId");
        if nat.is_empty() {
            return Ok(None);
        }
        if form.get("GatewayId").is_some() {
            return Ok(Some(Refused::new(
                "InvalidParameterCombination",
                "The parameters GatewayId and NatGatewayId cannot be used together",
            )));
        }
        Ok((!exists(turn.store, nat)).then(|| {
            Refused::new(
                "InvalidNatGatewayID.NotFound",
                format!("The natGateway ID '{nat}' does not exist"),
            )
        }))
    })
}
