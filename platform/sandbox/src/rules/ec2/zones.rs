use hyper::StatusCode;
use roxmltree::Node;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::form::Form;
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "zones-of-region",
    about: About::corrects(
        "A region has the zones that AWS gives new accounts there, found by name, id and filters.",
    ),
    service: "ec2",
    operations: &["DescribeAvailabilityZones"],
    amend,
};

/// A zone, with its item in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) id: String,
    item: String,
}

/// The zones of a region, made after the first one in the emulator's answer, which has a, b and c everywhere.
///
/// AWS pairs names and ids anew for each account; here the number is the letter's, as in the emulator's subnets.
pub(super) fn zones(source: &str, region: &str) -> Vec<Zone> {
    let document = xml::parse(source);
    let items = xml::items(document.root(), "availabilityZoneInfo");
    let Some(first) = items.first() else {
        return Vec::new();
    };
    let item = &source[first.range()];
    let (first_name, first_id) = (xml::text(*first, "zoneName"), xml::text(*first, "zoneId"));
    let lead = first_id.trim_end_matches('1');
    let wanted = letters(region);
    ('a'..='z')
        .zip(1..)
        .filter(|(letter, _)| wanted.contains(*letter))
        .map(|(letter, number)| {
            let (name, id) = (format!("{region}{letter}"), format!("{lead}{number}"));
            let item = item.replace(first_name, &name).replace(first_id, &id);
            Zone { name, id, item }
        })
        .collect()
}

/// Some letters were never given out in a region, or are closed to new accounts.
fn letters(region: &str) -> &'static str {
    match region {
        "ap-northeast-1" => "acd",
        "ap-northeast-2" | "us-west-2" => "abcd",
        "ca-central-1" => "abd",
        "us-east-1" => "abcdef",
        "us-west-1" => "ac",
        _ => "abc",
    }
}

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let zones = zones(&source, turn.region());
        let form = turn.form();
        let (names, ids) = (form.list("ZoneName"), form.list("ZoneId"));
        let lacks_name = |name: &&str| !zones.iter().any(|zone| zone.name == *name);
        let lacks_id = |id: &&str| !zones.iter().any(|zone| zone.id == *id);
        let missing = names.iter().copied().find(lacks_name);
        if let Some(missing) = missing.or_else(|| ids.iter().copied().find(lacks_id)) {
            let message = format!("Invalid availability zone: [{missing}]");
            let (status, code) = (StatusCode::BAD_REQUEST, "InvalidParameterValue");
            return Ok(Answer::error(turn.call, status, code, &message));
        }
        let shown: String = zones
            .iter()
            .filter(|zone| names.is_empty() || names.contains(&zone.name.as_str()))
            .filter(|zone| ids.is_empty() || ids.contains(&zone.id.as_str()))
            .filter(|zone| matches(&form, xml::parse(&zone.item).root_element()))
            .map(|zone| zone.item.as_str())
            .collect();
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        if let Some(list) = xml::find(document.root(), "availabilityZoneInfo") {
            edits.set_content(list, &shown);
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

fn matches(form: &Form, zone: Node<'_, '_>) -> bool {
    form.filters().iter().all(|(name, values)| {
        let element = match name.as_str() {
            "group-name" => "groupName",
            "opt-in-status" => "optInStatus",
            "region-name" => "regionName",
            "state" => "zoneState",
            "zone-id" => "zoneId",
            "zone-name" => "zoneName",
            "zone-type" => "zoneType",
            _ => return false,
        };
        values.iter().any(|value| value == xml::text(zone, element))
    })
}

#[cfg(test)]
mod tests {
    use super::zones;

    #[test]
    fn made_after_the_first() {
        let source = "<r><availabilityZoneInfo><item><zoneName>ca-central-1a</zoneName><regionName>ca-central-1</regionName><zoneId>cac1-az1</zoneId></item></availabilityZoneInfo></r>";
        let zones = zones(source, "ca-central-1");
        let pairs: Vec<(&str, &str)> = zones
            .iter()
            .map(|zone| (zone.name.as_str(), zone.id.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("ca-central-1a", "cac1-az1"),
                ("ca-central-1b", "cac1-az2"),
                ("ca-central-1d", "cac1-az4")
            ]
        );
        assert_eq!(
            zones[2].item,
            "<item><zoneName>ca-central-1d</zoneName><regionName>ca-central-1</regionName><zoneId>cac1-az4</zoneId></item>"
        );
    }
}
