//! PostgreSQL: all SQL of the service, checked against the schema when it is compiled.
//!
//! - [`Database`]: the pool; every call is bounded in time and tells "away" from "failed"
//! - [`DbError`], [`BookError`]: what can come of a call
//! - [`Schema`], [`migrate`], [`roles`]: the schema, who applies it, who may use it
//! - `booking`, `free`, `person`: what a caller's step asks
//! - [`OutboxText`]: a text that is sent after the transaction that wrote it
//!
//! One file a noun. `scripts/sqlx` renews the descriptions that queries are compiled against.

mod appointments;
mod audit;
mod booking;
mod change;
pub mod connect;
mod database;
mod error;
mod free;
mod outbox;
mod person;
pub mod roles;
mod schema;

pub use appointments::{AppointmentRow, Filter, Status, appointment_uuid};
pub use audit::Actor;
pub use booking::{BookError, Booked, NewAppointment};
pub use change::ChangeError;
pub use database::Database;
pub use error::DbError;
pub use outbox::OutboxText;
pub use schema::{MigrateError, Migrated, Schema, migrate};

pub(crate) use error::Trouble;
/// How a moment travels to and from PostgreSQL.
pub(crate) use jiff_sqlx::Timestamp as Ts;
