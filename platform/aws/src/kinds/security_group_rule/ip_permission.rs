//! A security group rule in the shapes in which EC2's calls take it.

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRuleRequest, UserIdGroupPair,
};
use serde::{Deserialize, Deserializer};

use super::SecurityGroupRule;

/// Who is on the other side; each has a parameter of its own.
enum Peer {
    V4,
    V6,
    Group,
    List,
}

impl Peer {
    fn of(text: &str) -> Self {
        match text {
            text if text.starts_with("sg-") => Self::Group,
            text if text.starts_with("pl-") => Self::List,
            text if text.contains(':') => Self::V6,
            _ => Self::V4,
        }
    }
}

/// For adding the rule.
pub(super) fn permission(rule: &SecurityGroupRule) -> IpPermission {
    let permission = IpPermission::builder()
        .ip_protocol(&rule.protocol)
        .set_from_port(rule.from_port)
        .set_to_port(rule.to_port);
    let (peer, text) = (rule.peer.as_str(), description(rule));
    let permission = match Peer::of(peer) {
        Peer::V4 => {
            let range = IpRange::builder().cidr_ip(peer).set_description(text);
            permission.ip_ranges(range.build())
        }
        Peer::V6 => {
            let range = Ipv6Range::builder().cidr_ipv6(peer).set_description(text);
            permission.ipv6_ranges(range.build())
        }
        Peer::Group => {
            let pair = UserIdGroupPair::builder()
                .group_id(peer)
                .set_description(text);
            permission.user_id_group_pairs(pair.build())
        }
        Peer::List => {
            let list = PrefixListId::builder()
                .prefix_list_id(peer)
                .set_description(text);
            permission.prefix_list_ids(list.build())
        }
    };
    permission.build()
}

/// For changing the rule: a modification replaces all of it, and without a description takes the
/// old one away.
pub(super) fn request(rule: &SecurityGroupRule) -> SecurityGroupRuleRequest {
    let request = SecurityGroupRuleRequest::builder()
        .ip_protocol(&rule.protocol)
        .from_port(rule.from_port.unwrap_or(-1))
        .to_port(rule.to_port.unwrap_or(-1))
        .set_description(description(rule));
    let peer = rule.peer.as_str();
    match Peer::of(peer) {
        Peer::V4 => request.cidr_ipv4(peer),
        Peer::V6 => request.cidr_ipv6(peer),
        Peer::Group => request.referenced_group_id(peer),
        Peer::List => request.prefix_list_id(peer),
    }
    .build()
}

fn description(rule: &SecurityGroupRule) -> Option<String> {
    (!rule.description.is_empty()).then(|| rule.description.clone())
}

/// Reads a protocol into the word in which AWS answers it: a name for the four that have ports,
/// else the number.
pub(super) fn protocol<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    String::deserialize(source).map(|text| named(&text))
}

fn named(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "all" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        "tcp" | "udp" | "icmp" | "icmpv6" => &lower,
        _ => text,
    }
    .to_owned()
}

/// Whether AWS looks at the ports of a protocol; for any other it allows all, whatever is sent
/// (API reference of `IpPermission`).
pub(super) fn has_ports(protocol: &str) -> bool {
    matches!(protocol, "tcp" | "udp" | "icmp" | "icmpv6")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_get_the_names_that_aws_answers() {
        let cases = [
            ("TCP", "tcp"),
            ("6", "tcp"),
            ("17", "udp"),
            ("1", "icmp"),
            ("58", "icmpv6"),
            ("all", "-1"),
            ("-1", "-1"),
            ("50", "50"),
            ("${x.y.z}", "${x.y.z}"),
        ];
        for (text, expect) in cases {
            assert_eq!(named(text), expect, "{text}");
        }
    }
}
