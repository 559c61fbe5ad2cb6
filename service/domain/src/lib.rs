//! What the booking service decides, without any input or output: what a caller's words mean, and what is answered.
//!
//! - [`understood`]: the answer of everything here that interprets words, and why it may have none
//! - [`phone`]: telephone numbers, typed or spoken
//! - [`name`]: names of people
//! - [`when`]: dates and times as people say them
//! - [`answer`]: yes, no, and what is neither
//! - [`dialogue`]: what is said to a caller and done for one, [`prompts`]: in which words
//! - [`rules`]: when appointments may begin, [`slot`]: which to look for
//! - [`booking`]: what an appointment is
//! - [`intent`]: what a caller can ask for at any step
//!
//! This is a crate of its own so that the compiler holds what its first sentence says: it depends on no
//! runtime, no database, no network. Clock and zone come in as values.

pub mod answer;
pub mod booking;
pub mod dialogue;
pub mod intent;
pub mod name;
pub mod phone;
pub mod prompts;
pub mod rules;
pub mod slot;
pub mod understood;
pub mod when;

mod words;
