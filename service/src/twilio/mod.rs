//! Everything to and from Twilio.
//!
//! - [`signature`]: proves that a webhook is Twilio's
//! - [`Form`], [`Signed`]: a webhook's parameters, once that is proven

mod form;
pub mod signature;
mod signed;

pub use form::Form;
pub use signed::{Forged, Signed};
