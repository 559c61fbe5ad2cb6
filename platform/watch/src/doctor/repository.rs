use super::Finding;

/// A text that looks like a credential. Its value is in no field: what is found must not be spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Line, from 1.
    pub line: usize,
    /// What it looks like.
    pub what: &'static str,
}

/// A word that begins so and goes on with so many characters of an alphabet, and with no more.
struct Shape {
    what: &'static str,
    lead: &'static str,
    length: usize,
    fits: fn(char) -> bool,
}

const SHAPES: [Shape; 6] = [
    shape("an AWS access key", "AKIA", 16, is_upper),
    shape("a temporary AWS access key", "ASIA", 16, is_upper),
    shape("a Twilio API key", "SK", 32, is_hex),
    shape("a GitHub token", "ghp_", 36, is_word),
    shape("a GitHub token", "github_pat_", 82, is_name),
    shape("an OpenAI key", "sk-proj-", 40, is_name),
];

/// Names whose value is one, where it is of this length and alphabet.
const NAMED: [Shape; 3] = [
    shape("an AWS secret key", "AWS_SECRET_ACCESS_KEY", 40, is_base64),
    shape("a Twilio token", "TWILIO_AUTH_TOKEN", 32, is_hex),
    shape("a Twilio token", "TWILIO_TOKEN", 32, is_hex),
];

const fn shape(
    what: &'static str,
    lead: &'static str,
    length: usize,
    fits: fn(char) -> bool,
) -> Shape {
    Shape {
        what,
        lead,
        length,
        fits,
    }
}

fn is_upper(one: char) -> bool {
    one.is_ascii_uppercase() || one.is_ascii_digit()
}

fn is_hex(one: char) -> bool {
    one.is_ascii_digit() || ('a'..='f').contains(&one)
}

fn is_word(one: char) -> bool {
    one.is_ascii_alphanumeric()
}

fn is_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_' || one == '-'
}

fn is_base64(one: char) -> bool {
    one.is_ascii_alphanumeric() || matches!(one, '+' | '/' | '=')
}

/// What looks like a credential in a text. AWS's own examples end in `EXAMPLE` or `EXAMPLEKEY` and are none, nor is one character
/// repeated.
#[must_use]
pub fn leaks(text: &str) -> Vec<Leak> {
    let lines: Vec<&str> = text.lines().collect();
    let numbered = lines.iter().zip(1..);
    numbered
        .filter_map(|(line, number)| {
            let next = lines.get(number).copied().unwrap_or_default();
            Some((found(line, next)?, number))
        })
        .map(|(what, line)| Leak { line, what })
        .collect()
}

/// What a line looks like; a private key is one whose first line of key follows, else it is a text about keys.
fn found(line: &str, next: &str) -> Option<&'static str> {
    if let Some((_, rest)) = line.split_once("-----BEGIN ")
        && let Some((kind, after)) = rest.split_once("-----")
        && kind.ends_with("PRIVATE KEY")
        && [after.trim_start_matches("\\n"), next.trim()]
            .iter()
            .any(|text| is_key(text))
    {
        return Some("a private key");
    }
    let shaped = SHAPES.iter().find(|shape| {
        line.match_indices(shape.lead).any(|(at, lead)| {
            let is_begin =
                !line[..at].ends_with(|one: char| one.is_ascii_alphanumeric() || one == '_');
            is_begin && shape.takes(&line[at + lead.len()..])
        })
    });
    let named = || {
        let upper = line.to_ascii_uppercase();
        NAMED.iter().find(|shape| {
            upper.match_indices(shape.lead).any(|(at, lead)| {
                let rest = &line[at + lead.len()..];
                shape.takes(rest.trim_start_matches([' ', '"', '\'', ':', '=']))
            })
        })
    };
    shaped.or_else(named).map(|shape| shape.what)
}

fn is_key(text: &str) -> bool {
    const LEAST: usize = 40;
    text.chars().take_while(|one| is_base64(*one)).count() >= LEAST
}

impl Shape {
    fn takes(&self, rest: &str) -> bool {
        let word: String = rest.chars().take_while(|one| (self.fits)(*one)).collect();
        let first = word.chars().next();
        let is_varied = word.chars().any(|one| Some(one) != first);
        word.len() == self.length && is_varied && !word.contains("EXAMPLE")
    }
}

/// Whether credentials lie in a repository's files: each as a path and what was found in it.
#[must_use]
pub fn repository(files: usize, found: &[(String, Leak)]) -> Vec<Finding> {
    let wrong = found.iter().map(|(path, leak)| {
        Finding::wrong(
            "repository",
            format!("{path}:{}: {} lies in the repository", leak.line, leak.what),
            "bella runbook show key-leaked",
        )
    });
    let wrong: Vec<Finding> = wrong.collect();
    match wrong.is_empty() {
        true => vec![Finding::well(
            "repository",
            format!("{files} files have nothing that looks like a credential"),
        )],
        false => wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::{leaks, repository};

    fn what(text: &str) -> Vec<&'static str> {
        leaks(text).into_iter().map(|leak| leak.what).collect()
    }

    #[test]
    fn credentials_are_recognised() {
        // Put together here, so that no file has them.
        let key = format!("AKIA{}", "Q3EXAMPL7ZQ2JR5T");
        let hex = "0123456789abcdef".repeat(2);
        for (text, expected) in [
            (format!("key = {key}"), "an AWS access key"),
            (format!("ASIA{}", &key[4..]), "a temporary AWS access key"),
            (
                format!("aws_secret_access_key = {}", "aB3/".repeat(10)),
                "an AWS secret key",
            ),
            (format!("TWILIO_AUTH_TOKEN: \"{hex}\""), "a Twilio token"),
            (format!("SK{hex}"), "a Twilio API key"),
            (format!("ghp_{}", "aB3d".repeat(9)), "a GitHub token"),
            (format!("sk-proj-{}", "aB3_".repeat(10)), "an OpenAI key"),
            (
                format!(
                    "-----BEGIN RSA {} KEY-----\n{}",
                    "PRIVATE",
                    "MIIE".repeat(16)
                ),
                "a private key",
            ),
        ] {
            assert_eq!(what(&format!("first\n{text}\n")), [expected], "{text}");
            assert_eq!(leaks(&format!("first\n{text}\n"))[0].line, 2);
        }
    }

    #[test]
    fn what_only_looks_alike_is_none() {
        for text in [
            format!("AKIA{}", "IOSFODNN7EXAMPLE"),
            format!("AKIA{}", "A".repeat(16)),
            format!("XAKIA{}", "Q3ZZAMPL7ZQ2JR5T"),
            format!("AKIA{}", "Q3ZZAMPL7ZQ2JR5TT"),
            "TWILIO_AUTH_TOKEN=development".to_owned(),
            format!("TASK{}", "0123456789abcdef".repeat(2)),
            "-----BEGIN CERTIFICATE-----".to_owned(),
            format!("entry: '-----BEGIN {} KEY-----'\nfiles: all", "PRIVATE"),
            "AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}".to_owned(),
        ] {
            assert_eq!(what(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_finding_says_where_and_not_what_it_is() {
        let key = format!("AKIA{}", "Q3ZZAMPL7ZQ2JR5T");
        let leak = leaks(&key).remove(0);
        let found = repository(1, &[("a.env".to_owned(), leak)]);
        assert_eq!(
            found[0].said,
            "a.env:1: an AWS access key lies in the repository"
        );
    }
}
