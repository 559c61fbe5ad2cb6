//! What each word may contribute to a number.

/// The part a word plays in a spoken number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A digit.
    Unit(u8),
    /// A digit only where one is missing: "to", "for", "oh".
    Perhaps(u8),
    /// "fives" after a count, as in "three fives".
    Plural(u8),
    /// Two digits that belong together: 10 to 19, or 20 to 99 written with a hyphen.
    Pair(u8),
    /// 20, 30 … 90, by its first digit; a digit may follow.
    Tens(u8),
    Hundred,
    Thousand,
    /// "double", "triple": the next digit this many times.
    Times(u8),
    /// Says nothing and may stand between two digits of a group.
    Filler,
    /// Says nothing, between two groups of one number.
    Between,
    /// Takes back what was said before.
    Correction,
    /// Takes back what comes next: "not 1234".
    Not,
    Or,
    Plus,
    AreaCode,
    CountryCode,
    /// What follows is not part of the number.
    Extension,
    /// What comes next, or came last, is the end of the number: "ends in".
    Ending,
    /// The number next to it is a mobile one.
    Cell,
    /// The number next to it is another one than the mobile.
    Landline,
    /// Makes a time of the digits before it: "pm".
    Hour,
}

/// What one word may be; `None` for a word that has no place in a number.
pub(super) fn word(word: &str) -> Option<Role> {
    use Role::*;
    Some(match word {
        "zero" | "nought" | "naught" | "aught" | "ought" | "zeros" | "nil" | "owe" | "zéro" => {
            Unit(0)
        }
        "oh" | "o" | "ohh" => Perhaps(0),
        "one" | "un" | "won" | "wun" => Unit(1),
        "two" | "deux" => Unit(2),
        "to" | "too" => Perhaps(2),
        "three" | "trois" | "tree" | "thee" => Unit(3),
        "four" | "quatre" | "fower" => Unit(4),
        "for" | "fore" => Perhaps(4),
        "five" | "cinq" | "fife" | "fiver" => Unit(5),
        "six" | "sex" | "sicks" | "sics" => Unit(6),
        "seven" | "sept" => Unit(7),
        "eight" | "huit" | "ate" | "ait" => Unit(8),
        "nine" | "neuf" | "niner" | "nein" => Unit(9),
        "ones" => Plural(1),
        "twos" => Plural(2),
        "threes" => Plural(3),
        "fours" => Plural(4),
        "fives" => Plural(5),
        "sixes" => Plural(6),
        "sevens" => Plural(7),
        "eights" => Plural(8),
        "nines" => Plural(9),
        "zeroes" | "ohs" | "oh's" | "o's" => Plural(0),
        "ten" => Pair(10),
        "eleven" => Pair(11),
        "twelve" => Pair(12),
        "thirteen" => Pair(13),
        "fourteen" => Pair(14),
        "fifteen" => Pair(15),
        "sixteen" => Pair(16),
        "seventeen" => Pair(17),
        "eighteen" => Pair(18),
        "nineteen" => Pair(19),
        "twenty" => Tens(2),
        "thirty" => Tens(3),
        "forty" | "fourty" => Tens(4),
        "fifty" => Tens(5),
        "sixty" => Tens(6),
        "seventy" => Tens(7),
        "eighty" => Tens(8),
        "ninety" => Tens(9),
        "hundred" => Hundred,
        "thousand" => Thousand,
        "double" | "twice" => Times(2),
        "triple" | "treble" => Times(3),
        "quadruple" => Times(4),
        _ => return marker(word).or_else(|| silent(word)),
    })
}

