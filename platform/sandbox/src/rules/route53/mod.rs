//! Behaviours of Amazon Route 53.

pub(super) mod cname_alone;
pub(super) mod zone_exists;

const SERVICE: &str = "route53";
