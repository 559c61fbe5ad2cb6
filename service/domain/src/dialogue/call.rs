//! All that is kept of a call between its webhooks.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::booking::{Appointment, CallSid, KnownCaller};
use crate::name::PersonName;
use crate::phone::Mobile;

/// A call: whom it is with, what was asked last, what is known so far.
///
/// It is kept as JSON. One that another version wrote in another shape is not read (the caller begins anew) rather than
/// guessed at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    version: Version,
    pub(super) sid: CallSid,
    pub(super) started_at: Timestamp,
    pub(super) caller: CallerId,
    pub(super) step: Step,
    pub(super) turn: u32,
    /// How often in a row the caller was not understood.
    pub(super) failures: u8,
    /// What the effect in progress is for.
    pub(super) pending: Option<Pending>,
    /// What is to be said before the next question, kept while an effect is in progress.
    pub(super) lead: Lead,
    pub(super) aim: Aim,
    pub(super) known: Option<KnownCaller>,
    pub(super) name: Option<PersonName>,
    /// Whether the name is to be confirmed before it is used.
    pub(super) name_doubtful: bool,
    pub(super) mobile: Option<Mobile>,
    pub(super) number: NumberState,
    /// A day whose time is not known yet.
    pub(super) day: Option<Date>,
    /// A time whose day is not known yet.
    pub(super) time: Option<Time>,
    /// A time that was asked for and not looked up yet.
    pub(super) wanted: Option<Wanted>,
    /// A time that can be had as far as is known: the one that is read back.
    pub(super) slot: Option<Timestamp>,
    /// The times that were offered last, earliest first.
    pub(super) offers: Vec<Timestamp>,
    /// Whether it was asked who has the number that calls.
    pub(super) looked_up: bool,
    /// What was reached already, in a call that goes on.
    pub(super) done: Option<Ending>,
}

impl Call {
    /// A call that has just come in; its first event is [`super::Event::Answered`].
    pub fn begin(sid: CallSid, started_at: Timestamp) -> Self {
        Self {
            version: Version,
            sid,
            started_at,
            caller: CallerId::Hidden,
            step: Step::Ringing,
            turn: 0,
            failures: 0,
            pending: None,
            lead: Lead::default(),
            aim: Aim::Book,
            known: None,
            name: None,
            name_doubtful: false,
            mobile: None,
            number: NumberState::Untold,
            day: None,
            time: None,
            wanted: None,
            slot: None,
            offers: Vec::new(),
            looked_up: false,
            done: None,
        }
    }

    /// Which call it is.
    pub fn sid(&self) -> &CallSid {
        &self.sid
    }

    /// When it began; a call that was resumed, when the first one did.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Who calls.
    pub fn caller(&self) -> &CallerId {
        &self.caller
    }

    /// What was asked last.
    pub fn step(&self) -> Step {
        self.step
    }

    /// How many replies there were: the number of the last one, 1 for the greeting.
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// How often in a row the caller was not understood.
    pub fn failures(&self) -> u8 {
        self.failures
    }

