//! A deployment: from an image to a version that serves, or back to the one before. It decides the order of the steps and what goes
//! back when; what is done, a [`Site`] does. No terminal, and no AWS client of its own.
//!
//! - [`Deployment`]: deploys and rolls back, in that order of steps
//! - [`First`]: whether a stack that was just made gets its version by itself
//! - [`Rotation`]: a secret gets a new value
//! - [`Source`]: the image, wherever it comes from, in the stack's repository
//! - [`leaving`]: what a guest has on its host's server, and has to go with it
//! - [`nights`]: what stopping, starting and pausing come to
//! - [`fits`]: whether an image that is there already is for the stack's processor
//! - [`Site`]: what is asked of the one who deploys
//! - [`Problem`]: why it does not go on

mod basis;
mod deployment;
mod earlier;
mod explain;
mod first;
mod guest;
mod listing;
mod made_for;
mod migrate;
mod needs;
pub mod nights;
mod paths;
mod problem;
mod rollout;
mod rotation;
mod site;
mod source;
mod watched;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gates;

pub use deployment::{Asked, Deployment, provisioned};
pub use first::First;
pub use guest::{LEAVES_WITHIN, Leaving, leaving};
pub use made_for::fits;
pub use problem::{Ends, Problem};
pub use rollout::Went;
pub use rotation::{Rotated, Rotation};
pub use site::{Failure, Proof, Scope, Site, Told, Turn, Values};
pub use source::{Source, image_cache};
