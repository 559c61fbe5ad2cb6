//! The voice booking service: a caller says a name and a time, confirms, and has an appointment.
//!
//! - [`config`]: the environment, read once
//! - [`clock`]: now, which tests freeze
//! - [`app`]: what every request shares, and the router
//! - [`drain`]: the end of the process, in order
//! - [`flags`]: which features are on, for whom
//! - [`plugins`]: what is added to calls
//! - [`metrics`], [`telemetry`]: what is counted, what is logged
//! - [`db`]: appointments, people, calls and texts in PostgreSQL
//! - [`privacy`]: personal data: encryption, retention, export, erasure
//! - [`sessions`]: what is kept of a call between its webhooks
//! - [`twilio`], [`https`]: everything to and from Twilio; the client that is shared
//! - [`speech`], `recordings`: callers heard by Whisper
//! - [`waiting`]: bookings that wait for the database
//! - [`outbox`]: sends texts; [`texts`]: what they say; [`tariff`]: what a call costs
//! - `http`: one file a surface: parse, call, answer
//! - `problem`: what the API answers when it refuses
//! - [`commands`]: what `bella-service` can be told to do
//!
//! What it decides is in `bella-domain`, which does no input or output.

pub mod app;
pub mod clock;
pub mod commands;
pub mod config;
pub mod db;
pub mod drain;
pub mod flags;
mod http;
pub mod https;
pub mod metrics;
pub mod outbox;
pub mod plugins;
pub mod privacy;
mod problem;

mod recordings;
pub mod sessions;
pub mod speech;
pub mod tariff;
pub mod telemetry;
pub mod texts;
pub mod twilio;
pub mod twiml;
pub mod waiting;
