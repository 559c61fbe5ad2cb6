//! Policies: rules in Rego that judge a plan before anything is called, and a step once all of its values are known.
//!
//! A [`PolicySet`] is the shipped rules and those of a folder, parsed once. It judges a [`Document`], which is made from a stack, its
//! graph and its plan ([`Facts`]); the time is a value in it. [`AtCall`] judges a step again just before its first call. Nothing here
//! knows AWS or a terminal. Start reading in `judge.rs`.

mod at_call;
mod document;
mod exception;
mod facts;
mod folder;
mod judge;
mod moment;
mod set;
mod shipped;
mod unit;
mod unknown;
mod verdict;

pub use at_call::AtCall;
pub use document::{Changing, Cost, Document, Field, Operation, Wanted, schema};
pub use facts::Facts;
pub use folder::{FOLDER, read};
pub use moment::{BUSINESS_ZONE, Moment};
pub use set::{PolicyError, PolicyFile, PolicySet, TESTS};
pub use shipped::shipped;
pub use unit::{TestRun, Tested, test};
pub use unknown::marked;
pub use verdict::{Excuse, Severity, State, Verdict};
