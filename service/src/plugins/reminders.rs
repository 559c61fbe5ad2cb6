//! Texts that remind of an appointment, a day and two hours before it.

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::{Made, Plugin};
use crate::db::OutboxText;
use crate::flags::{Flag, Flags, Segment};
use crate::texts::Text;

/// The kind of its texts: those of an appointment that is moved or cancelled are taken out of the outbox by it.
pub const KIND: &str = "reminder";

/// Texts a day and two hours before an appointment.
///
/// A day before is the same time on the clock of the business, also over a change of the clocks; two hours are two hours. A
/// reminder that would be due within the hour is left out: the caller has only just been told.
#[derive(Debug)]
pub struct Reminders {
    flags: Flags,
}

impl Reminders {
    /// For whom [`Flag::SmsReminders`] is on.
    pub fn new(flags: Flags) -> Self {
        Self { flags }
    }
}

impl Plugin for Reminders {
    fn name(&self) -> &'static str {
        "sms_reminders"
    }

    fn version(&self) -> &'static str {
        "1.0.0"
    }

    fn appointment(&self, made: &Made<'_>) -> Vec<OutboxText> {
        if !self
            .flags
            .on(Flag::SmsReminders, Segment::Returning, made.person)
        {
            return Vec::new();
        }
        let soonest = made
            .now
            .saturating_add(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::MAX);
        due(made.start)
            .into_iter()
            .filter(|(_, at)| *at > soonest)
            .map(|(name, not_before)| OutboxText {
                key: format!(
                    "{KIND}-{name}:{}:{}",
                    made.key,
                    made.start.timestamp().as_second()
                ),
                to: made.mobile.clone(),
                body: Text::Reminder(made.start).body(),
                not_before,
                kind: KIND,
            })
            .collect()
    }
}

/// When to remind.
fn due(start: &Zoned) -> Vec<(&'static str, Timestamp)> {
    let day = start.checked_sub(1.day()).map(|at| ("24h", at.timestamp()));
    let hours = start
        .timestamp()
        .checked_sub(SignedDuration::from_hours(2))
        .map(|at| ("2h", at));
    day.into_iter().chain(hours).collect()
}

#[cfg(test)]
mod tests {
    use bella_domain::phone::Mobile;

    use super::*;

    fn reminders(start: &str, now: &str, flags: &str) -> Vec<(String, String, String)> {
        let start: Zoned = start.parse().expect("a time");
        let now: Timestamp = now.parse().expect("a moment");
        let plugin = Reminders::new(Flags::parse(flags).expect("are flags"));
        let mobile = Mobile::from_e164("+14165551234").expect("a valid number");
        let made = Made {
            key: "CA1",
            mobile: &mobile,
            start: &start,
            now,
            person: b"somebody",
        };
        let texts = plugin.appointment(&made).into_iter();
        texts
            .map(|text| {
                let at = text.not_before.to_zoned(start.time_zone().clone());
                (text.key, at.strftime("%F %H:%M").to_string(), text.body)
            })
            .collect()
    }

    #[test]
    fn a_day_and_two_hours_before_by_the_clock_of_the_business() {
        // The clocks go forward between the first reminder and the appointment.
        let texts = reminders(
            "2026-03-08T14:00[America/Toronto]",
            "2026-03-02T14:00:00Z",
            "",
        );
        let body = "Reminder: your appointment is Sun Mar 8, 2:00 PM. Reply CONFIRM to confirm or CANCEL IT to cancel.";
        let text = |key: &str, at: &str| (key.to_owned(), at.to_owned(), body.to_owned());
        assert_eq!(
            texts,
            [
                text("reminder-24h:CA1:1772992800", "2026-03-07 14:00"),
                text("reminder-2h:CA1:1772992800", "2026-03-08 12:00"),
            ]
        );
    }

    #[test]
    fn nobody_is_reminded_of_what_they_have_just_been_told() {
        for (now, expected) in [
            ("2026-03-09T14:59:00-04:00", 2),
            ("2026-03-09T15:00:00-04:00", 1),
            ("2026-03-10T12:59:00-04:00", 1),
            ("2026-03-10T13:00:00-04:00", 0),
        ] {
            let texts = reminders("2026-03-10T16:00[America/Toronto]", now, "");
            assert_eq!(texts.len(), expected, "{now}");
        }
        let off = reminders(
            "2026-03-10T16:00[America/Toronto]",
            "2026-03-02T09:00:00-05:00",
            "sms_reminders=off",
        );
        assert_eq!(off, []);
    }
}
