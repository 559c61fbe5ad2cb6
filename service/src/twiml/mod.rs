//! Twilio's markup for calls and texts, written by an escaping builder.
//!
//! - [`render`]: a reply of the dialogue
//! - [`Voice`]: how it is spoken and listened for
//! - [`Response`]: a document of verbs, for everything else
//! - [`rejected`], [`empty`]: answers that never differ

mod response;
#[cfg(test)]
mod tests;
mod voice;

use std::sync::LazyLock;

use bella_domain::dialogue::{Reply, Then};
use bytes::Bytes;

pub use response::{Gather, Record, Response};
pub use voice::Voice;

/// The media type of all of it.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The answer to a webhook: `reply` as the `turn`th one of its call, which its action carries as `?turn=`.
///
/// The caller's next words, keys or silence come to `/twilio/voice/collect?turn=…`, and so does the end of a call to the
/// office, with `DialCallStatus`.
pub fn render(reply: &Reply, voice: &Voice, turn: u32) -> Bytes {
    if let Some(known) = voice.rendered(reply, turn) {
        return known;
    }
    draw(reply, voice, &voice.collect(turn))
}

/// As [`render`]; the action also carries the sealed call, as `&call=`, for a task that has no other way to know it.
///
/// `sealed` needs no escaping in a URL.
pub fn render_carrying(reply: &Reply, voice: &Voice, turn: u32, sealed: &str) -> Bytes {
    let action = format!("{}&call={sealed}", voice.collect(turn));
    draw(reply, voice, &action)
}

fn draw(reply: &Reply, voice: &Voice, action: &str) -> Bytes {
    let text = reply.lines.join(" ");
    let response = Response::new();
    match &reply.then {
        Then::Listen(expect) => response
            .gather(&voice.gather(*expect, action), &text, voice)
            .redirect(action),
        Then::HangUp => response.say(&text, voice).hang_up(),
        Then::Dial(office) => response.say(&text, voice).dial(office, action),
    }
    .finish()
}

/// What somebody hears who is not let in: `<Reject/>`, which costs nothing.
pub fn rejected() -> Bytes {
    static REJECTED: LazyLock<Bytes> = LazyLock::new(|| Response::new().reject().finish());
    REJECTED.clone()
}

/// The answer that does nothing.
pub fn empty() -> Bytes {
    static EMPTY: LazyLock<Bytes> = LazyLock::new(|| Response::new().finish());
    EMPTY.clone()
}
