//! The dialogue, played against an appointment book in memory.
//!
//! - `stage`: the book, the caller's side of a call
//! - `script`: conversations written down in `tests/conversations`, compared word for word
//! - `prompts`: the whole table
//! - `property`: what holds for any sequence of events, which `dice` makes up

mod dice;
mod prompts;
mod property;
mod script;
mod stage;
