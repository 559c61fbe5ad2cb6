//! "My name is", "this is" and their kin: phrases a name follows.

use crate::words::Word;

/// How surely a name follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// No phrase at all.
    Bare,
    /// "this is", "it's", "I'm": other things may follow too.
    Weak,
    /// "call me", "I go by".
    Called,
    /// "my name is".
    Named,
}

/// The part of a name that is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    First,
    Last,
}

/// A phrase that announces a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carrier {
    pub(super) strength: Strength,
    pub(super) part: Part,
    /// How many words it has.
    pub(super) length: usize,
}

const CALLED: [&str; 10] = [
    "be called",
    "call me",
    "calls me",
    "call me just",
    "i go by",
    "i am called",
    "i'm called",
    "known as",
    "calling me",
    "goes by",
];

const NAMED: [&str; 28] = [
    "mon nom c'est",
    "je m'appelle",
    "mon nom est",
    "me llamo",
    "me llamo es",
    "mi nombre es",
    "mein name ist",
    "ich heiße",
    "mera naam",
    "ako si",
    "ang pangalan ko ay",
    "tên tôi là",
    "мене звати",
    "меня зовут",
    "under the name of",
    "under the name",
    "under",
    "on behalf of",
    "you're speaking with",
    "you're speaking to",
    "you're talking to",
    "you are speaking with",
    "you are speaking to",
    "you are talking to",
    "you're talking with",
    "name of",
    "put me down as",
    "my good name is",
];

/// Those a caller speaks for: "for my son Jack", "my daughter's name is Emily".
const RELATIVES: [&str; 18] = [
    "son",
    "daughter",
    "wife",
    "husband",
    "mother",
    "father",
    "mom",
    "mum",
    "dad",
    "brother",
    "sister",
    "friend",
    "partner",
    "child",
    "kid",
    "grandmother",
    "grandfather",
    "boss",
];

const WEAK: [&str; 35] = [
    "ici",
    "myself",
    "this is",
    "it's",
    "it is",
    "its",
    "i'm",
    "i am",
    "im",
    "that's",
    "that is",
    "that would be",
    "that'd be",
    "that will be",
    "it would be",
    "it'd be",
    "it'll be",
    "c'est",
    "je suis",
    "soy",
    "moi c'est",
    "i said",
    "it's for",
    "it is for",
    "appointment for",
    "appointment is for",
    "booking for",
    "booking is for",
    "this would be",
    "it's me",
    "it is me",
    "i'm just",
    "spelled",
    "it's spelled",
    "that's spelled",
];

/// The phrase these words begin with, the longest; `before` is the word before them.
pub(super) fn carrier(words: &[Word], before: Option<&str>) -> Option<Carrier> {
    let named = name_is(words, before);
    let longest = |phrases: &[&str], strength| {
        phrases
            .iter()
            .filter_map(|phrase| begins(words, phrase))
            .max()
            .map(|length| Carrier {
                strength,
                part: Part::Whole,
                length,
            })
    };
    [
        named,
        relative(words, before),
        longest(&NAMED, Strength::Named),
        longest(&["speaking with", "speaking to"], Strength::Weak).filter(|_| before.is_none()),
        longest(&CALLED, Strength::Called)
            .filter(|_| !matches!(before, Some("not" | "don't" | "never"))),
        longest(&WEAK, Strength::Weak),
    ]
    .into_iter()
    .flatten()
    .max_by_key(|carrier| carrier.length)
}

/// "for my son", "my wife's name is".
fn relative(words: &[Word], before: Option<&str>) -> Option<Carrier> {
    let low = |at: usize| words.get(at).map_or("", |word| word.low.as_str());
    let at = usize::from(matches!(low(0), "for" | "under"));
    if low(at) != "my" {
        return None;
    }
    let (relative, owned) = low(at + 1)
        .strip_suffix("'s")
        .map_or((low(at + 1), false), |stem| (stem, true));
    if !RELATIVES.contains(&relative) {
        return None;
    }
    let length = match (owned, low(at + 2), low(at + 3)) {
        (true, "name", "is") => at + 4,
        (true, "name", _) => at + 3,
        (false, _, _) if at > 0 || before == Some("for") => at + 2,
        _ => return None,
    };
    Some(Carrier {
        strength: if owned {
            Strength::Named
        } else {
            Strength::Weak
        },
        part: Part::Whole,
        length,
    })
}

/// "my name is", "the name's", "first name", "my last name is", "name" alone at the beginning.
fn name_is(words: &[Word], before: Option<&str>) -> Option<Carrier> {
    let low = |at: usize| words.get(at).map(|word| word.low.as_str());
    let mut at = 0;
    let owned = matches!(
        low(0),
        Some(
            "my" | "the"
                | "his"
                | "her"
                | "our"
                | "and"
                | "full"
                | "first"
                | "last"
                | "given"
                | "family"
                | "middle"
        )
    );
    while matches!(
        low(at),
        Some("my" | "the" | "his" | "her" | "our" | "full" | "real" | "legal" | "own" | "good")
    ) {
        at += 1;
    }
    let part = match low(at) {
        Some("first" | "given") => Part::First,
        Some("last" | "family") => Part::Last,
        _ => Part::Whole,
    };
    if part != Part::Whole {
        at += 1;
    }
    let contracted = match low(at)? {
        "name" => false,
        "name's" => true,
        "surname" => false,
        _ => return None,
    };
    let part = if low(at) == Some("surname") {
        Part::Last
    } else {
        part
    };
    if !owned && before.is_some() && !contracted {
        return None;
    }
    at += 1;
    if contracted {
        return Some(named(part, at));
    }
    // "the name on the account is".
    if matches!(low(at), Some("on" | "for" | "of"))
        && low(at + 1) == Some("the")
        && low(at + 3) == Some("is")
    {
        at += 3;
    }
    let verb = match (low(at), low(at + 1)) {
        (Some("is" | "was"), Some("actually" | "just" | "really")) => 2,
        (Some("is"), _) => 1,
        (Some("would" | "will"), Some("be")) => 2,
        _ => 0,
    };
    let asked = before
        .is_some_and(|before| matches!(before, "what" | "what's" | "which" | "whose" | "not"));
    let mut length = at + verb;
    if verb > 0 && matches!(low(length), Some("spelled" | "spelt")) {
        length += 1;
    }
    (!asked || verb > 0).then(|| named(part, length))
}

fn named(part: Part, length: usize) -> Carrier {
    Carrier {
        strength: Strength::Named,
        part,
        length,
    }
}

fn begins(words: &[Word], phrase: &str) -> Option<usize> {
    let mut length = 0;
    for part in phrase.split(' ') {
        if words.get(length)?.low != part {
            return None;
        }
        length += 1;
    }
    Some(length)
}
