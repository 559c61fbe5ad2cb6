//! AWS regions and their availability zones.

use super::text::{Refusal, nearest, text_value};
use std::{fmt, str::FromStr};

/// A region of the commercial AWS partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(&'static str);

impl Region {
    /// The region's code, `ca-central-1`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Letters of the availability zones a new account sees here, in the order stacks use them.
    ///
    /// Zones are numbered per region and some numbers were never given out or are closed to new accounts: Montreal has a, b and d,
    /// Tokyo a, c and d.
    pub fn zone_letters(self) -> &'static [char] {
        match self.0 {
            "ca-central-1" => &['a', 'b', 'd'],
            "ap-northeast-1" => &['a', 'c', 'd'],
            "us-west-1" => &['a', 'c'],
            _ => &['a', 'b', 'c'],
        }
    }
}

/// The commercial partition. GovCloud and China are other partitions, with other ARNs and endpoints, and are not supported.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

impl FromStr for Region {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if let Some(code) = REGIONS.iter().find(|code| **code == text) {
            return Ok(Self(code));
        }
        let zone = text.strip_suffix(|c: char| c.is_ascii_lowercase());
        let inside = zone.and_then(|code| REGIONS.iter().copied().find(|r| *r == code));
        let near = inside.or_else(|| nearest(text, REGIONS.iter().copied()));
        let message = match inside {
            Some(_) => format!("`{text}` is an availability zone, not a region"),
            None => format!("`{text}` is not a region of AWS"),
        };
        Err(Refusal::new(message, "a region code such as ca-central-1 or us-east-1").suggest(near))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

text_value!(
    Region,
    "bella-region",
    "An AWS region code of the commercial partition.",
    "^[a-z]{2}-[a-z]+-[0-9]$",
    ["ca-central-1"]
);

#[cfg(test)]
mod tests {
    use super::Region;

    #[test]
    fn regions_parse_or_say_what_was_meant() {
        let cases = [
            ("ca-central-1", Ok("ca-central-1")),
            ("ca-centrl-1", Err(Some("ca-central-1"))),
            ("ca-central-1a", Err(Some("ca-central-1"))),
            ("us-gov-west-1", Err(Some("us-west-1"))),
            ("Montreal", Err(None)),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<Region>();
            let seen = seen
                .as_ref()
                .map(|r| r.as_str())
                .map_err(|r| r.suggestion.as_deref());
            assert_eq!(seen, expected, "{text}");
        }
    }
}
