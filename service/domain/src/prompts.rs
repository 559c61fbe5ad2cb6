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
    GREETING_KNOWN = "Hi {name}! Welcome back.";
    CAN_ALSO = "You can also hear, move or cancel the one you have.";

    ASK_NAME = "What's your name?";
    OF_COURSE = "Of course.";
    ASK_NAME_FIRST = "All right. First, what's your name?";
    ASK_NAME_AGAIN = "I'm sorry. What's your name?";
    CHECK_NAME = "I heard {name}. Is that correct?";

    NUMBER = "Perfect! I have your number as {number}.";
    ASK_NUMBER = "What number should I text the confirmation to?";
    ASK_NUMBER_AGAIN = "I'm sorry. What number should I use?";
    CHECK_NUMBER = "I have your number as {number}. Is that correct?";
    WHOLE_NUMBER = "I need the whole number, with the area code.";

    ASK_TIME = "When would you like your appointment?";
    ASK_TIME_OF_DAY = "What time on {day} would you like?";
    ASK_DAY = "Which day would you like to come at {time}?";
    ASK_NEW_TIME = "When would you like to come instead?";
    ONE_TIME = "I heard more than one time. Please tell me the one you would like best.";
    NEED_DAY = "I need to know the day.";
    DISAGREE = "The weekday and the date don't go together.";
    PAST = "That time has already passed.";
    TOO_SOON = "That's too soon for me, I need {minutes} minutes' notice.";
    TOO_FAR = "I can only book until {day}.";
    CLOSED = "We're closed on {weekday}s.";
    HOLIDAY = "We're closed on {holiday}.";
    OUTSIDE_HOURS = "On {weekday}s we're open from {hours}, and an appointment takes {minutes} minutes.";
    BESIDE_GRID = "Appointments don't start at {time}.";
    TAKEN = "I'm sorry, that time is taken.";
    JUST_TAKEN = "I'm sorry, that time was just taken.";
    NOTHING_THEN = "I'm sorry, nothing is free then.";
    OFFER_ONE = "I could offer you {first}. Would that work?";
    OFFER_TWO = "I could offer you {first}, or {second}. Which one would you like?";
    NOTHING_NEAR = "I'm sorry, I can't find a free time near that one. Which other day would you like?";
    ANOTHER_TIME = "All right. When would you like to come?";

    READ_BACK = "Great! I'll book {name} for {time}. Should I confirm this?";
    READ_BACK_MOVE = "I'll move your appointment to {time}. Should I confirm this?";
    CHANGE = "All right, it isn't booked. Would you like to change the time, the name, or the number?";
    BOOKED = "Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!";
    BOOKED_BEFORE = "Your appointment is booked for {time}. You'll receive a text confirmation. Thank you!";
    QUEUED = "Your appointment is being processed. You'll receive a confirmation text shortly.";
    NOT_BOOKED = "I'm sorry, I can't reach our appointment book, so nothing is booked.";

    NEXT_IS = "Your next appointment is on {time}.";
    NO_APPOINTMENT = "I don't see an appointment for this number.";
    ONLY_FROM_NUMBER = "I'm sorry, I can only do that when you call from the number it was booked with.";
    CHECK_CANCEL = "Should I cancel your appointment on {time}?";
    CANCELLED = "Your appointment on {time} is cancelled.";
    KEPT = "All right, your appointment on {time} stays as it is.";
    MOVED = "Perfect! Your appointment is now on {time}. You'll receive a text confirmation. Thank you!";
    GONE = "I'm sorry, I can't find that appointment any more.";
    NOT_CHANGED = "I'm sorry, I can't reach our appointment book, so nothing is changed.";
    ANYTHING_ELSE = "Is there anything else I can do for you?";
    WHAT_ELSE = "You can tell me a day and a time for a new appointment, or move or cancel the one you have.";

    TAKE_YOUR_TIME = "Take your time.";
    HOURS = "We're open {hours}.";

    HELP_NAME = "Just tell me your name, for example: John Smith. Say operator to speak to a person.";
    HELP_NUMBER = "Tell me your telephone number with the area code, or type it and press the pound key. Say operator to speak to a person.";
    HELP_TIME = "Tell me a day and a time, for example: next Tuesday at two in the afternoon. Say operator to speak to a person.";
    HELP_OFFER = "Say the first one or the second one, or tell me another day and time. Say operator to speak to a person.";
    HELP_YES_NO = "Say yes or press 1, or say no or press 2. You can also tell me what is wrong. Say operator to speak to a person.";

    FAILURE_1 = "I didn't catch that. Could you please repeat?";
    FAILURE_2 = "I'm having trouble understanding. Could you speak slowly and clearly?";
    FAILURE_3 = "I'm having technical difficulties. Let me connect you to our office.";
    FAILURE_3_NO_OFFICE = "I'm having technical difficulties. Please call us again later. Goodbye!";
    BACK = "Hi {name}, I'm back.";
    INTERRUPTED = "I apologize for the interruption. Let's start over. What's your name?";
    START_OVER = "No problem. Let's start over. What's your name?";
    OPERATOR = "One moment, I'll connect you to our office.";
    NO_OPERATOR = "I'm sorry, there is nobody I can connect you to right now. I can take care of your appointment, though.";
    CONNECT = "Let me connect you to our office.";
    CALL_AGAIN = "Please call us again later. Goodbye!";
    OFFICE_BUSY = "I'm sorry, nobody at our office can take your call right now. Please call us again later. Goodbye!";
    GOODBYE = "Thank you for calling. Goodbye!";
    ONE_MOMENT = "One moment, please.";
    GOODBYE_UNBOOKED = "All right, nothing is booked. Thank you for calling. Goodbye!";
}
