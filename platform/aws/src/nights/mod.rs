//! A stack's nights: what of it runs now, stopping and starting it at once, and holding its schedules back.
//!
//! The schedules themselves are carried out by EventBridge Scheduler; what is done here is what they do, by the same calls, when
//! somebody asks for it. [`turn`] decides which call is next, from what [`seen`] shows; [`carry`] makes them until nothing is left.
//! How many tasks are wanted and whether the database runs are no properties that a plan compares, as the schedules change both:
//! that is why this is no plan. Holding schedules back is one, made in [`pause`].

mod carry;
mod clock;
mod pause;
mod rules;
mod seen;
mod turn;

pub use carry::{NotTurned, Told, carry};
pub use clock::now;
pub use pause::{held_until, hold};
pub use rules::{Does, Rule, rules};
pub use seen::{Place, Seen, State, see};
pub use turn::{Call, Wanted, next};
