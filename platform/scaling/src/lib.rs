//! Scaling policies judged before they are paid for: a month of calls, minute by minute, against what AWS would do about it. No AWS,
//! no clock, no chance: the same trace and policy give the same answer.
//!
//! - [`Trace`]: calls that start in each minute
//! - [`Task`]: what one task can do
//! - [`Policy`]: what is done about a load, and [`Bounds`], within which
//! - [`simulate`]: tasks, waiting and task hours that come of it

mod generator;
mod policy;
mod run;
mod task;
mod trace;

pub use policy::{Bounds, Policy, Steps, Target, Tracked};
pub use run::{Outcome, simulate};
pub use task::Task;
pub use trace::{Trace, TraceError};
