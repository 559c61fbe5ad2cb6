//! Everything to and from Twilio and OpenAI, against servers that answer as theirs do.

mod call;
mod client;
mod fake;
mod outbox;
mod sms;
mod speech;
mod world;
