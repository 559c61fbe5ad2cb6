use super::SERVICE;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "target-group-defaults",
    about: About::corrects("A target group names its protocol version and address type."),
    service: SERVICE,
    operations: &[
        "CreateTargetGroup",
        "DescribeTargetGroups",
        "ModifyTargetGroup",
    ],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for group in xml::items(document.root(), "TargetGroups") {
            let http = xml::text(group, "Protocol").starts_with("HTTP");
            let defaults = [
                ("ProtocolVersion", "HTTP1", http),
                ("IpAddressType", "ipv4", true),
            ];
            for (name, value, has) in defaults {
                if has && xml::child(group, name).is_none() {
                    edits.append(&source, group, &format!("<{name}>{value}</{name}>"));
                }
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
