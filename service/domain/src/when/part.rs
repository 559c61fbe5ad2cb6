//! Parts of the day, and the hours they have.

use jiff::civil::{Time, time};

use super::phrase::Phrase;

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// 09:00 to 12:00.
    Morning,
    /// 12:00 to 17:00.
    Afternoon,
    /// 17:00 to 20:00.
    Evening,
    /// The evening for a window; for an hour, the time between dusk and dawn.
    Night,
    /// 09:00 to 10:00.
    EarlyMorning,
    /// 10:00 to 11:00.
    MidMorning,
    /// 11:00 to 12:00.
    LateMorning,
    /// 12:00 to 13:00.
    Lunch,
    /// 12:00 to 14:00.
    EarlyAfternoon,
    /// 14:00 to 16:00.
    MidAfternoon,
    /// 15:00 to 17:00.
    LateAfternoon,
    /// 16:00 to 17:00.
    EndOfDay,
    /// 17:00 to 18:00.
    EarlyEvening,
    /// 18:00 to 20:00.
    LateEvening,
}

/// When a day of appointments begins, for "before noon".
pub(crate) const DAY_BEGINS: Time = time(9, 0, 0, 0);
/// When the afternoon ends, for "after three".
pub(crate) const AFTERNOON_ENDS: Time = time(17, 0, 0, 0);
/// When the evening ends, for "after five".
pub(crate) const EVENING_ENDS: Time = time(20, 0, 0, 0);

impl Part {
    /// Its beginning and its end.
    pub(crate) fn hours(self) -> (Time, Time) {
        let (from, to) = match self {
            Self::Morning => (9, 12),
            Self::Afternoon => (12, 17),
            Self::Evening | Self::Night => (17, 20),
            Self::EarlyMorning => (9, 10),
            Self::MidMorning => (10, 11),
            Self::LateMorning => (11, 12),
            Self::Lunch => (12, 13),
            Self::EarlyAfternoon => (12, 14),
            Self::MidAfternoon => (14, 16),
            Self::LateAfternoon => (15, 17),
            Self::EndOfDay => (16, 17),
            Self::EarlyEvening => (17, 18),
            Self::LateEvening => (18, 20),
        };
        (time(from, 0, 0, 0), time(to, 0, 0, 0))
    }

    /// The piece of it that "early", "mid" or "late" names; any other word leaves it whole.
    pub(crate) fn piece(self, word: &str) -> Self {
        match (word, self) {
            ("early", Self::Morning) => Self::EarlyMorning,
            ("mid", Self::Morning) => Self::MidMorning,
            ("late" | "later", Self::Morning) => Self::LateMorning,
            ("early", Self::Afternoon) => Self::EarlyAfternoon,
            ("mid", Self::Afternoon) => Self::MidAfternoon,
            ("late" | "later", Self::Afternoon) => Self::LateAfternoon,
            ("early", Self::Evening) => Self::EarlyEvening,
            ("late" | "later", Self::Evening) => Self::LateEvening,
            _ => self,
        }
    }

    /// The part of which this is a piece.
    fn whole(self) -> Self {
        match self {
            Self::Morning | Self::EarlyMorning | Self::MidMorning | Self::LateMorning => {
                Self::Morning
            }
            Self::Evening | Self::EarlyEvening | Self::LateEvening => Self::Evening,
            Self::Night => Self::Night,
            _ => Self::Afternoon,
        }
    }

    /// The hour of the day that an hour without "a.m." or "p.m." is in this part.
    pub(crate) fn hour(self, hour: u32) -> Option<u32> {
        match (self.whole(), hour) {
            (Self::Morning, 12) => Some(0),
            (Self::Morning, _) => Some(hour),
            (Self::Afternoon, 12) => Some(12),
            (Self::Afternoon, 11) if self == Self::Lunch => Some(11),
            (Self::Afternoon, 1..=6) | (Self::Evening, 4..=11) | (Self::Night, 5..=11) => {
                Some(hour + 12)
            }
            (Self::Night, 12) => Some(0),
            (Self::Night, 1..=4) => Some(hour),
            _ => None,
        }
    }

    /// Whether a time can be said with this part of the day.
    pub(crate) fn allows(self, at: Time) -> bool {
        let hour = at.hour();
        match self.whole() {
            Self::Morning => hour < 12,
            Self::Afternoon => (11..20).contains(&hour),
            Self::Evening => hour >= 16,
            _ => !(6..17).contains(&hour),
        }
    }
}

/// The part of the day named at `i`, without a preposition, and the position after it.
pub(crate) fn part_at(p: &Phrase, i: usize) -> Option<(Part, usize)> {
    let piece = p.word(i);
    if p.says(i, &["end", "of", "day"]) {
        return Some((Part::EndOfDay, i + 3));
    }
    if p.says(i, &["end", "of", "the", "day"]) {
        return Some((Part::EndOfDay, i + 4));
    }
    let i_want = matches!(p.word(i + 2), "i" | "is" | "you" | "we");
    if p.ordinal(i) == Some(1) && p.word(i + 1) == "thing" && !i_want {
        return Some((Part::Morning, first_thing(p, i + 2)));
    }
    let at = if matches!(piece, "early" | "mid" | "late" | "later") {
        p.skip(i + 1, &["in"])
    } else {
        i
    };
    let at = if at > i { p.skip(at, &["the"]) } else { at };
    let part = match p.word(at) {
        "morning" => Part::Morning,
        "afternoon" => Part::Afternoon,
        "evening" => Part::Evening,
        "night" => Part::Night,
        "lunch" if p.word(at + 1) == "time" => return Some((Part::Lunch, at + 2)),
        "lunch" | "lunchtime" => Part::Lunch,
        "midmorning" => Part::MidMorning,
        "midafternoon" => Part::MidAfternoon,
        _ => return None,
    };
    Some((part.piece(piece), at + 1))
}

/// "First thing in the morning" is one part, not two.
fn first_thing(p: &Phrase, i: usize) -> usize {
    if p.says(i, &["in", "the", "morning"]) {
        i + 3
    } else {
        i
    }
}
