//! What people look at when something is wrong: runbooks, what the state of an alarm means, and what an examination found.
//!
//! Pure: what was seen comes in as values, and what it means goes out. Nothing here asks AWS, reads a clock or prints.

pub mod alarm;
pub mod doctor;
pub mod page;
pub mod path;
pub mod terminal;
