//! The long-lived process of one instance: it owns the gateway, the emulator's life and the Docker refusal, and it is
//! what SIGTERM saves and stops. The emulator runs under a launcher of ours, `emulator.py`, which saves it while it runs.

mod docker;
mod emulator;
mod ports;
mod run;
mod saver;
mod saves;

pub use run::serve;
