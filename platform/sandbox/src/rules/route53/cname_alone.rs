use super::SERVICE;
use super::zone::Zone;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "cname-alone",
    about: About::refuses(
        "A CNAME stands neither at the top of its zone nor beside a record of another type.",
    ),
    service: SERVICE,
    operations: &["ChangeResourceRecordSets"],
    check,
};

/// A record that a batch makes or deletes, or that is there: name with a dot at its end, and type.
type Set = (String, String);

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let Some(Zone { path, name: zone }) = Zone::of(turn).await? else {
            return Ok(None);
        };
        let answer = turn.route53(&format!("{path}/rrset")).await?;
        let document = xml::parse(&answer);
        let sets = xml::items(document.root(), "ResourceRecordSets");
        let mut there: Vec<Set> = sets.into_iter().map(set).collect();
        let body = String::from_utf8_lossy(&turn.request.body).into_owned();
        let request = xml::parse(&body);
        for change in xml::items(request.root(), "Changes") {
            let Some(wanted) = xml::child(change, "ResourceRecordSet").map(set) else {
                continue;
            };
            there.retain(|set| *set != wanted);
            if xml::text(change, "Action") == "DELETE" {
                continue;
            }
            let (name, kind) = &wanted;
            if kind == "CNAME" && *name == zone {
                return Ok(Some(refused(name, kind, "at apex", &zone)));
            }
            let conflicts =
                |(other, type_of): &Set| other == name && (kind == "CNAME" || type_of == "CNAME");
            if there.iter().any(conflicts) {
                let what = "as it conflicts with other records with the same DNS name";
                return Ok(Some(refused(name, kind, what, &zone)));
            }
            there.push(wanted);
        }
        Ok(None)
    })
}

fn set(node: roxmltree::Node<'_, '_>) -> Set {
    let name = xml::text(node, "Name").trim_end_matches('.');
    (format!("{name}."), xml::text(node, "Type").to_owned())
}

fn refused(name: &str, kind: &str, what: &str, zone: &str) -> Refused {
    let message = format!(
        "[RRSet of type {kind} with DNS name {name} is not permitted {what} in zone {zone}]"
    );
    Refused::new("InvalidChangeBatch", message)
}
