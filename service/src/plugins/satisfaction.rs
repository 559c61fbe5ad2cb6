//! A text that asks, after an appointment, how it was.

use jiff::SignedDuration;

use super::{Made, Plugin};
use crate::db::OutboxText;
use crate::flags::{Flag, Flags, Segment};
use crate::texts::Text;

/// The kind of its texts: those of an appointment that is moved or cancelled are taken out of the outbox by it.
pub const KIND: &str = "satisfaction";

/// How long after the beginning of an appointment it is asked: long enough for any to be over.
const AFTER: SignedDuration = SignedDuration::from_hours(2);

/// A question two hours after an appointment has begun; 1 to 5 is the answer.
#[derive(Debug)]
pub struct Satisfaction {
    flags: Flags,
}

impl Satisfaction {
    /// For whom [`Flag::SatisfactionText`] is on.
    pub fn new(flags: Flags) -> Self {
        Self { flags }
    }
}

impl Plugin for Satisfaction {
    fn name(&self) -> &'static str {
        "satisfaction_text"
    }

    fn version(&self) -> &'static str {
        "1.0.0"
    }

    fn appointment(&self, made: &Made<'_>) -> Vec<OutboxText> {
        let flag = Flag::SatisfactionText;
        if !self.flags.on(flag, Segment::Returning, made.person) {
            return Vec::new();
        }
        let start = made.start.timestamp();
        let Ok(not_before) = start.checked_add(AFTER) else {
            return Vec::new();
        };
        vec![OutboxText {
            key: format!("{KIND}:{}:{}", made.key, start.as_second()),
            to: made.mobile.clone(),
            body: Text::HowWasIt.body(),
            not_before,
            kind: KIND,
        }]
    }
}

#[cfg(test)]
mod tests {
    use bella_domain::phone::Mobile;
    use jiff::Zoned;

    use super::*;

    #[test]
    fn who_is_in_is_asked_two_hours_after_the_beginning() {
        let mobile = Mobile::from_e164("+14165551234").expect("a valid number");
        let start: Zoned = "2026-03-10T16:00[America/Toronto]".parse().expect("a time");
        let asked = |flags: &str| {
            let plugin = Satisfaction::new(Flags::parse(flags).expect("are flags"));
            plugin.appointment(&Made {
                key: "CA1",
                mobile: &mobile,
                start: &start,
                now: start.timestamp(),
                person: b"somebody",
            })
        };
        assert_eq!(asked(""), []);
        let texts = asked("satisfaction_text=on");
        let [text] = &texts[..] else {
            panic!("one text");
        };
        assert_eq!(text.not_before.to_string(), "2026-03-10T22:00:00Z");
        assert_eq!(text.kind, KIND);
    }
}
