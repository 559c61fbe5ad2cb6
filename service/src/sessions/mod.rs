//! What is kept of a call between its webhooks: in Redis, which every task of the service shares, and in this process.
//!
//! - [`Sessions`]: load, save, one webhook of a call at a time
//! - [`Kept`], [`Saved`]: a session as it is kept, and what came of keeping it
//! - [`Keys`]: what everything in Redis is called
//! - `commands`: what Redis is told
//! - `link`: the one connection to Redis; every answer is waited for half a second at most
//! - `recovery`: what happens while Redis does not answer: this process's memory serves, and Redis is caught up when it is back
//! - `memory`: newest sessions of this process, bounded
//! - `locks`: one webhook of a call at a time in this process
//!
//! Only commands on a single key are used: serverless Valkey is a cluster.

mod commands;
mod kept;
mod keys;
mod link;
mod locks;
mod memory;
mod recovery;
mod store;

pub use kept::{Kept, Saved};
pub use keys::Keys;
pub use link::{Away, RedisState};
pub use locks::Held;
pub use store::Sessions;

#[cfg(test)]
mod tests;
