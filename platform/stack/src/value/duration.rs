//! Lengths of time as people write them in a stack file.

use super::text::{Refusal, text_value};
use std::{fmt, str::FromStr};

/// A length of time in whole seconds, written as a number and one unit: `30s`, `5m`, `8h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Duration {
    /// A duration of this many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The length in seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
const ALLOWED: &str = "a whole number and one unit, s, m, h or d, such as 30s, 5m, 8h, 7d";

impl FromStr for Duration {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let refusal = || Refusal::new(format!("`{text}` is not a duration"), ALLOWED);
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
        let unit = text[digits.len()..].trim();
        let number: u64 = digits.parse().map_err(|_| refusal())?;
        let mut letters = unit.chars();
        let first = letters.next().map(|c| c.to_ascii_lowercase());
        let known = UNITS.iter().find(|(letter, _)| Some(*letter) == first);
        let exact = format!("{number}{unit}") == text && unit.len() == 1;
        match known {
            Some((letter, size)) if exact && unit.starts_with(*letter) => number
                .checked_mul(*size)
                .filter(|seconds| *seconds <= 3_650 * 86_400)
                .map(Self)
                .ok_or_else(|| Refusal::new(format!("`{text}` is longer than ten years"), ALLOWED)),
            Some((letter, _)) => Err(refusal().suggest(Some(format!("{number}{letter}")))),
            None if unit.is_empty() => Err(refusal().suggest(Some(format!("{number}s")))),
            None => Err(refusal()),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letter, size) = UNITS
            .into_iter()
            .find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size))
            .unwrap_or(('s', 1));
        write!(f, "{}{letter}", self.0 / size)
    }
}

text_value!(
    Duration,
    "bella-duration",
    "A length of time: a whole number and one unit (s, m, h or d).",
    "^[0-9]+[smhd]$",
    ["30s", "5m", "8h", "7d"]
);

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn durations_parse_or_say_what_was_meant() {
        let cases = [
            ("30s", Ok(30)),
            ("5m", Ok(300)),
            ("8h", Ok(28_800)),
            ("7d", Ok(604_800)),
            ("0s", Ok(0)),
            ("5 minutes", Err(Some("5m"))),
            ("10M", Err(Some("10m"))),
            ("300", Err(Some("300s"))),
            ("007s", Err(Some("7s"))),
            ("-5m", Err(None)),
            ("1.5h", Err(None)),
            ("", Err(None)),
            ("9999999999999d", Err(None)),
            ("5w", Err(None)),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<Duration>();
            let seen = seen
                .as_ref()
                .map(|d| d.seconds())
                .map_err(|r| r.suggestion.as_deref());
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn printing_uses_the_largest_exact_unit() {
        for text in ["30s", "90s", "5m", "8h", "7d", "0s"] {
            let duration: Duration = text.parse().expect("a valid duration");
            assert_eq!(duration.to_string(), text);
        }
    }
}
