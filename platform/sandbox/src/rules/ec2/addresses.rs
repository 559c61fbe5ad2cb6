use super::nat_gateways::standing;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "elastic-address-filters",
    about: About::corrects(
        "Elastic addresses are found by filters, and say where they are announced and that a NAT gateway has them.",
    ),
    service: "ec2",
    operations: &["DescribeAddresses"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let filters = turn.form().filters();
        let nats = standing(turn.store);
        let region = turn.call.region.as_deref().unwrap_or("us-east-1");
        let mut edits = Edits::default();
        for item in xml::items(document.root(), "addressesSet") {
            let passes = |(name, values): &(String, Vec<String>)| {
                let found = match name.as_str() {
                    "allocation-id" => xml::text(item, "allocationId"),
                    "public-ip" => xml::text(item, "publicIp"),
                    "domain" => xml::text(item, "domain"),
                    name => match name.strip_prefix("tag:") {
                        Some(key) => tag(item, key),
                        None => return true,
                    },
                };
                values.iter().any(|value| value == found)
            };
            if !filters.iter().all(passes) {
                edits.remove(item);
                continue;
            }
            let mut more = format!("<networkBorderGroup>{region}</networkBorderGroup>");
            let allocation = xml::text(item, "allocationId");
            if let Some(nat) = nats.iter().find(|nat| nat.allocation == allocation) {
                let association = nat.id.replace("nat-", "eipassoc-");
                more.push_str(&format!("<associationId>{association}</associationId>"));
            }
            edits.append(&source, item, &more);
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

fn tag<'a>(item: roxmltree::Node<'a, '_>, key: &str) -> &'a str {
    let tags = xml::items(item, "tagSet");
    let found = tags.into_iter().find(|tag| xml::text(*tag, "key") == key);
    found.map(|tag| xml::text(tag, "value")).unwrap_or_default()
}
