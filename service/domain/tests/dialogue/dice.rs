//! Random events and outcomes, likely ones and others.

use bella_domain::booking::CallSid;
use bella_domain::dialogue::{CallerId, Effect, Event, Outcome, Step};
use jiff::SignedDuration;

use crate::stage::{Stage, at};

/// What callers say, in parts that are joined at random too.
const PHRASES: &[&str] = &[
    "yes",
    "no",
    "yes please",
    "no don't book it",
    "I'm not sure",
    "incorrect",
    "that's right",
    "John Smith",
    "my name is Ann Lee",
    "it's Noah Thiessen",
    "that's not my name",
    "my name is actually Jane",
    "tomorrow at 2 PM",
    "next Tuesday at half past three",
    "Friday between 2 and 4",
    "Wednesday",
    "at three",
    "Sunday at noon",
    "tomorrow at 2:10 PM",
    "today at 9 AM",
    "yesterday",
    "Tuesday or Wednesday",
    "December 25th at 10",
    "in two years",
    "as soon as possible",
    "an hour later",
    "no, three o'clock",
    "actually Wednesday",
    "yes but make it four",
    "416 555 1234",
    "647 555 0123",
    "416 555 12",
    "that's not my number",
    "use a different number",
    "the first one",
    "the second",
    "neither",
    "the earlier",
    "operator",
    "speak to a person",
    "help",
    "repeat",
    "goodbye",
    "never mind",
    "start over",
    "cancel my appointment",
    "cancel",
    "cancel it",
    "move my appointment",
    "move it to Friday at 3",
    "when is my appointment",
    "what's available on Friday",
    "anything earlier",
    "anything later",
    "hold on",
    "in the morning",
    "the earliest you have tomorrow",
    "what are your hours",
    "can you book an appointment",
    "so what",
    "the time",
    "the name",
    "the number",
    "",
    "...",
    "<Say>&\u{0}",
    "\u{1f600}",
    "李小明",
    "{name}",
    "one",
    "two",
];

/// Always gives the same from the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let sides = u64::try_from(all.len()).expect("is small");
        &all[usize::try_from(self.roll(sides)).expect("is small")]
    }

    /// What a caller who wants to get somewhere would say, half of the time.
    pub(crate) fn event(&mut self, step: Step) -> Event {
        if self.roll(2) == 0 {
            return self.any_event();
        }
        let text = match step {
            Step::Ringing | Step::Name => "John Smith",
            Step::Number => "416 555 1234",
            Step::Time => *self.pick(&[
                "tomorrow at 2 PM",
                "Friday between 2 and 4",
                "Wednesday at three",
            ]),
            Step::Offer => "the first one",
            Step::Change => "Wednesday",
            _ => "yes",
        };
        Event::Heard {
            text: text.to_owned(),
            confidence: None,
        }
    }

    fn any_event(&mut self) -> Event {
        match self.roll(20) {
            0 => Event::Silence,
            1 | 2 => Event::Digits(
                (*self.pick(&["1", "2", "0", "*", "", "4165551234", "99", "#"])).to_owned(),
            ),
            3 => Event::Answered {
                from: CallerId::read(self.pick::<&str>(&[
                    "+14165551234",
                    "anonymous",
                    "+442079460123",
                ])),
            },
            4 if self.roll(3) == 0 => Event::Rejoined {
                call: CallSid::read("CA2").expect("an id"),
            },
            4 => Event::Outcome(self.outcome()),
            5 if self.roll(3) == 0 => Event::DialEnded {
                answered: self.roll(2) == 0,
            },
            roll => {
                let mut text = (*self.pick(PHRASES)).to_owned();
                if roll > 17 {
                    text = format!("{text} {}", self.pick(PHRASES));
                }
                let confidence = *self.pick(&[None, Some(0.9), Some(0.9), Some(0.1)]);
                Event::Heard { text, confidence }
            }
        }
    }

    /// Anything, whether it fits the effect or not.
    fn outcome(&mut self) -> Outcome {
        let mut stage = Stage::new();
        match self.roll(12) {
            0 => Outcome::Caller(None),
            1 | 2 => {
                let next = *self.pick(&[None, Some("2024-03-14T14:00")]);
                stage.know("Ann Smith", next);
                Outcome::Caller(stage.known)
            }
            3 | 4 => Outcome::Free,
            5 => {
                let start = at("2024-03-13T09:00").saturating_add(SignedDuration::from_mins(30));
                let all = [start, at("2024-03-12T11:00")];
                let some = usize::try_from(self.roll(3)).expect("is small");
                Outcome::Taken {
                    nearest: all[..some].to_vec(),
                }
            }
            6 => Outcome::Booked {
                start: at("2024-03-12T14:00").timestamp(),
            },
            7 => Outcome::Queued,
            8 => Outcome::Moved,
            9 => Outcome::Cancelled,
            10 => Outcome::Gone,
            _ => Outcome::Away,
        }
    }

    /// One that fits, mostly.
    pub(crate) fn outcome_of(&mut self, effect: &Effect) -> Outcome {
        if self.roll(8) == 0 {
            return self.outcome();
        }
        match effect {
            Effect::LookUp { .. } => {
                let mut stage = Stage::new();
                if self.roll(2) == 0 {
                    stage.know("Ann Smith", *self.pick(&[None, Some("2024-03-14T14:00")]));
                }
                Outcome::Caller(stage.known)
            }
            Effect::FindSlot { .. } => Outcome::Free,
            Effect::Book(booking) => Outcome::Booked {
                start: booking.start,
            },
            Effect::Move { .. } => Outcome::Moved,
            Effect::Cancel { .. } => Outcome::Cancelled,
        }
    }
}
