//! What people look at when something is wrong: runbooks, and what the state of an alarm means.
//!
//! Pure: what was seen comes in as values, and what it means goes out. Nothing here asks AWS, reads a clock or prints.

pub mod alarm;
pub mod page;
pub mod path;
pub mod terminal;
