use hyper::StatusCode;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml;

pub(crate) static RULE: Amendment = Amendment {
    name: "missing-identifier-refused",
    about: About::refuses(
        "Describing by an identifier that is none is an error, not an empty list.",
    ),
    service: "ec2",
    operations: &["DescribeRouteTables", "DescribeSecurityGroupRules"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let (field, list, element, code, what) = match turn.call.operation.as_str() {
            "DescribeRouteTables" => (
                "RouteTableId",
                "routeTableSet",
                "routeTableId",
                "InvalidRouteTableID.NotFound",
                "routeTable ID",
            ),
            _ => (
                "SecurityGroupRuleId",
                "securityGroupRuleSet",
                "securityGroupRuleId",
                "InvalidSecurityGroupRuleId.NotFound",
                "security group rule ID",
            ),
        };
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let items = xml::items(document.root(), list);
        let form = turn.form();
        let missing = form
            .list(field)
            .into_iter()
            .find(|id| !items.iter().any(|item| xml::text(*item, element) == *id));
        Ok(match missing {
            Some(id) => {
                let message = format!("The {what} '{id}' does not exist");
                Answer::error(turn.call, StatusCode::BAD_REQUEST, code, &message)
            }
            None => answer,
        })
    })
}
