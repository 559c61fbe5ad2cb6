//! What a deployment asks of this program: the connected stack, and somebody to tell.
//!
//! - [`Here`]: the stack under the lease of one run
//! - [`first`]: the version that a stack gets as it is made
//! - [`pretend_call`]: the command that calls it in the sandbox
//! - `shown`: what is told, in lines for people or for programs

mod first;
mod here;
mod shown;

pub(crate) use first::{first, pretend_call};
pub(crate) use here::Here;
