//! PostgreSQL and Redis of one's own: started on free loopback ports, in a temporary folder, and gone
//! with the process that started them.
//!
//! - [`Postgres`], [`Redis`]: the two servers
//! - [`Server`]: what they share: kill, freeze, thaw, start again
//! - [`StoreError`]: why one could not be started, and what to install

mod error;
mod postgres;
mod redis;
mod server;

pub use error::StoreError;
pub use postgres::Postgres;
pub use redis::Redis;
pub use server::Server;
