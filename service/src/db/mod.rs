//! PostgreSQL: all SQL of the service, checked against the schema when it is compiled.
//!
//! - [`Database`]: the pool; every call is bounded in time and tells "away" from "failed"
//! - [`DbError`], [`BookError`]: what can come of a call
//! - [`Schema`], [`migrate`], [`roles`]: the schema, who applies it, who may use it
//! - `booking`, `free`, `person`: what a caller's step asks
//! - `look_ups`: callers who ring at one moment, looked up together
//! - `appointments`, `change`: what the API and the admin pages ask
//! - [`OutboxText`], [`Due`]: a text that is sent after the transaction that wrote it
//! - `calls`, `recordings`, `audit`: what happened
//! - `people`, `figures`, `texts_left`: what the admin pages find, count and list
//! - `used`: what calls used
//! - `once`, `upcoming`: what is done once; what texts are about
//!
//! One file a noun. `scripts/sqlx` renews the descriptions that queries are compiled against.

mod appointments;
pub(crate) mod audit;
mod booking;
mod calls;
mod change;
mod compatible;
pub mod connect;
mod database;
pub mod databases;
mod error;
mod figures;
mod free;
mod look_ups;
mod once;
mod outbox;
mod people;
pub(crate) mod person;
mod recordings;
pub mod roles;
mod schema;
mod texts_left;
mod upcoming;
mod used;

pub use appointments::{AppointmentRow, Filter, Status, appointment_uuid};
pub use audit::Actor;
pub use booking::{BookError, Booked, NewAppointment};
pub use calls::{CallCursor, CallEnd, CallRow};
pub use change::ChangeError;
pub use compatible::Breaking;
pub use database::Database;
pub use error::DbError;
pub use figures::{DayFigures, Sums};
pub use once::Begun;
pub use outbox::{Due, OutboxText, Sending, TextRow};
pub use people::{Person, WINDOW};
pub use schema::{MigrateError, Migrated, Schema, migrate, migrate_allowing};
pub use texts_left::{TextLeft, TextsLeft};
pub use upcoming::Upcoming;
pub use used::Used;

pub(crate) use audit::Line as AuditLine;
pub(crate) use database::{Held, WORK};
pub(crate) use error::Trouble;
/// How a moment travels to and from PostgreSQL.
pub(crate) use jiff_sqlx::Timestamp as Ts;
