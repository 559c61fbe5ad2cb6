//! CIDR ranges in the form in which AWS keeps them.
//!
//! EC2 clears the host bits of a range it is given (`100.68.0.18/18` becomes `100.68.0.0/18`; API
//! reference of `CreateSubnet`, `CreateRoute`, `AuthorizeSecurityGroupIngress`). Desired ranges are
//! brought into that form when they are read, or they would differ from the live ones for ever.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, de::Error};

/// Reads a range; a reference passes as it is.
pub(super) fn range<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    let text = String::deserialize(source)?;
    canonical(&text).map_err(D::Error::custom)
}

/// Reads a range, a security group id or a prefix list id; a reference passes as it is.
pub(super) fn peer<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    let text = String::deserialize(source)?;
    if text.starts_with("sg-") || text.starts_with("pl-") {
        return Ok(text);
    }
    canonical(&text).map_err(D::Error::custom)
}

fn canonical(text: &str) -> Result<String, String> {
    if text.contains("${") {
        return Ok(text.to_owned());
    }
    let wrong = || format!("`{text}` is not a range in CIDR notation such as 10.0.0.0/16 or ::/0");
    let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let bits: u32 = bits.parse().map_err(|_| wrong())?;
    let network = match address {
        IpAddr::V4(address) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
        _ => return Err(wrong()),
    };
    Ok(format!("{network}/{bits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_come_out_as_aws_keeps_them() {
        let cases = [
            ("10.0.0.0/16", Some("10.0.0.0/16")),
            ("100.68.0.18/18", Some("100.68.0.0/18")),
            ("1.2.3.4/0", Some("0.0.0.0/0")),
            ("203.0.113.7/32", Some("203.0.113.7/32")),
            ("2001:DB8:0::1/32", Some("2001:db8::/32")),
            ("::/0", Some("::/0")),
            ("${vpc.main.cidr}", Some("${vpc.main.cidr}")),
            ("10.0.0.0", None),
            ("10.0.0.0/33", None),
            ("10.0.0/8", None),
            ("sg-1", None),
        ];
        for (text, expect) in cases {
            assert_eq!(canonical(text).ok().as_deref(), expect, "{text}");
        }
    }
}
