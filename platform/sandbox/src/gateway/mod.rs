//! The one port every AWS client talks to: classify a call, log it, inject what a test asked for, let rules act, and
//! otherwise pass it through to the emulator, streaming.

mod call_log;
pub(crate) mod cbor;
mod classify;
mod clock_control;
mod control;
mod error_code;
mod faults;
mod message;
mod quiet;
mod routes;
mod server;
mod temper_control;
mod upstream;
mod wire;

pub(crate) use classify::Call;
pub(crate) use classify::Protocol;
pub(crate) use control::{ask, probe};
pub(crate) use error_code::error_code;
pub(crate) use message::{Answer, Request, escape};
pub(crate) use quiet::{Quiet, Saved};
pub(crate) use server::Gateway;
pub(crate) use upstream::{EmulatorClient, NoAnswer, Upstream, emulator_ready};
