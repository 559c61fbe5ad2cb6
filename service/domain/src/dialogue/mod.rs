//! What is said to a caller, and what is done for one: pure, one step a webhook.
//!
//! - [`step`]: the call so far and what happened → the call from now on, and what to do or say next
//! - [`Call`]: all that is kept of a call between its webhooks
//! - [`Event`], [`Outcome`]: what can happen
//! - [`Turn`], [`Next`], [`Effect`], [`Reply`]: what is to be done or said
//! - [`Desk`]: what is true outside of the call: the time, the rules, the flags
//!
//! A caller's answer is read in this order: keys; silence; what can be said at any time (a person, repeat, start over,
//! goodbye); then what the open question needs, corrections of earlier answers included; then help. What is none of
//! these is a failure, and the third in a row leads to the office.

mod advance;
mod ask;
mod begin;
mod call;
mod confirm;
mod desk;
mod event;
mod heard;
mod keys;
mod openings;
mod outcome;
mod person;
mod recover;
mod reply;
mod said;
mod talk;
mod times;
mod wish;

pub use call::{Call, CallerId, Ending, Step};
pub use desk::Desk;
pub use event::{Event, Outcome};
pub use reply::{Effect, Expect, Next, Reply, Then, Turn};
pub use talk::MAX_TURNS;

use talk::Talk;

/// One step of a call.
///
/// A [`Next::Do`] is carried out and answered with [`Event::Outcome`] in the same webhook, at most three times in a
/// row; a [`Next::Say`] is the webhook's answer. Only then is the call kept: a webhook that dies in between is as if it
/// had never come.
pub fn step(call: Call, event: Event, desk: &Desk<'_>) -> Turn {
    let talk = Talk::resume(call, desk);
    match event {
        Event::Answered { from } => talk.answered(from),
        Event::Rejoined { call } => talk.rejoined(call),
        Event::Heard { text, confidence } => talk.heard(&text, confidence),
        Event::Digits(digits) => talk.digits(&digits),
        Event::Silence => talk.silent(),
        Event::Outcome(outcome) => talk.outcome(outcome),
        Event::DialEnded { answered } => talk.dial_ended(answered),
    }
}
