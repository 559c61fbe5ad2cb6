//! How AWS rounds the time for which something ran.

use bella_engine::usage::Quantity;

/// How the length of one run is rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Each begun hour counts whole: load balancers, NAT gateways, cache nodes.
    BegunHours,
    /// By the second, but no less than so many: a task 60, a database instance 600.
    AtLeast(i64),
    /// By the second.
    Seconds,
}

impl Rounding {
    /// That of a usage type.
    #[must_use]
    pub fn of(used: &Quantity) -> Self {
        let is = |beginning: &str| used.usage_type.starts_with(beginning);
        match used.service {
            "AWSELB" if is("LoadBalancerUsage") => Self::BegunHours,
            "AmazonEC2" if is("NatGateway-Hours") => Self::BegunHours,
            "AmazonElastiCache" if is("NodeUsage:") => Self::BegunHours,
            "AmazonECS" if used.unit.ends_with("hour") => Self::AtLeast(60),
            "AmazonRDS" if is("InstanceUsage:") || is("Multi-AZUsage:") => Self::AtLeast(600),
            _ => Self::Seconds,
        }
    }

    /// Seconds billed for a run of so many.
    #[must_use]
    pub fn billed(self, seconds: i64) -> i64 {
        match self {
            _ if seconds <= 0 => 0,
            Self::BegunHours => seconds.saturating_add(3599) / 3600 * 3600,
            Self::AtLeast(least) => seconds.max(least),
            Self::Seconds => seconds,
        }
    }
}
