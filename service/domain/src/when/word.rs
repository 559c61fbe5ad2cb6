//! The vocabulary: which words are numbers, days, months, and which are spelled another way.

use jiff::civil::Weekday;

/// The usual spelling of a word that recognisers and typists write in several ways.
pub(crate) fn canonical(word: &str) -> &str {
    match word {
        "tomorow" | "tommorow" | "tommorrow" | "tomorrows" | "tmrw" | "tmr" | "tomoro" => {
            "tomorrow"
        }
        "todays" => "today",
        "tonite" | "tonights" => "tonight",
        "weak" => "week",
        "weaks" => "weeks",
        "mourning" | "mornin" | "mornings" => "morning",
        "afternoons" | "aft" => "afternoon",
        "evenings" | "eve'ning" => "evening",
        "nights" | "nite" => "night",
        "noontime" => "noon",
        "mid-day" => "midday",
        "til" => "till",
        "thru" => "through",
        "min" | "mins" | "minutes" => "minute",
        "hr" | "hrs" | "hours" | "ours" => "hour",
        "days" => "day",
        "weeks" => "week",
        "months" => "month",
        "years" => "year",
        "fortnights" => "fortnight",
        "labor" => "labour",
        "xmas" => "christmas",
        "anytime" => "any",
        "cannot" => "cant",
        "coming" | "upcoming" => "coming",
        "half-hour" => "half",
        other => other,
    }
}

/// "Threeish" is about three, "noonish" about noon.
pub(crate) fn without_ish(word: &str) -> &str {
    match word.strip_suffix("ish") {
        Some(hour) if cardinal(hour).is_some() || hour == "noon" => hour,
        _ => word,
    }
}

/// A weekday by its name, its usual abbreviation or a usual misspelling.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mondays" | "mon" => Weekday::Monday,
        "tuesday" | "tuesdays" | "tue" | "tues" | "teusday" => Weekday::Tuesday,
        "wednesday" | "wednesdays" | "wed" | "weds" | "wensday" | "wendsday" | "wednsday" => {
            Weekday::Wednesday
        }
        "thursday" | "thursdays" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fridays" | "fri" => Weekday::Friday,
        "saturday" | "saturdays" | "sat" => Weekday::Saturday,
        "sunday" | "sundays" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// The number of a month, by its name or its usual abbreviation.
pub(crate) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" | "febuary" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// A cardinal number below one hundred that is one word.
pub(crate) fn cardinal(word: &str) -> Option<u32> {
    const UNITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    if let Some(n) = UNITS.iter().position(|unit| *unit == word) {
        return u32::try_from(n).ok();
    }
    tens(word)
}

/// Twenty to fifty and so on: the words that take a unit after them.
pub(crate) fn tens(word: &str) -> Option<u32> {
    Some(match word {
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

/// An ordinal number that is one word, up to thirtieth.
pub(crate) fn ordinal(word: &str) -> Option<u32> {
    const WORDS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    match word {
        "thirtieth" => Some(30),
        "twelth" => Some(12),
        _ => WORDS
            .iter()
            .position(|o| *o == word)
            .and_then(|n| u32::try_from(n + 1).ok()),
    }
}

/// The hour a word sounds like, where an hour is expected and the recogniser wrote something else.
pub(crate) fn sounds_like_hour(word: &str) -> Option<u32> {
    Some(match word {
        "won" => 1,
        "to" | "too" => 2,
        "tree" => 3,
        "for" | "fore" => 4,
        "sicks" | "sex" => 6,
        "ate" => 8,
        "nein" => 9,
        _ => return None,
    })
}

/// Words that carry no meaning for a time, wherever they stand.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "um" | "uh"
            | "uhm"
            | "umm"
            | "er"
            | "erm"
            | "hmm"
            | "hm"
            | "ah"
            | "eh"
            | "mm"
            | "like"
            | "please"
            | "maybe"
            | "perhaps"
            | "probably"
            | "possibly"
            | "just"
            | "ish"
            | "sharp"
            | "exactly"
            | "precisely"
            | "approximately"
            | "roughly"
    )
}

/// Words that may stand after a bare hour or a bare day of the month without making it a count of
/// something: "2 would be great" is a time, "2 people" is not.
const MAY_FOLLOW: [&str; 65] = [
    "at",
    "on",
    "in",
    "for",
    "of",
    "the",
    "this",
    "next",
    "that",
    "would",
    "works",
    "work",
    "will",
    "is",
    "be",
    "sounds",
    "then",
    "if",
    "or",
    "and",
    "to",
    "too",
    "until",
    "till",
    "through",
    "from",
    "between",
    "around",
    "about",
    "today",
    "tomorrow",
    "tonight",
    "morning",
    "afternoon",
    "evening",
    "no",
    "not",
    "wait",
    "sorry",
    "actually",
    "i",
    "it",
    "instead",
    "rather",
    "thanks",
    "thank",
    "but",
    "same",
    "should",
    "seems",
    "can",
    "could",
    "day",
    "a",
    "christmas",
    "as",
    "does",
    "okay",
    "ok",
    "good",
    "fine",
    "make",
    "scratch",
    "before",
    "after",
];

/// Whether a word may stand after a bare hour or a bare day of the month.
pub(crate) fn may_follow(word: &str) -> bool {
    MAY_FOLLOW.contains(&word)
}

/// What is counted in time: a number before one of these is no hour.
pub(crate) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "minute" | "hour" | "day" | "week" | "month" | "year" | "fortnight" | "second" | "seconds"
    )
}
