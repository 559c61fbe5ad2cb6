//! Everything the service says on the telephone, in one table, in Canadian English.
//!
//! A prompt is a template: `{name}` is filled in by [`Prompt::with`]. What is filled in is never read as a template
//! again, so a caller's words cannot pull in others.

/// Something that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt {
    /// Its name in the table.
    pub key: &'static str,
    /// The words, with `{places}` to fill.
    pub words: &'static str,
}

impl Prompt {
    /// A prompt without places.
    pub fn say(self) -> String {
        self.words.to_owned()
    }

    /// A prompt with its places filled.
    pub fn with(self, values: &[(&str, &str)]) -> String {
        let mut text = String::with_capacity(self.words.len() + 32);
        let mut rest = self.words;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            let value = values.iter().find(|(name, _)| *name == place);
            text.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// Names the prompts, and lists them all.
macro_rules! prompts {
    ($($name:ident = $words:literal;)*) => {
        $(
            #[doc = concat!("“", $words, "”")]
            pub const $name: Prompt = Prompt { key: stringify!($name), words: $words };
        )*
        /// Every prompt there is.
        pub const ALL: &[Prompt] = &[$($name),*];
    };
}

prompts! {
    GREETING = "Hi! I'll help book your appointment. What's your name?";
    ASK_NAME = "What's your name?";
    ASK_TIME = "When would you like your appointment?";
    NUMBER = "Perfect! I have your number as {number}.";
    READ_BACK = "Great! I'll book {name} for {time}. Should I confirm this?";
    BOOKED = "Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!";
    QUEUED = "Your appointment is being processed. You'll receive a confirmation text shortly.";
    FAILURE_1 = "I didn't catch that. Could you please repeat?";
    FAILURE_2 = "I'm having trouble understanding. Could you speak slowly and clearly?";
    FAILURE_3 = "I'm having technical difficulties. Let me connect you to our office.";
    BACK = "Hi {name}, I'm back.";
    INTERRUPTED = "I apologize for the interruption. Let's start over. What's your name?";
    GOODBYE = "Thank you for calling. Goodbye!";
    ONE_MOMENT = "One moment, please.";
}
