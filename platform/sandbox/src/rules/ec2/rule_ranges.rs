use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-range-of-rule-refused",
    about: About::refuses("A security group rule names address ranges that are some."),
    service: "ec2",
    operations: &[
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let permissions = turn.form().structures("IpPermissions");
        Ok(permissions.iter().find_map(malformed).map(|range| {
            Refused::new(
                "InvalidParameterValue",
                format!("CIDR block {range} is malformed"),
            )
        }))
    })
}

/// The first range of a permission that is none.
fn malformed(permission: &Form) -> Option<String> {
    let ranges = |list: &str, field: &str| -> Vec<String> {
        let list = permission.structures(list);
        list.iter().map(|one| one.text(field).to_owned()).collect()
    };
    let of_four = ranges("IpRanges", "CidrIp").into_iter();
    let of_six = ranges("Ipv6Ranges", "CidrIpv6").into_iter();
    of_four
        .filter(|range| !is_range::<Ipv4Addr>(range, 32))
        .chain(of_six.filter(|range| !is_range::<Ipv6Addr>(range, 128)))
        .next()
}

fn is_range<A: FromStr>(range: &str, longest: u8) -> bool {
    range.split_once('/').is_some_and(|(address, prefix)| {
        address.parse::<A>().is_ok() && prefix.parse::<u8>().is_ok_and(|bits| bits <= longest)
    })
}

#[cfg(test)]
mod tests {
    use super::malformed;
    use crate::rules::form::Form;

    #[test]
    fn ranges() {
        let four = [
            ("10.0.0.0/8", true),
            ("0.0.0.0/0", true),
            ("10.0.0.0/33", false),
            ("10.0.0.300/8", false),
            ("10.0.0.0", false),
            ("::/0", false),
        ];
        for (range, is_good) in four {
            let permission = Form::default().with("IpRanges.1.CidrIp", range);
            assert_eq!(malformed(&permission).is_none(), is_good, "{range}");
        }
        for (range, is_good) in [("::/0", true), ("::/129", false), ("10.0.0.0/8", false)] {
            let permission = Form::default().with("Ipv6Ranges.1.CidrIpv6", range);
            assert_eq!(malformed(&permission).is_none(), is_good, "{range}");
        }
    }
}
