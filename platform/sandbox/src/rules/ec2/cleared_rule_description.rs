use super::rule_descriptions::CLEARED;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "cleared-security-group-rule-description",
    about: About::corrects("A security group rule whose description was cleared has none."),
    service: "ec2",
    operations: &["DescribeSecurityGroupRules", "DescribeSecurityGroups"],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for node in document.descendants() {
            if node.tag_name().name() == "description" && node.text() == Some(CLEARED) {
                edits.remove(node);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
