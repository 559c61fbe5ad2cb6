use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "route-table-in-use-refused",
    about: About::refuses("A route table with associations is not deleted."),
    service: "ec2",
    operations: &["DeleteRouteTable"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let table = form.text("RouteTableId");
        let answer = turn
            .ec2("DescribeRouteTables", &[("RouteTableId.1", table)])
            .await?;
        let used = !xml::items(xml::parse(&answer).root(), "associationSet").is_empty();
        Ok(used.then(|| {
            Refused::new(
                "DependencyViolation",
                format!("The routeTable '{table}' has dependencies and cannot be deleted."),
            )
        }))
    })
}
