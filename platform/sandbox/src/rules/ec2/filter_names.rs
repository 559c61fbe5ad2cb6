use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-filter-refused",
    about: About::refuses(
        "A filter that the operation does not have is refused, so that a misspelled one never finds everything.",
    ),
    service: "ec2",
    operations: &[
        "DescribeAddresses",
        "DescribeAvailabilityZones",
        "DescribeInternetGateways",
        "DescribeNatGateways",
        "DescribeNetworkAcls",
        "DescribeNetworkInterfaces",
        "DescribeRouteTables",
        "DescribeSecurityGroupRules",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcEndpoints",
        "DescribeVpcs",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let known = names(&turn.call.operation);
        let fits = |name: &str| known.contains(&name.strip_prefix("tag:").map_or(name, |_| "tag"));
        let filters = turn.form().filters();
        Ok(filters
            .iter()
            .find(|(name, _)| !fits(name))
            .map(|(name, _)| {
                Refused::new(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid"),
                )
            }))
    })
}

/// The filters of an operation as the EC2 API reference lists them under `Filter.N`; `tag` stands for `tag:<key>`.
fn names(operation: &str) -> &'static [&'static str] {
    match operation {
        "DescribeAddresses" => &ADDRESSES,
        "DescribeAvailabilityZones" => &AVAILABILITY_ZONES,
        "DescribeInternetGateways" => &INTERNET_GATEWAYS,
        "DescribeNatGateways" => &NAT_GATEWAYS,
        "DescribeNetworkAcls" => &NETWORK_ACLS,
        "DescribeNetworkInterfaces" => &NETWORK_INTERFACES,
        "DescribeRouteTables" => &ROUTE_TABLES,
        "DescribeSecurityGroupRules" => &SECURITY_GROUP_RULES,
        "DescribeSecurityGroups" => &SECURITY_GROUPS,
        "DescribeSubnets" => &SUBNETS,
        "DescribeVpcEndpoints" => &VPC_ENDPOINTS,
        _ => &VPCS,
    }
}

const ADDRESSES: [&str; 10] = [
    "allocation-id",
    "association-id",
    "instance-id",
    "network-border-group",
    "network-interface-id",
    "network-interface-owner-id",
    "private-ip-address",
    "public-ip",
    "tag",
    "tag-key",
];

const AVAILABILITY_ZONES: [&str; 11] = [
    "group-long-name",
    "group-name",
    "message",
    "opt-in-status",
    "parent-zone-id",
    "parent-zone-name",
    "region-name",
    "state",
    "zone-id",
    "zone-name",
    "zone-type",
];

const INTERNET_GATEWAYS: [&str; 6] = [
    "attachment.state",
    "attachment.vpc-id",
    "internet-gateway-id",
    "owner-id",
    "tag",
    "tag-key",
];

const NAT_GATEWAYS: [&str; 6] = [
    "nat-gateway-id",
    "state",
    "subnet-id",
    "tag",
    "tag-key",
    "vpc-id",
];

const NETWORK_ACLS: [&str; 19] = [
    "association.association-id",
    "association.network-acl-id",
    "association.subnet-id",
    "default",
    "entry.cidr",
    "entry.icmp.code",
    "entry.icmp.type",
    "entry.ipv6-cidr",
    "entry.port-range.from",
    "entry.port-range.to",
    "entry.protocol",
    "entry.rule-action",
    "entry.egress",
    "entry.rule-number",
    "network-acl-id",
    "owner-id",
    "tag",
    "tag-key",
    "vpc-id",
];

const NETWORK_INTERFACES: [&str; 37] = [
    "association.allocation-id",
    "association.association-id",
    "addresses.association.owner-id",
    "addresses.association.public-ip",
    "addresses.primary",
    "addresses.private-ip-address",
    "association.ip-owner-id",
    "association.public-ip",
    "association.public-dns-name",
    "attachment.attach-time",
    "attachment.attachment-id",
    "attachment.delete-on-termination",
    "attachment.device-index",
    "attachment.instance-id",
    "attachment.instance-owner-id",
    "attachment.status",
    "availability-zone",
    "availability-zone-id",
    "description",
    "group-id",
    "ipv6-addresses.ipv6-address",
    "interface-type",
    "mac-address",
    "network-interface-id",
    "operator.managed",
    "operator.principal",
    "owner-id",
    "private-dns-name",
    "private-ip-address",
    "requester-id",
    "requester-managed",
    "source-dest-check",
    "status",
    "subnet-id",
    "tag",
    "tag-key",
    "vpc-id",
];

const ROUTE_TABLES: [&str; 21] = [
    "association.gateway-id",
    "association.route-table-association-id",
    "association.route-table-id",
    "association.subnet-id",
    "association.main",
    "owner-id",
    "route-table-id",
    "route.destination-cidr-block",
    "route.destination-ipv6-cidr-block",
    "route.destination-prefix-list-id",
    "route.egress-only-internet-gateway-id",
    "route.gateway-id",
    "route.instance-id",
    "route.nat-gateway-id",
    "route.transit-gateway-id",
    "route.origin",
    "route.state",
    "route.vpc-peering-connection-id",
    "tag",
    "tag-key",
    "vpc-id",
];

const SECURITY_GROUP_RULES: [&str; 3] = ["group-id", "security-group-rule-id", "tag"];

const SECURITY_GROUPS: [&str; 25] = [
    "description",
    "egress.ip-permission.cidr",
    "egress.ip-permission.from-port",
    "egress.ip-permission.group-id",
    "egress.ip-permission.group-name",
    "egress.ip-permission.ipv6-cidr",
    "egress.ip-permission.prefix-list-id",
    "egress.ip-permission.protocol",
    "egress.ip-permission.to-port",
    "egress.ip-permission.user-id",
    "group-id",
    "group-name",
    "ip-permission.cidr",
    "ip-permission.from-port",
    "ip-permission.group-id",
    "ip-permission.group-name",
    "ip-permission.ipv6-cidr",
    "ip-permission.prefix-list-id",
    "ip-permission.protocol",
    "ip-permission.to-port",
    "ip-permission.user-id",
    "owner-id",
    "tag",
    "tag-key",
    "vpc-id",
];

const SUBNETS: [&str; 30] = [
    "availability-zone",
    "availability-zone-id",
    "available-ip-address-count",
    "cidr-block",
    "customer-owned-ipv4-pool",
    "default-for-az",
    "enable-dns64",
    "enable-lni-at-device-index",
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.state",
    "ipv6-native",
    "map-customer-owned-ip-on-launch",
    "map-public-ip-on-launch",
    "outpost-arn",
    "owner-id",
    "private-dns-name-options-on-launch.hostname-type",
    "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
    "state",
    "subnet-arn",
    "subnet-id",
    "tag",
    "tag-key",
    "vpc-id",
    "availabilityZone",
    "availabilityZoneId",
    "cidr",
    "cidrBlock",
    "defaultForAz",
];

const VPC_ENDPOINTS: [&str; 9] = [
    "ip-address-type",
    "service-name",
    "service-region",
    "tag",
    "tag-key",
    "vpc-id",
    "vpc-endpoint-id",
    "vpc-endpoint-state",
    "vpc-endpoint-type",
];

const VPCS: [&str; 15] = [
    "cidr",
    "cidr-block-association.cidr-block",
    "cidr-block-association.association-id",
    "cidr-block-association.state",
    "dhcp-options-id",
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.ipv6-pool",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.state",
    "is-default",
    "owner-id",
    "state",
    "tag",
    "tag-key",
    "vpc-id",
];
