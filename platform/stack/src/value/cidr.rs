//! IPv4 address ranges, and cutting them into subnets.

use super::text::{Refusal, text_value};
use std::{fmt, net::Ipv4Addr, str::FromStr};

/// A private IPv4 range that a VPC may have: RFC 1918, prefix /16 to /28, no host bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    base: u32,
    prefix: u8,
}

impl Cidr {
    /// The length of the network part in bits.
    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    /// Splits the range into `2^bits` equal ones and gives the one with this index.
    ///
    /// `None` when there is no such block. Blocks of one `bits` never overlap.
    pub fn block(self, bits: u8, index: u32) -> Option<Self> {
        let prefix = self.prefix.checked_add(bits).filter(|p| *p <= 32)?;
        if u64::from(index) >= 1_u64 << bits {
            return None;
        }
        let offset = u64::from(index) << (32 - prefix);
        let base = self.base.checked_add(u32::try_from(offset).ok()?)?;
        Some(Self { base, prefix })
    }

    /// Whether the two ranges share an address.
    pub fn overlaps(self, other: Self) -> bool {
        let mask = mask(self.prefix.min(other.prefix));
        self.base & mask == other.base & mask
    }
}

const ALLOWED: &str = "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, with a prefix from /16 to /28";

impl FromStr for Cidr {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let not_a_range = || Refusal::new(format!("`{text}` is not an IPv4 range"), ALLOWED);
        let Some((address, prefix)) = text.split_once('/') else {
            let whole = text.parse::<Ipv4Addr>().ok();
            return Err(not_a_range().suggest(
                whole.map(|a| format!("{}/16", Ipv4Addr::from(u32::from(a) & mask(16)))),
            ));
        };
        let address: Ipv4Addr = address.parse().map_err(|_| not_a_range())?;
        let prefix: u8 = prefix.parse().map_err(|_| not_a_range())?;
        if prefix > 32 {
            return Err(not_a_range());
        }
        let base = u32::from(address) & mask(prefix);
        if !is_private(base, prefix) {
            return Err(Refusal::new(
                format!("`{text}` is not a private range"),
                ALLOWED,
            ));
        }
        if !(16..=28).contains(&prefix) {
            let nearest = Self {
                base: u32::from(address) & mask(16),
                prefix: 16,
            };
            let refusal = Refusal::new(format!("a VPC cannot have a /{prefix}"), "/16 to /28");
            return Err(refusal.suggest((prefix < 16).then(|| nearest.to_string())));
        }
        let range = Self { base, prefix };
        if base != u32::from(address) {
            let message = format!("`{text}` names an address inside a range, not the range");
            return Err(Refusal::new(message, ALLOWED).suggest(Some(range.to_string())));
        }
        Ok(range)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.prefix)
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

fn is_private(base: u32, prefix: u8) -> bool {
    let ranges = [
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
    ];
    ranges
        .into_iter()
        .any(|(start, length)| prefix >= length && base & mask(length) == u32::from(start))
}

text_value!(
    Cidr,
    "bella-private-cidr",
    "A private IPv4 range (RFC 1918) with a prefix from /16 to /28.",
    "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/(1[6-9]|2[0-8])$",
    ["10.20.0.0/16"]
);

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn ranges_parse_or_say_why_not() {
        let cases = [
            ("10.20.0.0/16", Ok("10.20.0.0/16")),
            ("192.168.4.0/24", Ok("192.168.4.0/24")),
            ("172.31.255.240/28", Ok("172.31.255.240/28")),
            ("10.20.0.1/16", Err(Some("10.20.0.0/16"))),
            ("10.20.3.4", Err(Some("10.20.0.0/16"))),
            ("10.0.0.0/8", Err(Some("10.0.0.0/16"))),
            ("10.0.0.0/29", Err(None)),
            ("172.32.0.0/16", Err(None)),
            ("8.8.0.0/16", Err(None)),
            ("300.1.1.1/16", Err(None)),
            ("10.0.0.0/33", Err(None)),
            ("fd00::/64", Err(None)),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<Cidr>();
            let seen = seen.map(|c| c.to_string());
            let seen = seen.as_deref().map_err(|r| r.suggestion.as_deref());
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn blocks_are_cut_in_order_and_end() {
        let range: Cidr = "10.20.0.0/16".parse().expect("a valid range");
        let cut = |index| range.block(4, index).map(|block| block.to_string());
        assert_eq!(cut(0).as_deref(), Some("10.20.0.0/20"));
        assert_eq!(cut(8).as_deref(), Some("10.20.128.0/20"));
        assert_eq!(cut(15).as_deref(), Some("10.20.240.0/20"));
        assert_eq!(cut(16), None);
    }
}
