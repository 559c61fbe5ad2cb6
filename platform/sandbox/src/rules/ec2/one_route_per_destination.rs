use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "one-route-per-destination",
    about: About::refuses(
        "A route table has at most one route for a destination; replacing and deleting need the one that is there.",
    ),
    service: "ec2",
    operations: &["CreateRoute", "ReplaceRoute", "DeleteRoute"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (table, destination) = (form.text("RouteTableId"), form.text("DestinationCidrBlock"));
        let answer = turn
            .ec2("DescribeRouteTables", &[("RouteTableId.1", table)])
            .await?;
        let document = xml::parse(&answer);
        if xml::items(document.root(), "routeTableSet").is_empty() {
            return Ok(None);
        }
        let exists = xml::items(document.root(), "routeSet")
            .iter()
            .any(|route| xml::text(*route, "destinationCidrBlock") == destination);
        Ok(match (turn.call.operation.as_str(), exists) {
            ("CreateRoute", true) => Some(Refused::new(
                "RouteAlreadyExists",
                format!("The route identified by {destination} already exists."),
            )),
            ("ReplaceRoute", false) => Some(Refused::new(
                "InvalidParameterValue",
                format!(
                    "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
                ),
            )),
            ("DeleteRoute", false) => Some(Refused::new(
                "InvalidRoute.NotFound",
                format!(
                    "no route with destination-cidr-block {destination} in route table {table}"
                ),
            )),
            _ => None,
        })
    })
}
