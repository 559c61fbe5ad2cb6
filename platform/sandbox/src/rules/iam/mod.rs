//! Behaviours of AWS Identity and Access Management.

pub(super) mod attached_policy;
pub(super) mod cleared_description;
pub(super) mod policy_document;
pub(super) mod roles_in_pages;
pub(super) mod service_linked_role_taken;
pub(super) mod trust_policy;
pub(super) mod trusted_principals;
