use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-domain-refused",
    about: About::refuses("A certificate is requested for names that DNS can have."),
    service: SERVICE,
    operations: &["RequestCertificate"],
    check,
};

/// `DomainName` in the API reference of `RequestCertificate`.
const PATTERN: &str =
    r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])";
const LONGEST: usize = 253;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let request = turn.json();
        let first = ("domainName", &request["DomainName"]);
        let others = array(&request["SubjectAlternativeNames"]).iter();
        let others = others.map(|name| ("subjectAlternativeNames", name));
        let wrong = std::iter::once(first)
            .chain(others)
            .find(|(_, name)| !name.as_str().is_some_and(is_domain));
        Ok(wrong.map(|(field, name)| {
            let name = name.as_str().unwrap_or_default();
            let message = format!(
                "1 validation error detected: Value '{name}' at '{field}' failed to satisfy constraint: Member must satisfy regular expression pattern: {PATTERN}"
            );
            Refused::new("ValidationException", message)
        }))
    })
}

/// Whether a name satisfies [`PATTERN`]; a last label has two characters or more.
fn is_domain(name: &str) -> bool {
    let bare = name.strip_prefix("*.").unwrap_or(name);
    let labels: Vec<&str> = bare.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= LONGEST
        && labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|label| label.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::is_domain;

    #[test]
    fn domains() {
        let cases = [
            ("voice.bella.example", true),
            ("*.bella.example", true),
            ("bella", false),
            ("not a domain", false),
            ("-a.example", false),
            ("a.*.example", false),
            ("a..example", false),
            ("a.e", false),
        ];
        for (name, is_good) in cases {
            assert_eq!(is_domain(name), is_good, "{name}");
        }
    }
}
