//! What a clause of an answer says.

use super::lexicon::{self, Sense};
use crate::words::Word;

/// What a clause says of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saying {
    Yes,
    No,
    /// "don't book it": a request not to.
    Forbidden,
    Doubt,
    Question,
    /// "but", "except", "only if".
    Reserve,
    /// "wait", "sorry", "I mean".
    Correction,
    Nothing,
}

/// What a clause says; a negation turns round what stands after it in the clause.
pub(super) fn saying(clause: &[Word]) -> Saying {
    let Some(first) = clause.first() else {
        return Saying::Nothing;
    };
    if lexicon::is_reserve(&first.low) {
        return Saying::Reserve;
    }
    let correction = lexicon::correction(clause);
    if correction == clause.len() {
        return Saying::Correction;
    }
    if is_question(clause) {
        return Saying::Question;
    }
    weigh(clause).unwrap_or_else(|| {
        if is_bare_agreement(clause) {
            Saying::Yes
        } else {
            Saying::Nothing
        }
    })
}

/// Adds up the words of a clause that agree or disagree.
fn weigh(clause: &[Word]) -> Option<Saying> {
    let mut denied = false;
    let mut strong: Option<Saying> = None;
    let mut wish = false;
    let mut perhaps = false;
    let mut at = 0;
    while at < clause.len() {
        let Some((sense, length)) = lexicon::idiom(&clause[at..]) else {
            at += 1;
            continue;
        };
        // "make it three o'clock" is another time, or the one agreed on.
        let sense = if clause[at].low == "make" && names_a_time(clause) {
            Sense::Doubt
        } else {
            sense
        };
        at += length;
        let said = match (sense, denied) {
            (Sense::Empty, _) => continue,
            (Sense::Not, _) => {
                denied = !denied;
                continue;
            }
            (Sense::Perhaps, _) => {
                perhaps = true;
                continue;
            }
            (Sense::Wish, _) => {
                wish = true;
                continue;
            }
            (Sense::Doubt, _) | (Sense::Certain | Sense::Undo, true) => Saying::Doubt,
            (Sense::FixedYes, _) | (Sense::Good | Sense::Certain, false) | (Sense::Bad, true) => {
                Saying::Yes
            }
            (Sense::FixedNo, _) | (Sense::Bad | Sense::Undo, false) => Saying::No,
            (Sense::Good, true) if is_request(clause) => Saying::Forbidden,
            (Sense::Good, true) => Saying::No,
        };
        strong = Some(match (strong, said) {
            // "a good time to cancel": disagreement decides, doubt even more.
            (Some(Saying::Doubt), _) | (_, Saying::Doubt) => Saying::Doubt,
            (Some(before @ (Saying::No | Saying::Forbidden)), _) => before,
            (_, said) => said,
        });
    }
    // "certainly not", "please do not": nothing is left to turn round but what stood before.
    if denied && strong == Some(Saying::Yes) && clause.last().is_some_and(|last| last.low == "not")
    {
        strong = None;
    }
    let said = match (strong, denied) {
        (Some(said), _) => said,
        (None, true) if is_request(clause) => Saying::Forbidden,
        (None, true) => return Some(Saying::No),
        (None, false) if perhaps => return Some(Saying::Doubt),
        (None, false) if wish && is_wish(clause) => Saying::Yes,
        (None, false) => return None,
    };
    Some(if perhaps && said == Saying::Yes {
        Saying::Doubt
    } else {
        said
    })
}

/// "please", "I want it", "I'd like that": a wish that names nothing else.
fn is_wish(clause: &[Word]) -> bool {
    clause.iter().all(|word| {
        matches!(
            word.low.as_str(),
            "i" | "we"
                | "would"
                | "do"
                | "want"
                | "like"
                | "love"
                | "need"
                | "it"
                | "that"
                | "this"
                | "please"
                | "to"
                | "very"
                | "much"
                | "and"
                | "really"
                | "just"
                | "thanks"
                | "um"
                | "uh"
                | "oh"
                | "well"
                | "one"
                | "the"
                | "appointment"
        )
    })
}

