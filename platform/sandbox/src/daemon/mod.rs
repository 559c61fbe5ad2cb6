//! The long-lived process of one instance: it owns the gateway, the emulator's life and the Docker refusal, and it is
//! what SIGTERM saves and stops.

mod docker;
mod emulator;
mod ports;
mod run;

pub use run::serve;
