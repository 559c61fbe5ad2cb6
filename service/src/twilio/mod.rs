//! Everything to and from Twilio.
//!
//! - [`signature`]: proves that a webhook is Twilio's
//! - [`Form`], [`Signed`]: a webhook's parameters, once that is proven
//! - [`Client`]: its REST API; [`TwilioError`] and [`Verdict`]: what it refuses, and what to do then

mod client;
mod error;
mod form;
mod sid;
pub mod signature;
mod signed;

pub use client::{CallState, Client, Instead, SMS_STATUS_PATH, Taken};
pub use error::{TwilioError, Verdict};
pub use form::Form;
pub use sid::RecordingSid;
pub use signed::{Forged, Signed};
