//! Who calls, and what they say to what they hear.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

/// Area codes of Canada and of some of the United States.
const AREAS: [u16; 104] = [
    204, 226, 236, 249, 250, 263, 289, 306, 343, 354, 365, 367, 368, 382, 403, 416, 418, 431, 437,
    438, 450, 468, 474, 506, 514, 519, 548, 579, 581, 584, 587, 604, 613, 639, 647, 672, 683, 705,
    709, 742, 753, 778, 780, 782, 807, 819, 825, 867, 873, 879, 902, 905, 201, 202, 203, 205, 206,
    207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239,
    240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 272, 276, 281, 301, 302, 303, 304,
    305, 307, 308, 309, 310, 312, 313, 314, 315,
];

/// Numbers in each area that are kept for fiction: 555-0100 to 555-0199.
const FICTION: usize = 100;

const FIRST: [&str; 16] = [
    "John", "Mary", "Noah", "Olivia", "Liam", "Emma", "Lucas", "Chloe", "Ethan", "Amelia",
    "Harpreet", "Wei", "Fatima", "Mateo", "Sofia", "Jean",
];
const LAST: [&str; 16] = [
    "Smith", "Tremblay", "Singh", "Chen", "Thiessen", "O'Connor", "Wilson", "Gagnon", "Nguyen",
    "Patel", "Campbell", "Kowalski", "Garcia", "Martin", "Roy", "Anderson",
];

/// Callers answer this often before they hang up.
pub(super) const PATIENCE: usize = 12;

/// The times that callers ask for, a different one each while there are enough.
#[derive(Debug)]
pub(super) struct Calendar {
    days: Vec<Date>,
    times: Vec<Time>,
}

/// As far ahead as callers ask, in days: within what any sensible horizon allows.
const AHEAD: i32 = 120;

impl Calendar {
    /// Days from tomorrow, each with every time of `hours` at which something of `every` minutes can end in them.
    pub(super) fn new(today: Date, hours: (Time, Time), every: u16, weekends: bool) -> Self {
        let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let days = (1..=AHEAD)
            .filter_map(|ahead| today.checked_add(ahead.days()).ok())
            .filter(|day| weekends || !weekend(day))
            .collect();
        let minutes = |time: Time| {
            let last = i32::from(time == Time::MAX);
            i32::from(time.hour()) * 60 + i32::from(time.minute()) + last
        };
        let (from, to, every) = (minutes(hours.0), minutes(hours.1), i32::from(every));
        let times = (from..=to - every)
            .step_by(usize::try_from(every).unwrap_or(30))
            .filter_map(|minute| Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok())
            .collect();
        Self { days, times }
    }

    /// The words for the time that the caller at `place` asks for: neighbours in the list ask for different days.
    fn words(&self, place: usize) -> String {
        let (days, times) = (self.days.len().max(1), self.times.len().max(1));
        let day = self.days.get(place % days);
        let time = self.times.get(place / days % times);
        match (day, time) {
            (Some(day), Some(time)) => {
                format!(
                    "{} at {}",
                    day.strftime("%B %-d"),
                    time.strftime("%-I:%M %p")
                )
            }
            _ => "tomorrow at 2 PM".to_owned(),
        }
    }
}

/// A pretend caller.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// `CallSid`
    pub(super) sid: String,
    /// `From`
    pub(super) number: String,
    name: String,
    time: String,
}

impl Caller {
    /// The caller at `place` in the list of all.
    pub(super) fn new(place: usize, calendar: &Calendar) -> Self {
        let area = AREAS[place / FICTION % AREAS.len()];
        let name = format!(
            "{} {}",
            FIRST[place % FIRST.len()],
            LAST[place / FIRST.len() % LAST.len()]
        );
        Self {
            // As long as Twilio's: CA and 32 hexadecimal digits.
            sid: format!("CA{}", uuid::Uuid::now_v7().simple()),
            number: format!("+1{area}5550{}", 100 + place % FICTION),
            name,
            time: calendar.words(place),
        }
    }

    /// What the caller says to what they heard: the last question counts.
    pub(super) fn says(&self, heard: &str) -> String {
        let heard = heard.to_lowercase();
        let asked = |words: &[&str]| words.iter().filter_map(|word| heard.rfind(word)).max();
        let questions = [
            (
                asked(&["your name", "who is calling", "spell"]),
                self.name.clone(),
            ),
            (
                asked(&["phone number", "your number", "number should"])
                    .filter(|_| !heard.contains("have your number as")),
                self.number[2..].to_owned(),
            ),
            (
                asked(&[
                    "when would you like",
                    "what day",
                    "what time",
                    "which day",
                    "another time",
                    "day and time",
                ]),
                self.time.clone(),
            ),
            (
                asked(&[
                    "confirm",
                    "is that right",
                    "is that correct",
                    "did i get that",
                    "should i",
                ]),
                "yes".to_owned(),
            ),
            (
                asked(&[
                    "which one",
                    "which would",
                    "would you like the",
                    "does either",
                    "would either",
                    "works for you",
                    "work for you",
                ]),
                "the first one".to_owned(),
            ),
        ];
        let last = questions.into_iter().max_by_key(|(place, _)| *place);
        match last {
            Some((Some(_), words)) => words,
            _ => self.time.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn calendar() -> Calendar {
        let hours = (Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0));
        Calendar::new(Date::constant(2026, 3, 2), hours, 30, false)
    }

    #[test]
    fn ten_thousand_callers_have_numbers_of_their_own() {
        let calendar = calendar();
        let numbers: BTreeSet<_> = (0..10_000)
            .map(|place| Caller::new(place, &calendar).number)
            .collect();
        assert_eq!(numbers.len(), 10_000);
        assert!(numbers.iter().all(|number| number.len() == 12));
    }

    #[test]
    fn callers_ask_for_different_times_while_there_are_enough() {
        let calendar = calendar();
        let times: BTreeSet<_> = (0..1_000).map(|place| calendar.words(place)).collect();
        assert_eq!(times.len(), 1_000);
        assert_eq!(calendar.words(0), "March 3 at 9:00 AM");
        assert_eq!(calendar.times.last(), Some(&Time::constant(16, 30, 0, 0)));
    }

    #[test]
    fn the_last_question_is_answered() {
        let caller = Caller::new(0, &calendar());
        for (heard, says) in [
            (
                "Hi! I'll help book your appointment. What's your name?",
                "John Smith",
            ),
            (
                "Perfect! I have your number as 204-555-0100. When would you like your appointment?",
                "March 3 at 9:00 AM",
            ),
            (
                "Great! I'll book John Smith for Tuesday, March 3rd at 9:00 AM. Should I confirm this?",
                "yes",
            ),
            ("What's the best phone number to reach you?", "2045550100"),
        ] {
            assert_eq!(caller.says(heard), says, "{heard}");
        }
    }
}
