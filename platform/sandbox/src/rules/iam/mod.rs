//! Behaviours of AWS Identity and Access Management.

pub(super) mod cleared_description;
pub(super) mod roles_in_pages;
pub(super) mod trust_policy;
