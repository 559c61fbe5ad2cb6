//! Behaviours of Amazon ECR.

pub(super) mod lifecycle_policy;
pub(super) mod missing_image;
pub(super) mod registry_endpoint;
pub(super) mod repository_names;
