//! Cutting a VPC's range into subnets.

use crate::value::Cidr;
use std::fmt;

/// The subnets of a VPC, one public and one private for each zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subnets {
    /// From the first half of the range.
    pub(crate) public: Vec<Cidr>,
    /// From the second half.
    pub(crate) private: Vec<Cidr>,
}

/// Why a range cannot be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TooSmall {
    range: Cidr,
    zones: u32,
}

/// The smallest subnet an Application Load Balancer accepts; it also wants 8 free addresses in it.
const SMALLEST: u8 = 27;

/// Bits that make sixteen subnets: /20s of a /16. Eight a side leave room for zones and tiers to come.
const BITS: u8 = 4;

impl Subnets {
    /// Cuts equal subnets, sixteen of them where the range is large enough, else as many of the smallest size as there are.
    ///
    /// The size depends on the range alone, so a further zone adds subnets and moves none.
    pub(crate) fn cut(range: Cidr, zones: u32) -> Result<Self, TooSmall> {
        let too_small = TooSmall { range, zones };
        let bits = BITS.min(SMALLEST.saturating_sub(range.prefix()));
        let half = 1_u32 << bits >> 1;
        if half < zones {
            return Err(too_small);
        }
        let side = |first: u32| {
            (first..first + zones)
                .map(|index| range.block(bits, index))
                .collect::<Option<Vec<_>>>()
        };
        match (side(0), side(half)) {
            (Some(public), Some(private)) => Ok(Self { public, private }),
            _ => Err(too_small),
        }
    }
}

impl TooSmall {
    /// The ranges that are large enough, in words.
    pub(crate) fn allowed(&self) -> String {
        let bits = (2 * self.zones).next_power_of_two().trailing_zeros();
        format!(
            "/16 to /{} for {} zones",
            u32::from(SMALLEST) - bits,
            self.zones
        )
    }
}

impl fmt::Display for TooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is too small for {} public and {} private subnets of at least /{SMALLEST}, the smallest a load balancer accepts",
            self.range, self.zones, self.zones
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Subnets;
    use crate::value::Cidr;

    #[test]
    fn a_range_is_cut_by_its_size() {
        let cases = [
            (
                "10.20.0.0/16",
                2,
                "10.20.0.0/20 10.20.16.0/20 | 10.20.128.0/20 10.20.144.0/20",
            ),
            (
                "10.20.0.0/20",
                3,
                "10.20.0.0/24 10.20.1.0/24 10.20.2.0/24 | 10.20.8.0/24 10.20.9.0/24 10.20.10.0/24",
            ),
            (
                "10.0.0.0/24",
                3,
                "10.0.0.0/27 10.0.0.32/27 10.0.0.64/27 | 10.0.0.128/27 10.0.0.160/27 10.0.0.192/27",
            ),
            (
                "10.0.0.0/25",
                2,
                "10.0.0.0/27 10.0.0.32/27 | 10.0.0.64/27 10.0.0.96/27",
            ),
            (
                "10.0.0.0/25",
                3,
                "too small, allowed: /16 to /24 for 3 zones",
            ),
            (
                "10.0.0.0/26",
                2,
                "too small, allowed: /16 to /25 for 2 zones",
            ),
            (
                "10.0.0.0/28",
                2,
                "too small, allowed: /16 to /25 for 2 zones",
            ),
        ];
        for (range, zones, expected) in cases {
            let words = |list: &[Cidr]| {
                list.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let seen = match Subnets::cut(range.parse().expect("a valid range"), zones) {
                Ok(cut) => format!("{} | {}", words(&cut.public), words(&cut.private)),
                Err(reason) => format!("too small, allowed: {}", reason.allowed()),
            };
            assert_eq!(seen, expected, "{range} {zones}");
        }
    }

    #[test]
    fn no_two_subnets_share_an_address_and_all_are_inside() {
        for prefix in 16..=25 {
            let range: Cidr = format!("172.16.0.0/{prefix}")
                .parse()
                .expect("a valid range");
            for zones in 1..=3 {
                let Ok(cut) = Subnets::cut(range, zones) else {
                    continue;
                };
                let all: Vec<Cidr> = cut.public.iter().chain(&cut.private).copied().collect();
                for (index, one) in all.iter().enumerate() {
                    assert!(
                        one.overlaps(range) && one.prefix() > range.prefix(),
                        "{one} of {range}"
                    );
                    assert!(
                        all[..index].iter().all(|other| !other.overlaps(*one)),
                        "{one} of {range}"
                    );
                }
            }
        }
    }
}
