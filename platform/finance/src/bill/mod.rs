//! The bill: what AWS says was used and what it charges for it, day by day.
//!
//! [`Answer`]s of Cost Explorer become [`Line`]s ([`read`]), lines of a fetch go into an [`Archive`]
//! that holds each day once, and [`Sums`] tells run rate, credits, refunds and tax apart.

mod answer;
mod archive;
mod kept;
mod line;
mod sums;

pub use answer::{Answer, BadAnswer, Metric, Question, Read, read};
pub use archive::{Archive, BadFetch, Cost, Fetch};
pub use kept::{A_DAY, Expected, Kept};
pub use line::{Line, Record};
pub use sums::Sums;