/// Words that say how the digits around them are meant.
fn marker(word: &str) -> Option<Role> {
    use Role::*;
    Some(match word {
        "plus" => Plus,
        "or" => Or,
        "not" | "isn't" | "wasn't" => Not,
        "no" | "nope" | "sorry" | "oops" | "whoops" | "actually" | "correction" | "rather"
        | "wait" | "meant" | "instead" => Correction,
        "extension" | "ext" | "x" | "local" => Extension,
        "ends" | "ending" => Ending,
        "cell" | "mobile" | "cellphone" | "cellular" => Cell,
        "home" | "work" | "office" | "landline" | "house" | "business" => Landline,
        "pm" | "am" | "p.m" | "a.m" | "o'clock" | "oclock" | "noon" | "st" | "nd" | "rd" | "th"
        | "years" | "minutes" | "hours" | "people" | "appointments" | "percent" | "dollars" => Hour,
        _ => return None,
    })
}

fn silent(word: &str) -> Option<Role> {
    match word {
        "um" | "uh" | "er" | "erm" | "ah" | "hmm" | "mm" | "and" | "dash" | "hyphen" | "dot"
        | "point" | "period" | "space" | "comma" | "like" | "eh" => Some(Role::Filler),
        "is" | "it's" | "its" | "it" | "that's" | "that" | "the" | "a" | "my" | "me" | "number"
        | "number's" | "numbers" | "phone" | "telephone" | "tel" | "call" | "text" | "at"
        | "on" | "reach" | "are" | "digit" | "digits" | "first" | "next" | "last" | "final"
        | "middle" | "then" | "followed" | "by" | "please" | "yes" | "yeah" | "okay" | "ok"
        | "so" | "well" | "let" | "let's" | "see" | "think" | "hang" | "hold" | "i" | "what"
        | "second" | "just" | "again" | "repeat" | "prefix" | "exchange" | "rest" | "with"
        | "of" | "would" | "be" | "now" | "in" | "you" | "can" | "dial" | "starts" | "begins"
        | "code" | "was" | "but" | "sure" | "alright" | "right" => Some(Role::Between),
        _ => None,
    }
}

/// Several words with one part to play, and how many they are; looked for before single words.
pub(super) fn phrase(words: &[&str]) -> Option<(Role, usize)> {
    const PHRASES: [(&[&str], Role); 27] = [
        (&["last", "digit"], Role::Ending),
        (&["last", "digits"], Role::Ending),
        (&["final", "digit"], Role::Ending),
        (&["area", "code"], Role::AreaCode),
        (&["country", "code"], Role::CountryCode),
        (&["i", "mean"], Role::Correction),
        (&["i", "meant"], Role::Correction),
        (&["make", "that"], Role::Correction),
        (&["make", "it"], Role::Correction),
        (&["scratch", "that"], Role::Correction),
        (&["strike", "that"], Role::Correction),
        (&["should", "be"], Role::Correction),
        (&["at", "the", "end"], Role::Ending),
        (&["ends", "in"], Role::Ending),
        (&["ends", "with"], Role::Ending),
        (&["ending", "in"], Role::Ending),
        (&["ending", "with"], Role::Ending),
        (&["not", "sure"], Role::Between),
        (&["one", "second"], Role::Between),
        (&["one", "sec"], Role::Between),
        (&["one", "moment"], Role::Between),
        (&["hold", "on"], Role::Between),
        (&["call", "me", "at"], Role::Between),
        (&["the", "one"], Role::Between),
        (&["this", "one"], Role::Between),
        (&["that", "one"], Role::Between),
        (&["p", "m"], Role::Hour),
    ];
    if let [place @ ("first" | "next" | "last" | "final"), count, ..] = words
        && matches!(word(count), Some(Role::Unit(2..=7)))
        && (words
            .get(2)
            .is_some_and(|after| matches!(*after, "are" | "is" | "digits" | "numbers" | "ones")))
    {
        let role = if matches!(*place, "last" | "final") {
            Role::Ending
        } else {
            Role::Between
        };
        return Some((role, 2));
    }
    PHRASES
        .iter()
        .find(|(phrase, _)| words.starts_with(phrase))
        .map(|(phrase, role)| (*role, phrase.len()))
}