/// "don't", "please don't book it": no subject before the verb.
fn is_request(clause: &[Word]) -> bool {
    clause
        .iter()
        .find(|word| {
            !matches!(
                word.low.as_str(),
                "please" | "oh" | "just" | "uh" | "um" | "so" | "well"
            )
        })
        .is_some_and(|word| matches!(word.low.as_str(), "do" | "never"))
}

/// A question that is none of the polite forms of "book it".
fn is_question(clause: &[Word]) -> bool {
    let mut low = clause
        .iter()
        .map(|word| word.low.as_str())
        .skip_while(|low| {
            matches!(
                *low,
                "um" | "uh" | "oh" | "so" | "well" | "and" | "sorry" | "wait"
            )
        });
    let (Some(first), second) = (low.next(), low.next()) else {
        return false;
    };
    if lexicon::idiom(clause)
        .is_some_and(|(sense, length)| length > 1 && matches!(sense, Sense::Good | Sense::FixedYes))
    {
        return false;
    }
    let inverted = second.is_some_and(|second| {
        matches!(
            second,
            "i" | "you"
                | "we"
                | "it"
                | "that"
                | "this"
                | "they"
                | "there"
                | "he"
                | "she"
                | "the"
                | "my"
        )
    });
    let inverted = inverted
        || second == Some("not")
            && low
                .next()
                .is_some_and(|third| matches!(third, "that" | "it" | "this" | "you"));
    match first {
        "what" | "which" | "when" | "who" | "whose" | "where" | "how" => {
            !matches!(second, Some("ever" | "the"))
        }
        "why" => second != Some("not"),
        "huh" | "pardon" | "eh" => true,
        "can" | "could" | "would" | "will" if second == Some("you") => !asks_to_book(clause),
        "do" if matches!(second, Some("it" | "that" | "this" | "the")) => false,
        "is" | "are" | "was" | "were" | "am" | "do" | "does" | "did" | "can" | "could"
        | "would" | "will" | "shall" | "should" | "may" | "have" | "has" => inverted,
        _ => false,
    }
}

fn asks_to_book(clause: &[Word]) -> bool {
    clause.iter().any(|word| {
        matches!(
            word.low.as_str(),
            "book" | "confirm" | "reserve" | "proceed"
        )
    }) && !clause.iter().any(|word| word.low == "not")
}

/// "it is", "I do", "that's me", "that's my number": agreement by a verb alone.
fn is_bare_agreement(clause: &[Word]) -> bool {
    let low: Vec<&str> = clause
        .iter()
        .map(|word| word.low.as_str())
        .filter(|low| !matches!(*low, "um" | "uh" | "oh" | "well" | "yes" | "so"))
        .collect();
    match low.as_slice() {
        [
            "it" | "that" | "this",
            "is" | "does" | "will" | "would" | "was" | "works",
        ] => true,
        ["i" | "we", "do" | "would" | "can" | "will" | "am" | "did"] => true,
        [
            "it" | "that" | "this",
            "is" | "was",
            "me" | "it" | "us" | "him" | "her" | "mine",
        ] => true,
        ["it" | "that" | "this", "is", "my" | "the", rest @ ..] => {
            matches!(
                rest,
                ["number" | "name" | "one"] | ["phone" | "cell" | "mobile", ..]
            )
        }
        _ => false,
    }
}

/// Whether a clause names a day or a time.
pub(super) fn names_a_time(clause: &[Word]) -> bool {
    clause.iter().any(|word| {
        let low = word.low.as_str();
        low.ends_with("day") && low.len() > 3
            || low.bytes().any(|byte| byte.is_ascii_digit())
            || matches!(
                low,
                "tomorrow"
                    | "morning"
                    | "afternoon"
                    | "evening"
                    | "noon"
                    | "week"
                    | "one"
                    | "two"
                    | "three"
                    | "four"
                    | "five"
                    | "six"
                    | "seven"
                    | "eight"
                    | "nine"
                    | "ten"
                    | "eleven"
                    | "twelve"
            )
    })
}
