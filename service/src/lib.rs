//! The voice booking service. For now it answers liveness; the dialogue follows.

mod app;
mod config;
mod health;

pub use app::router;
pub use config::{Config, ConfigError};
