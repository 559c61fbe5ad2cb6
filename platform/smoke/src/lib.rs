//! The proof that a deployed booking service serves: asked over HTTP as its callers and its staff ask it.
//!
//! [`check`] asks `/healthz` and `/readyz`, then makes a pretend call that is signed as Twilio signs, books an appointment,
//! finds it through the API, cancels it and has the pretend person forgotten. The call's id begins with `check-`: the service
//! marks what comes of it as test data, which takes no time from anybody and is in no figure.

mod call;
mod check;
mod door;
mod twiml;

pub use check::{Failure, Passed, check};
pub use door::{Door, Keys};
