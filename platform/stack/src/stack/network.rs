//! Addresses, zones, the way out, and the public name.

use crate::value::{Cidr, DomainName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Addresses, zones and the way out to the internet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Network {
    /// Private IPv4 range of the VPC, prefix /16 to /28. Public subnets are cut from its first half, private ones from its second.
    /// Default: 10.20.0.0/16.
    pub cidr: Cidr,
    /// Number of availability zones, 2 or 3. The load balancer needs two. Default: 2.
    #[schemars(range(min = 1, max = 3))]
    pub availability_zones: u8,
    /// Way out to the internet. public-ip: tasks have public addresses, no hourly price. nat-gateway: tasks are in private subnets
    /// behind a NAT gateway. Default: public-ip.
    pub egress: Egress,
    /// Whether each zone has a NAT gateway of its own, so that none depends on another, at the price of one for each. Has a meaning
    /// only with egress: nat-gateway. Default: false, one in the first zone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nat_per_zone: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            cidr: "10.20.0.0/16"
                .parse()
                .expect("the default is a valid range"),
            availability_zones: 2,
            egress: Egress::PublicIp,
            nat_per_zone: false,
        }
    }
}

/// Way out to the internet: public-ip or nat-gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Egress {
    PublicIp,
    NatGateway,
}

/// The public name of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Domain {
    /// Route 53 hosted zone that exists already, such as bella.example. It is not part of the stack.
    pub zone: DomainName,
    /// Name inside the zone that people and Twilio use, such as book.bella.example.
    pub name: DomainName,
}
