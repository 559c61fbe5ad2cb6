//! What the tests of calls share: stores, the real binary, and callers.
//!
//! - [`Stores`]: a PostgreSQL and a Redis, shared by the tests that run at the same time
//! - [`Service`], [`Environment`]: the real binary
//! - [`Call`], [`Twiml`]: a pretend call
//! - [`converse`], [`Told`]: a caller who wants one appointment
//! - `wire`: HTTP
// Each test program uses a part of it.
#![allow(dead_code, reason = "each test program uses the part it needs")]

mod call;
mod script;
mod service;
mod stores;
pub(crate) mod wire;

#[allow(unused_imports, reason = "each test program uses the part it needs")]
pub(crate) use call::{Call, Twiml, signed};
#[allow(unused_imports, reason = "each test program uses the part it needs")]
pub(crate) use script::{Told, answer, converse};
#[allow(unused_imports, reason = "each test program uses the part it needs")]
pub(crate) use service::{Environment, Service, binary, free_address, resident};
#[allow(unused_imports, reason = "each test program uses the part it needs")]
pub(crate) use stores::Stores;

/// `PUBLIC_BASE_URL` of every test: what is signed, wherever the service listens.
pub(crate) const BASE_URL: &str = "https://book.bella.example";

/// `TWILIO_AUTH_TOKEN` of every test.
pub(crate) const TOKEN: &str = "a-token-of-twilio-for-tests";

/// `TEST_NOW` of every test: a Monday morning.
pub(crate) const NOW: &str = "2026-03-09T09:00:00-04:00";
