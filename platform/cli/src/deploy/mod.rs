//! A deployment: from an image to a version that serves, or back to the one before.
//!
//! - [`secrets`]: what the service needs to start is there
//! - [`source`]: the image, wherever it comes from, in the stack's repository
//! - [`migrate`]: the database first
//! - [`rollout`]: the revision, the service, the proof, and the way back
//! - [`explain`]: why a version that runs does not serve

mod explain;
mod migrate;
mod rollout;
mod secrets;
mod source;
mod talk;
mod watching;

pub(crate) use rollout::{Deployment, Went};
pub(crate) use secrets::require;
pub(crate) use source::Source;
pub(crate) use talk::Talk;
