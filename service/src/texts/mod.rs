//! What is texted: every sentence in one table, and how many segments a text takes.
//!
//! - [`Text`]: the sentences; none names a person
//! - [`segments`]: how Twilio cuts and bills a text
//! - [`Wish`]: what somebody who texts us wants

mod segments;
mod table;
mod wish;

pub use segments::{Segments, segments};
pub use table::Text;
pub use wish::Wish;
