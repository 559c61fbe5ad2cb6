//! A document of verbs.

use std::borrow::Cow;

use bella_domain::phone::Mobile;
use bytes::Bytes;
use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::Voice;

/// A TwiML document. Text and attribute values are escaped here and nowhere else, and characters that XML 1.0 has no
/// way to write are left out.
pub struct Response {
    writer: Writer<Vec<u8>>,
}

/// `<Gather>`: listens to speech and keys.
#[derive(Debug, Clone, Copy)]
pub struct Gather<'a> {
    /// Where what was heard goes, silence too.
    pub action: &'a str,
    /// Phrases that are likely, comma separated.
    pub hints: &'a str,
    /// Whether one key is a whole answer; else `#` or a pause ends it.
    pub one_key: bool,
}

/// `<Record>`: records an answer without a beep.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Where the call goes on once the answer is recorded, silence too.
    pub action: &'a str,
    /// Where Twilio says that the recording can be fetched.
    pub callback: &'a str,
    /// Seconds of silence that end it.
    pub timeout: u8,
    /// The most seconds.
    pub max_length: u8,
}

type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Response {
    /// A document without verbs.
    #[expect(
        clippy::new_without_default,
        reason = "a default document means nothing"
    )]
    pub fn new() -> Self {
        let mut response = Self {
            writer: Writer::new(Vec::with_capacity(1024)),
        };
        response.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        response.open("Response", &[]);
        response
    }

    /// `<Say>`
    #[must_use]
    pub fn say(mut self, text: &str, voice: &Voice) -> Self {
        self.speak(text, voice);
        self
    }

    /// `<Gather>`, asking `text` meanwhile. The enhanced recogniser needs the speech model `phone_call`.
    #[must_use]
    pub fn gather(mut self, gather: &Gather<'_>, text: &str, voice: &Voice) -> Self {
        let speech_timeout = voice.speech_timeout.to_string();
        let timeout = voice.timeout.to_string();
        let mut attributes = vec![
            ("input", "dtmf speech"),
            ("language", voice.language),
            ("method", "POST"),
            ("action", gather.action),
            ("speechTimeout", &speech_timeout),
            ("timeout", &timeout),
            ("enhanced", "true"),
            ("speechModel", "phone_call"),
            ("actionOnEmptyResult", "true"),
            ("hints", gather.hints),
        ];
        if gather.one_key {
            attributes.push(("numDigits", "1"));
        }
        self.open("Gather", &attributes);
        self.speak(text, voice);
        self.close("Gather");
        self
    }

    /// `<Dial>` to a number; `action` is told how it ended.
    #[must_use]
    pub fn dial(self, number: &Mobile, action: &str) -> Self {
        self.text(
            "Dial",
            &[("action", action), ("method", "POST"), ("timeout", "20")],
            number.e164(),
        )
    }

    /// `<Record>`
    #[must_use]
    pub fn record(self, record: &Record<'_>) -> Self {
        let timeout = record.timeout.to_string();
        let max_length = record.max_length.to_string();
        self.leaf(
            "Record",
            &[
                ("action", record.action),
                ("method", "POST"),
                ("playBeep", "false"),
                ("timeout", &timeout),
                ("maxLength", &max_length),
                ("trim", "trim-silence"),
                ("recordingStatusCallback", record.callback),
                ("recordingStatusCallbackMethod", "POST"),
            ],
        )
    }

    /// `<Redirect>`: goes on at `url`.
    #[must_use]
    pub fn redirect(self, url: &str) -> Self {
        self.text("Redirect", &[("method", "POST")], url)
    }

    /// `<Play>`: plays the sound at `url`.
    #[must_use]
    pub fn play(self, url: &str) -> Self {
        self.text("Play", &[], url)
    }

    /// `<Pause>`
    #[must_use]
    pub fn pause(self, seconds: u8) -> Self {
        self.leaf("Pause", &[("length", &seconds.to_string())])
    }

    /// `<Message>`: answers a text.
    #[must_use]
    pub fn message(self, text: &str) -> Self {
        self.text("Message", &[], text)
    }

    /// `<Hangup/>`
    #[must_use]
    pub fn hang_up(self) -> Self {
        self.leaf("Hangup", &[])
    }

    /// `<Reject/>`: the call is not answered.
    #[must_use]
    pub fn reject(self) -> Self {
        self.leaf("Reject", &[])
    }

    /// The document.
    pub fn finish(mut self) -> Bytes {
        self.close("Response");
        Bytes::from(self.writer.into_inner())
    }

    fn speak(&mut self, text: &str, voice: &Voice) {
        self.open(
            "Say",
            &[("voice", voice.name), ("language", voice.language)],
        );
        self.write_text(text);
        self.close("Say");
    }

    fn text(mut self, name: &str, attributes: Attributes<'_>, text: &str) -> Self {
        self.open(name, attributes);
        self.write_text(text);
        self.close(name);
        self
    }

    fn leaf(mut self, name: &str, attributes: Attributes<'_>) -> Self {
        let element = start(name, attributes);
        self.write(Event::Empty(element));
        self
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        let element = start(name, attributes);
        self.write(Event::Start(element));
    }

    fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// Quotation marks and apostrophes need no escape outside of attributes, and whoever looks for a sentence finds it.
    fn write_text(&mut self, text: &str) {
        let text = writable(text);
        self.write(Event::Text(BytesText::from_escaped(partial_escape(
            text.as_ref(),
        ))));
    }

    fn write(&mut self, event: Event<'_>) {
        self.writer
            .write_event(event)
            .expect("writing to memory does not fail");
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        element.push_attribute((*key, writable(value).as_ref()));
    }
    element
}

/// Text without the characters that XML 1.0 excludes, not even as references (production 2, `Char`).
fn writable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_char) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|letter| is_char(*letter)).collect())
    }
}

fn is_char(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
