use std::net::{Ipv4Addr, Ipv6Addr};

use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "record-values",
    about: About::refuses("Records of addresses and texts hold what their type says."),
    service: SERVICE,
    operations: &["ChangeResourceRecordSets"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = String::from_utf8_lossy(&turn.request.body).into_owned();
        let request = xml::parse(&body);
        for change in xml::items(request.root(), "Changes") {
            let Some(set) = xml::child(change, "ResourceRecordSet") else {
                continue;
            };
            // A deletion has to match what is there, which says more than this rule.
            if xml::text(change, "Action") == "DELETE" {
                continue;
            }
            for record in xml::items(set, "ResourceRecords") {
                let value = xml::text(record, "Value");
                if let Some(problem) = problem(xml::text(set, "Type"), value) {
                    let message = format!(
                        "[Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}'']"
                    );
                    return Ok(Some(Refused::new("InvalidChangeBatch", message)));
                }
            }
        }
        Ok(None)
    })
}

fn problem(kind: &str, value: &str) -> Option<&'static str> {
    let (is_good, problem) = match kind {
        "A" => (
            value.parse::<Ipv4Addr>().is_ok(),
            "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
        ),
        "AAAA" => (
            value.parse::<Ipv6Addr>().is_ok(),
            "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
        ),
        "TXT" | "SPF" => (
            value.len() > 1 && value.starts_with('"') && value.ends_with('"'),
            "InvalidCharacterString (Value should be enclosed in quotation marks)",
        ),
        _ => return None,
    };
    (!is_good).then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn values() {
        let cases = [
            ("A", "192.0.2.1", true),
            ("A", "192.0.2", false),
            ("A", "2001:db8::1", false),
            ("AAAA", "2001:db8::1", true),
            ("AAAA", "192.0.2.1", false),
            ("TXT", "\"a\"", true),
            ("TXT", "a", false),
            ("TXT", "\"", false),
            ("CNAME", "other.example", true),
        ];
        for (kind, value, is_good) in cases {
            assert_eq!(problem(kind, value).is_none(), is_good, "{kind} {value}");
        }
    }
}
