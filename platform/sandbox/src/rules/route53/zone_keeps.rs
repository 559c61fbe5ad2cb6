use super::SERVICE;
use super::zone::Zone;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "zone-keeps-its-own-records",
    about: About::refuses("A zone keeps the NS and the SOA record of its own name."),
    service: SERVICE,
    operations: &["ChangeResourceRecordSets"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = String::from_utf8_lossy(&turn.request.body).into_owned();
        let gone: Vec<(String, String)> = {
            let request = xml::parse(&body);
            let changes = xml::items(request.root(), "Changes").into_iter();
            let deleted = changes.filter(|change| xml::text(*change, "Action") == "DELETE");
            let sets = deleted.filter_map(|change| xml::child(change, "ResourceRecordSet"));
            sets.map(|set| {
                (
                    xml::text(set, "Type").to_owned(),
                    xml::text(set, "Name").to_owned(),
                )
            })
            .filter(|(kind, _)| matches!(kind.as_str(), "NS" | "SOA"))
            .collect()
        };
        if gone.is_empty() {
            return Ok(None);
        }
        let Some(zone) = Zone::of(turn).await? else {
            return Ok(None);
        };
        let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
        let own = gone.iter().find(|(_, name)| bare(name) == bare(&zone.name));
        Ok(own.map(|(kind, _)| {
            let count = if kind == "NS" {
                "at least one NS record"
            } else {
                "exactly one SOA record"
            };
            Refused::new(
                "InvalidChangeBatch",
                format!("[A HostedZone must contain {count} for the zone itself.]"),
            )
        }))
    })
}
