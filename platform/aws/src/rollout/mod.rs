//! A rollout: what is seen of it, why it fails, and how it ends.
//!
//! - [`evidence`]: what AWS shows of a service's revision, without AWS's types
//! - [`cause`]: why it fails, a pure function of the evidence; `clue` is its table, `fix` says what to type
//! - [`own`]: the service deployment that is ours, and one view of it
//! - [`report`]: how a service is at any moment, and why
//! - [`watch`]: follows it until it serves, or stops it and says why
//! - `collect`, with `definition`, `history` and `tasks`: reads all that from AWS

pub mod cause;
mod clue;
mod collect;
mod definition;
pub mod evidence;
mod fix;
mod history;
pub mod own;
pub mod report;
mod tasks;
pub mod watch;

#[cfg(test)]
mod cause_tests;
#[cfg(test)]
mod watch_tests;
