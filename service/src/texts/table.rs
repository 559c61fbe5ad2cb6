//! The sentences.

use bella_domain::phone::Mobile;
use jiff::Zoned;

/// A text to a caller. Times are said in the business's zone, which is the one that the time carries.
///
/// Names are not in texts: they are personal, and a letter outside of GSM 03.38 would more than double the price. No text asks for
/// a bare CANCEL, because Twilio takes that word, as it takes STOP, for the wish to have no more texts.
#[derive(Debug, Clone, Copy)]
pub enum Text<'a> {
    /// An appointment was booked.
    Confirmed(&'a Zoned),
    /// An appointment was moved to this time.
    Moved(&'a Zoned),
    /// An appointment was cancelled, by whomever.
    Cancelled(&'a Zoned),
    /// An appointment is near.
    Reminder(&'a Zoned),
    /// A booking that had to wait found its time taken.
    Lost(&'a Zoned),
    /// How was it?
    HowWasIt,
    /// To CONFIRM: the next appointment is confirmed.
    SeeYou(&'a Zoned),
    /// To CONFIRM and CANCEL: there is none.
    NoAppointment,
    /// To an answer to [`Text::HowWasIt`].
    Thanks,
    /// Appointments cannot be reached now.
    Away,
    /// To HELP, and to what is not understood: our number is the one to call.
    Help(&'a Mobile),
}

impl Text<'_> {
    /// The text as it is sent; one segment.
    pub fn body(&self) -> String {
        match self {
            Self::Confirmed(start) => format!("Appointment confirmed: {}", when(start)),
            Self::Moved(start) => format!("Appointment moved to {}", when(start)),
            Self::Cancelled(start) => {
                format!("Appointment cancelled: {}. Call us to book again.", when(start))
            }
            Self::Reminder(start) => format!(
                "Reminder: your appointment is {}. Reply CONFIRM to confirm or CANCEL IT to cancel.",
                when(start)
            ),
            Self::Lost(start) => format!(
                "Sorry, {} was taken before we could book it for you. Please call again for another time.",
                when(start)
            ),
            Self::HowWasIt => {
                "How was booking with us? Reply with a number from 1 (poor) to 5 (great).".to_owned()
            }
            Self::SeeYou(start) => format!("Confirmed: {}. See you then.", when(start)),
            Self::NoAppointment => {
                "You have no appointment coming up. Call us to book one.".to_owned()
            }
            Self::Thanks => "Thank you for your answer.".to_owned(),
            Self::Away => {
                "Sorry, we cannot look up appointments right now. Please try again in a few minutes."
                    .to_owned()
            }
            Self::Help(number) => format!(
                "Reply CONFIRM to confirm or CANCEL IT to cancel your next appointment. To book, call {}. Reply STOP for no more texts.",
                number.e164()
            ),
        }
    }
}

/// `Tue Mar 12, 2:00 PM`
fn when(start: &Zoned) -> String {
    start.strftime("%a %b %-d, %-I:%M %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::segments;

    #[test]
    fn every_text_is_one_gsm_segment_for_every_minute_of_a_year() {
        let number = Mobile::from_e164("+14165550100").expect("a valid number");
        let mut start: Zoned = "2024-01-01T00:00[America/Toronto]".parse().expect("a time");
        let mut said = 0;
        while start.year() == 2024 {
            for text in [
                Text::Confirmed(&start),
                Text::Moved(&start),
                Text::Cancelled(&start),
                Text::Reminder(&start),
                Text::Lost(&start),
                Text::HowWasIt,
                Text::SeeYou(&start),
                Text::NoAppointment,
                Text::Thanks,
                Text::Away,
                Text::Help(&number),
            ] {
                let body = text.body();
                let cut = segments(&body);
                assert!(cut.gsm && cut.count == 1, "{body}");
                said += 1;
            }
            start = start
                .checked_add(jiff::Span::new().minutes(47))
                .expect("is a time");
        }
        assert!(said > 100_000);
    }

    #[test]
    fn a_time_is_written_as_people_do() {
        let table = [
            ("2024-03-12T14:00[America/Toronto]", "Tue Mar 12, 2:00 PM"),
            ("2024-03-01T00:05[America/Toronto]", "Fri Mar 1, 12:05 AM"),
            ("2024-12-31T12:30[America/Toronto]", "Tue Dec 31, 12:30 PM"),
        ];
        for (start, expected) in table {
            let start: Zoned = start.parse().expect("a time");
            let body = Text::Confirmed(&start).body();
            assert_eq!(body, format!("Appointment confirmed: {expected}"));
        }
    }
}
