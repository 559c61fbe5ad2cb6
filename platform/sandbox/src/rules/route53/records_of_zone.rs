use super::SERVICE;
use super::zone::Zone;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "records-of-zone",
    about: About::refuses("A zone has records of its own names only."),
    service: SERVICE,
    operations: &["ChangeResourceRecordSets"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let Some(Zone { name: zone, .. }) = Zone::of(turn).await? else {
            return Ok(None);
        };
        let body = String::from_utf8_lossy(&turn.request.body).into_owned();
        let request = xml::parse(&body);
        let outside = xml::items(request.root(), "Changes")
            .into_iter()
            .filter_map(|change| xml::child(change, "ResourceRecordSet"))
            .map(|set| xml::text(set, "Name"))
            .find(|name| !is_within(name, &zone));
        Ok(outside.map(|name| {
            let name = name.trim_end_matches('.');
            let message = format!("[RRSet with DNS name {name}. is not permitted in zone {zone}]");
            Refused::new("InvalidChangeBatch", message)
        }))
    })
}

fn is_within(name: &str, zone: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('.').to_lowercase();
    let (name, zone) = (bare(name), bare(zone));
    name == zone || name.ends_with(&format!(".{zone}"))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn names() {
        let cases = [
            ("bella.example", true),
            ("A.Bella.example.", true),
            ("abella.example", false),
            ("example", false),
        ];
        for (name, expected) in cases {
            assert_eq!(is_within(name, "bella.example."), expected, "{name}");
        }
    }
}
