//! Sends the texts that wait in the database: each at least once, and almost never twice.
//!
//! - [`run`]: takes texts whose turn it is, until the process ends
//! - [`Doorbell`]: rung when a text was put in, so that nobody waits for the next look
//! - `sending`: one text, to Twilio and back
//! - `pause`: how long until the next try
//!
//! Twilio has no idempotency key for texts. So a text is marked before the request leaves. When the answer is lost, or this
//! process dies before it has recorded it, whoever tries next first asks Twilio for a text with these words to this number since
//! then, and records that one. What is left: a request that is still on its way when that question is answered, at least two
//! seconds later, is sent twice.

mod doorbell;
mod pause;
mod sending;
mod worker;

pub use doorbell::Doorbell;
pub use worker::run;
