//! Who gets in, and what a browser is told.
//!
//! - [`Gate`]: the doors of the admin pages (a user and a password) and of the API (a key)
//! - [`Failures`]: who failed too often at either
//! - [`Session`]: proof that a form was sent from our own page
//! - [`headers`]: what every answer to a person or a program carries
//! - [`client`]: whose request it is

mod client;
mod csrf;
mod failures;
mod gate;
mod headers;

pub(crate) use csrf::{Entered, Session};
pub(crate) use failures::Failures;
pub(crate) use gate::{Gate, admin, api};
pub(crate) use headers::headers;
