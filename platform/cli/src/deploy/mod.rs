//! What a deployment asks of this program: the connected stack, and somebody to tell.
//!
//! - [`Here`]: the stack under the lease of one run
//! - `shown`: what is told, in lines for people or for programs

mod here;
mod shown;

pub(crate) use here::Here;
