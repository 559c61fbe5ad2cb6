//! The roles that a repository's workflows on GitHub assume.
//!
//! One looks, for plans of pull requests; one changes, for the repository's environments. No key of an
//! account is stored anywhere: GitHub signs who a job is, and AWS trusts that through an identity provider.

mod document;
mod live;
mod policies;
mod repository;
mod roles;
mod setup;
mod trust;

pub use repository::{Environment, NotOneOfGitHub, Repository};
pub use roles::{DEPLOY_ROLE, PLAN_ROLE, Wanted, wanted};
pub use setup::{Change, apply, plan};
