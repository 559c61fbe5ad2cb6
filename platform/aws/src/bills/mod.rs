//! What AWS billed, from Cost Explorer, asked seldom: every request costs $0.01.
//!
//! - [`ask`]: the questions
//! - [`kept`], [`keep`]: what was answered before, in a file of this machine's
//! - [`look`]: the answer for a month, from both

mod ask;
mod kept;
mod look;

pub use kept::{NotKept, REQUEST_USD, file_of, keep, kept};
pub use look::{Billed, NotBilled, look};
