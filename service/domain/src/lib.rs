//! What the booking service decides, without any input or output: what a caller's words mean.
//!
//! - [`understood`]: the answer of everything here that interprets words, and why it may have none
//! - [`phone`]: telephone numbers, typed or spoken
//! - [`name`]: names of people
//! - [`when`]: dates and times as people say them
//! - [`answer`]: yes, no, and what is neither
//!
//! This is a crate of its own so that the compiler holds what its first sentence says: it depends on no
//! runtime, no database, no network. Clock and zone come in as values.

pub mod answer;
pub mod name;
pub mod phone;
pub mod understood;
pub mod when;

mod words;
