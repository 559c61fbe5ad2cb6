//! Behaviours of Amazon ECR.

pub(super) mod lifecycle_policy;
