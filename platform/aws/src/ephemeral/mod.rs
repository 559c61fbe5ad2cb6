//! Stacks that were made for a while, as AWS knows them.
//!
//! What a stack's objects say of it does not move: who asked for it, when, what an hour costs. When it ends does, and is kept on two
//! objects: the start date of the rules that stop the stack ([`expiry`]), and a tag of its VPC or, where it is a guest on
//! another one's, of its cluster, by which many stacks are listed in few calls ([`mark`]). That tag is not among those a plan compares.

mod list;
mod mark;

pub use list::{Carrier, Tagged, clock, list, of_stack};
pub(crate) use mark::is_expiry;
pub use mark::{expiry, mark};
