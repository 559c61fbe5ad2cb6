//! A rollout: what is seen of it, why it fails, and how it ends.
//!
//! - [`evidence`]: what AWS shows of a service's revision, without AWS's types
//! - [`cause`]: why it fails, a pure function of the evidence; `clue` is its table, `fix` says what to type

pub mod cause;
mod clue;
pub mod evidence;
mod fix;

#[cfg(test)]
mod cause_tests;
