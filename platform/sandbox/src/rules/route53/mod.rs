//! Behaviours of Amazon Route 53.

pub(super) mod cname_alone;
pub(super) mod dnssec;
pub(super) mod record_values;
pub(super) mod records_of_zone;
pub(super) mod seeded_zone;
mod zone;
pub(super) mod zone_exists;
pub(super) mod zone_keeps;

const SERVICE: &str = "route53";
