use roxmltree::Node;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "security-group-reference-filters",
    about: About::corrects(
        "`DescribeSecurityGroups` can be asked for the groups whose rules refer to a group.",
    ),
    service: "ec2",
    operations: &["DescribeSecurityGroups"],
    amend,
};

/// Filters, each with the list of permissions it looks into.
const FILTERS: [(&str, &str); 2] = [
    ("ip-permission.group-id", "ipPermissions"),
    ("egress.ip-permission.group-id", "ipPermissionsEgress"),
];

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let filters = turn.form().filters();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for group in xml::items(document.root(), "securityGroupInfo") {
            let fits = FILTERS.iter().all(|(name, list)| {
                let asked = filters.iter().filter(|(asked, _)| asked == name);
                asked
                    .into_iter()
                    .all(|(_, values)| refers(group, list, values))
            });
            if !fits {
                edits.remove(group);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

fn refers(group: Node<'_, '_>, list: &str, values: &[String]) -> bool {
    let permissions = xml::items(group, list).into_iter();
    let mut pairs = permissions.flat_map(|permission| xml::items(permission, "groups"));
    pairs.any(|pair| {
        values
            .iter()
            .any(|value| value == xml::text(pair, "groupId"))
    })
}
