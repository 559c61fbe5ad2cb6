use roxmltree::Node;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::form::Form;
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "network-interface-filters",
    about: About::corrects("`DescribeNetworkInterfaces` honours its filters."),
    service: "ec2",
    operations: &["DescribeNetworkInterfaces"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for interface in xml::items(document.root(), "networkInterfaceSet") {
            if !matches(&form, interface) {
                edits.remove(interface);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

pub(in crate::rules) fn matches(form: &Form, interface: Node<'_, '_>) -> bool {
    form.filters().iter().all(|(name, values)| {
        // A lone asterisk stands for any text that is there.
        let any = |text: &str| {
            let fits = |value: &String| value == text || (value == "*" && !text.is_empty());
            values.iter().any(fits)
        };
        let listed = |list: &str, field: &str| {
            let items = xml::items(interface, list);
            items.iter().any(|item| any(xml::text(*item, field)))
        };
        match name.as_str() {
            "network-interface-id" => any(xml::text(interface, "networkInterfaceId")),
            "subnet-id" => any(xml::text(interface, "subnetId")),
            "vpc-id" => any(xml::text(interface, "vpcId")),
            "status" => any(xml::text(interface, "status")),
            "group-id" => listed("groupSet", "groupId"),
            "tag-key" => listed("tagSet", "key"),
            "association.public-ip" => {
                let association = xml::child(interface, "association");
                association.is_some_and(|association| any(xml::text(association, "publicIp")))
            }
            _ => false,
        }
    })
}