    /// How it ended; nothing while it goes on.
    pub fn ended(&self) -> Option<Ending> {
        match self.step {
            Step::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// Whose appointment it is about, once it is known.
    pub fn name(&self) -> Option<&PersonName> {
        self.name.as_ref()
    }

    /// Where texts go, once it is known.
    pub fn mobile(&self) -> Option<&Mobile> {
        self.mobile.as_ref()
    }

    /// The beginning of the appointment it is about, once it is known.
    pub fn slot(&self) -> Option<Timestamp> {
        self.slot
    }
}

/// What was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing yet.
    Ringing,
    /// The name.
    Name,
    /// Whether the name was heard right.
    NameCheck,
    /// The number, because the caller's is hidden, foreign, or not the right one.
    Number,
    /// Whether the number was heard right.
    NumberCheck,
    /// The day, the time, or both.
    Time,
    /// Which of the offered times.
    Offer,
    /// Whether to book, or to move, what was read back.
    Confirm,
    /// What to change about what was read back.
    Change,
    /// Whether to cancel the appointment.
    CancelCheck,
    /// Whether to book another appointment after one was cancelled or kept.
    Another,
    /// Nothing: the call is over.
    Ended(Ending),
}

impl Step {
    /// Its name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Name => "name",
            Self::NameCheck => "name_check",
            Self::Number => "number",
            Self::NumberCheck => "number_check",
            Self::Time => "time",
            Self::Offer => "offer",
            Self::Confirm => "confirm",
            Self::Change => "change",
            Self::CancelCheck => "cancel_check",
            Self::Another => "another",
            Self::Ended(_) => "ended",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// An appointment was made.
    Booked,
    /// An appointment was taken down and will be made.
    Queued,
    /// The next appointment was moved.
    Moved,
    /// The next appointment was cancelled, and no other was wanted.
    Cancelled,
    /// The caller wanted nothing (more).
    Goodbye,
    /// The caller was connected to the office, as asked.
    Operator,
    /// The caller was connected to the office, or told to call again, because it did not work.
    GaveUp,
}

impl Ending {
    /// Whether the caller got what the call was for.
    pub fn success(self) -> bool {
        matches!(
            self,
            Self::Booked | Self::Queued | Self::Moved | Self::Cancelled
        )
    }

    /// Its name in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Queued => "queued",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Goodbye => "goodbye",
            Self::Operator => "operator",
            Self::GaveUp => "gave_up",
        }
    }
}

/// Who calls, as far as the network says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerId {
    /// A valid number, of whatever country.
    Number(Mobile),
    /// None, a withheld one, or one that cannot be.
    Hidden,
}

impl CallerId {
    /// Reads `From` of a webhook.
    pub fn read(from: &str) -> Self {
        Mobile::from_e164(from).map_or(Self::Hidden, Self::Number)
    }

    /// The number, when there is one.
    pub fn number(&self) -> Option<&Mobile> {
        match self {
            Self::Number(mobile) => Some(mobile),
            Self::Hidden => None,
        }
    }
}

/// What the caller wants with a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Aim {
    /// A new appointment.
    Book,
    /// Another time for this one.
    Move(Appointment),
}

/// How far the number is agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NumberState {
    /// It was not read back yet.
    Untold,
    /// It was said by the caller, and not confirmed yet.
    Doubtful,
    /// It was read back.
    Told,
}

/// A time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wanted {
    /// This one.
    Moment(Timestamp),
    /// Any that begins in a span.
    Window {
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
}

/// What the effect in progress is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Pending {
    /// Who calls, to greet them.
    Greet,
    /// Who calls, because they ask about their appointment.
    Wish(Wish),
    /// Who calls, because they were cut off before they said yes.
    Resume,
    /// Whether the slot is free.
    Slot {
        /// Its beginning.
        start: Timestamp,
    },
    /// A free slot in a span.
    Window {
        /// The first in it.
        start: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// What to offer instead of a time that the rules refuse.
    Instead {
        /// That time.
        asked: Timestamp,
    },
    /// The appointment.
    Book,
    /// The appointment's new time.
    Move,
    /// The appointment's end.
    Cancel,
}

/// What a caller wants with the next appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wish {
    Hear,
    Move,
    Cancel,
}

/// Lines to be said; not shown, since names are in them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Lead(pub(super) Vec<String>);

impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lead({} lines)", self.0.len())
    }
}

/// The shape of [`Call`] in JSON; to be counted up when it changes so that older JSON means something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
struct Version;

const VERSION: u8 = 1;

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        VERSION
    }
}

impl TryFrom<u8> for Version {
    type Error = String;

    fn try_from(version: u8) -> Result<Self, String> {
        if version == VERSION {
            Ok(Self)
        } else {
            Err(format!("the session has version {version}, not {VERSION}"))
        }
    }
}
