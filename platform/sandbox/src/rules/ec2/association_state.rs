use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "route-table-association-state",
    about: About::corrects("Associating a route table answers with the association's state."),
    service: "ec2",
    operations: &["AssociateRouteTable", "ReplaceRouteTableAssociation"],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        if xml::find(document.root(), "associationState").is_some() {
            return Ok(answer);
        }
        let mut edits = Edits::default();
        edits.append(
            &source,
            document.root_element(),
            "<associationState><state>associated</state></associationState>",
        );
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
