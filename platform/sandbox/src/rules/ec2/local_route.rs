use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "local-route-kept",
    about: About::refuses("The route within the VPC itself is not deleted."),
    service: "ec2",
    operations: &["DeleteRoute"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (table, range) = (form.text("RouteTableId"), form.text("DestinationCidrBlock"));
        let answer = turn
            .ec2("DescribeRouteTables", &[("RouteTableId.1", table)])
            .await?;
        let document = xml::parse(&answer);
        let is_local = xml::items(document.root(), "routeSet")
            .into_iter()
            .any(|route| {
                xml::text(route, "gatewayId") == "local"
                    && xml::text(route, "destinationCidrBlock") == range
            });
        Ok(is_local.then(|| {
            Refused::new(
                "InvalidParameterValue",
                format!("cannot remove local route {range} in route table {table}"),
            )
        }))
    })
}
