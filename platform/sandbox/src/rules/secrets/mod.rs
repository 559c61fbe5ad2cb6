//! Behaviours of AWS Secrets Manager.

pub(super) mod name_pending_deletion;
pub(super) mod names;
pub(super) mod owning_service;
pub(super) mod request_token;
pub(super) mod without_value;

/// Its signing name.
const SERVICE: &str = "secretsmanager";
