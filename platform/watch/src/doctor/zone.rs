use super::{Finding, Verdict};

/// What the DNS says of who answers for a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delegation {
    /// These name servers.
    To(Vec<String>),
    /// Nobody.
    Nowhere,
    /// It did not say, for this reason.
    Unanswered(String),
}

/// Whether the hosted zone of a stack's name is there and asked; `servers` are the name servers of each public zone of that name.
///
/// A zone that is there and not delegated looks the same from within AWS as one that is asked.
#[must_use]
pub fn zone(name: &str, servers: &[Vec<String>], delegation: &Delegation) -> Finding {
    match servers {
        [] => Finding::wrong(
            "zone",
            format!("the account has no public hosted zone {name}"),
            format!("aws route53 create-hosted-zone --name {name} --caller-reference {name}"),
        ),
        [only] => asked(name, &plain(only), delegation),
        more => Finding::wrong(
            "zone",
            format!(
                "the account has {} public hosted zones {name}: only one is asked",
                more.len()
            ),
            format!("aws route53 list-hosted-zones-by-name --dns-name {name}"),
        ),
    }
}

fn asked(name: &str, servers: &[String], delegation: &Delegation) -> Finding {
    let own = servers.join(", ");
    match delegation {
        Delegation::To(found) if plain(found) == servers => {
            Finding::well("zone", format!("{name} is there, and the DNS asks it"))
        }
        Delegation::To(found) => Finding::wrong(
            "zone",
            format!(
                "the DNS asks {} for {name}, and its zone is at {own}",
                plain(found).join(", ")
            ),
            delegate(name, servers),
        ),
        Delegation::Nowhere => Finding::wrong(
            "zone",
            format!("the DNS asks nobody for {name}; its zone is at {own}"),
            delegate(name, servers),
        ),
        Delegation::Unanswered(why) => Finding {
            check: "zone",
            verdict: Verdict::Unknown,
            said: format!(
                "{name} is there; whether it is asked could not be checked: {why}; the DNS has to answer {own}"
            ),
            fix: Some(format!("dig +short NS {name}")),
        },
    }
}

/// A name of two labels is one that a registrar knows, here Route 53; another's servers are a record of the zone above.
fn delegate(name: &str, servers: &[String]) -> String {
    match name.trim_end_matches('.').split_once('.') {
        Some((_, above)) if above.contains('.') => {
            let values = servers.iter().map(|one| format!("{{Value={one}}}"));
            let values: Vec<String> = values.collect();
            format!(
                "aws route53 change-resource-record-sets --hosted-zone-id ZONE_OF_{above} --change-batch \"Changes=[{{Action=UPSERT,ResourceRecordSet={{Name={name},Type=NS,TTL=3600,ResourceRecords=[{}]}}}}]\"",
                values.join(",")
            )
        }
        _ => {
            let servers = servers.iter().map(|one| format!(" Name={one}"));
            let servers: String = servers.collect();
            format!(
                "aws route53domains update-domain-nameservers --region us-east-1 --domain-name {name} --nameservers{servers}"
            )
        }
    }
}

/// Without the root's dot, in small letters, in order.
fn plain(servers: &[String]) -> Vec<String> {
    let plain = |one: &String| one.trim_end_matches('.').to_ascii_lowercase();
    let mut all: Vec<String> = servers.iter().map(plain).collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::{Delegation, zone};
    use crate::doctor::Verdict;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn a_zone_is_there_once_and_asked() {
        let own = names(&["ns-2.awsdns-1.net", "ns-1.awsdns-0.com"]);
        let nowhere = Delegation::Nowhere;
        let registrar = "aws route53domains update-domain-nameservers --region us-east-1 --domain-name bella.example --nameservers Name=ns-1.awsdns-0.com Name=ns-2.awsdns-1.net";
        for (zones, delegation, verdict, said, fix) in [
            (
                vec![],
                nowhere.clone(),
                Verdict::Wrong,
                "the account has no public hosted zone bella.example",
                Some(
                    "aws route53 create-hosted-zone --name bella.example --caller-reference bella.example",
                ),
            ),
            (
                vec![own.clone(), own.clone()],
                nowhere.clone(),
                Verdict::Wrong,
                "the account has 2 public hosted zones bella.example: only one is asked",
                Some("aws route53 list-hosted-zones-by-name --dns-name bella.example"),
            ),
            (
                vec![own.clone()],
                Delegation::To(names(&["NS-1.awsdns-0.com.", "ns-2.awsdns-1.net."])),
                Verdict::Well,
                "bella.example is there, and the DNS asks it",
                None,
            ),
            (
                vec![own.clone()],
                Delegation::To(names(&["ns1.registrar.example."])),
                Verdict::Wrong,
                "the DNS asks ns1.registrar.example for bella.example, and its zone is at ns-1.awsdns-0.com, ns-2.awsdns-1.net",
                Some(registrar),
            ),
            (
                // One of two: half of those who ask are answered by somebody else.
                vec![own.clone()],
                Delegation::To(names(&["ns-1.awsdns-0.com"])),
                Verdict::Wrong,
                "the DNS asks ns-1.awsdns-0.com for bella.example, and its zone is at ns-1.awsdns-0.com, ns-2.awsdns-1.net",
                Some(registrar),
            ),
            (
                vec![own.clone()],
                nowhere,
                Verdict::Wrong,
                "the DNS asks nobody for bella.example; its zone is at ns-1.awsdns-0.com, ns-2.awsdns-1.net",
                Some(registrar),
            ),
            (
                vec![own],
                Delegation::Unanswered("request timed out".to_owned()),
                Verdict::Unknown,
                "bella.example is there; whether it is asked could not be checked: request timed out; the DNS has to answer ns-1.awsdns-0.com, ns-2.awsdns-1.net",
                Some("dig +short NS bella.example"),
            ),
        ] {
            let found = zone("bella.example", &zones, &delegation);
            assert_eq!((found.verdict, found.said.as_str()), (verdict, said));
            assert_eq!(found.fix.as_deref(), fix);
        }
    }

    #[test]
    fn a_part_of_a_zone_is_a_record_of_the_zone_above() {
        let found = zone(
            "voice.bella.example",
            &[names(&["ns-1.awsdns-0.com"])],
            &Delegation::Nowhere,
        );
        assert_eq!(
            found.fix.as_deref(),
            Some(
                "aws route53 change-resource-record-sets --hosted-zone-id ZONE_OF_bella.example --change-batch \"Changes=[{Action=UPSERT,ResourceRecordSet={Name=voice.bella.example,Type=NS,TTL=3600,ResourceRecords=[{Value=ns-1.awsdns-0.com}]}}]\""
            )
        );
    }
}
