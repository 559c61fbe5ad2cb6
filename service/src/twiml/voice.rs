//! How replies are spoken and listened for.

use bella_domain::dialogue::{Expect, Reply, Then};
use bella_domain::prompts;
use bytes::Bytes;

use super::response::Gather;

/// How replies are spoken and listened for.
#[derive(Debug, Clone)]
pub struct Voice {
    /// `voice` of `<Say>`. `alice` speaks Canadian English at no extra charge; Twilio's reference has dropped it from
    /// its list in favour of Polly's and Google's, its libraries still know it.
    pub name: &'static str,
    /// `language` of `<Say>` and `<Gather>`.
    pub language: &'static str,
    /// Seconds without speech after which an answer is complete. A number, since Twilio does not take `auto` together
    /// with a speech model (warning 13335).
    pub speech_timeout: u8,
    /// Seconds in which an answer has to begin, and the most between two keys.
    pub timeout: u8,
    /// The path under which Twilio reaches the service, without a final slash; empty for the host's root.
    base: String,
    greeting: Greeting,
}

/// The answer that every call begins with, rendered once.
#[derive(Debug, Clone)]
struct Greeting {
    reply: Reply,
    rendered: Bytes,
}

impl Voice {
    /// The voice of a service that Twilio reaches under `public_base_url`.
    pub fn new(public_base_url: &str) -> Self {
        let (_, rest) = public_base_url.split_once("://").unwrap_or_default();
        let base = rest.find('/').map_or("", |slash| &rest[slash..]);
        let reply = Reply {
            lines: vec![prompts::GREETING.say()],
            then: Then::Listen(Expect::Name),
        };
        let mut voice = Self {
            name: "alice",
            language: "en-CA",
            speech_timeout: 4,
            timeout: 8,
            base: base.trim_end_matches('/').to_owned(),
            greeting: Greeting {
                reply,
                rendered: Bytes::new(),
            },
        };
        voice.greeting.rendered = super::draw(&voice.greeting.reply, &voice, &voice.collect(1));
        voice
    }

    /// Where the answer to the `turn`th reply goes: a path, which Twilio resolves against the URL it called.
    pub fn collect(&self, turn: u32) -> String {
        format!("{}/twilio/voice/collect?turn={turn}", self.base)
    }

    /// A path of the service as Twilio has to call it.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(super) fn rendered(&self, reply: &Reply, turn: u32) -> Option<Bytes> {
        (turn == 1 && *reply == self.greeting.reply).then(|| self.greeting.rendered.clone())
    }

    pub(super) fn gather<'a>(&self, expect: Expect, action: &'a str) -> Gather<'a> {
        Gather {
            action,
            hints: hints(expect),
            one_key: expect != Expect::Number,
        }
    }
}

/// Words that the recogniser is to expect; Twilio takes up to 500 phrases of up to 100 characters.
fn hints(expect: Expect) -> &'static str {
    match expect {
        Expect::Name => "my name is, this is, it's, first name, last name",
        Expect::Number => {
            "my number is, area code, zero, oh, one, two, three, four, five, six, seven, eight, nine, double, triple, extension"
        }
        Expect::Time => {
            "today, tomorrow, the day after tomorrow, next week, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, January, February, March, April, May, June, July, August, September, October, November, December, morning, afternoon, noon, o'clock, half past, quarter past, quarter to, AM, PM, cancel my appointment, move my appointment"
        }
        Expect::Offer => {
            "the first one, the second one, the earlier one, the later one, neither, yes, no, morning, afternoon, AM, PM"
        }
        Expect::YesNo => {
            "yes, yeah, yes please, that's right, correct, no, no thanks, wrong, change the time, change the name, operator"
        }
    }
}
