use crate::gateway::{Answer, escape};
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "security-group-tags-echoed",
    about: About::corrects("Creating a security group answers with the tags it was given."),
    service: "ec2",
    operations: &["CreateSecurityGroup"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let tags: String = form
            .structures("TagSpecification")
            .iter()
            .flat_map(|specification| specification.structures("Tag"))
            .map(|tag| {
                let (key, value) = (escape(tag.text("Key")), escape(tag.text("Value")));
                format!("<item><key>{key}</key><value>{value}</value></item>")
            })
            .collect();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        if tags.is_empty() || xml::find(document.root(), "tagSet").is_some() {
            return Ok(answer);
        }
        let mut edits = Edits::default();
        let set = format!("<tagSet>{tags}</tagSet>");
        edits.append(&source, document.root_element(), &set);
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
