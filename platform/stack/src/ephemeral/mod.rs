//! Stacks that are made for a while: what they are called, how long they may live, and how many a person may have.

mod caps;
mod listed;
mod name;
mod tags;

pub use caps::{Kept, Request, TooMuch, allowed};
pub use listed::Listed;
pub use name::ephemeral_name;
pub use tags::{EPHEMERAL_TAGS, Keys, tag_words};
