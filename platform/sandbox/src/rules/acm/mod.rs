//! Behaviours of AWS Certificate Manager.

pub(super) mod domain_names;
pub(super) mod idempotency_token;
pub(super) mod in_use;
pub(super) mod in_use_by;
pub(super) mod listed_by_age;
pub(super) mod validation;

const SERVICE: &str = "acm";
const TARGET: &str = "CertificateManager.DescribeCertificate";
