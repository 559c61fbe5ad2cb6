use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-repository-name-refused",
    about: About::refuses(
        "A repository's name has 2 to 256 small letters and digits, joined by `.`, `_`, `-` and `/` (API reference \
         of `CreateRepository`).",
    ),
    service: "ecr",
    operations: &["CreateRepository"],
    check,
};

const PATTERN: &str = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*";

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let name = body["repositoryName"].as_str().unwrap_or_default();
        Ok((!is_name(name)).then(|| {
            Refused::new(
                "InvalidParameterException",
                format!(
                    "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '{PATTERN}''"
                ),
            )
        }))
    })
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (2..=256).contains(&name.len())
        && name
            .split(['.', '_', '-', '/'])
            .all(|word| !word.is_empty() && word.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names() {
        for (name, fits) in [
            ("team/app-1.web_x", true),
            ("UPPER", false),
            ("a", false),
            ("a//b", false),
            ("app-", false),
        ] {
            assert_eq!(is_name(name), fits, "{name}");
        }
    }
}
