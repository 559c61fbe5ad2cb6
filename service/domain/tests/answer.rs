//! Yes and no: the tables, and negations by their scope.

mod support;

use bella_domain::answer::{self, Answer};
use support::Dice;

fn said(text: &str) -> Option<String> {
    Some(format!("{:?}", answer::understand(text)))
}

#[test]
fn own_cases() {
    support::all_understood("answer-tuned", said);
}

#[test]
fn unseen_cases() {
    support::at_least("answer-unseen", 113, said);
}

#[test]
fn the_tables_are_split_by_their_text() {
    support::assert_split("answer");
}

#[test]
fn a_word_that_contains_an_answer_is_none() {
    for word in [
        "know",
        "now",
        "Norman",
        "note",
        "north",
        "noon",
        "piano",
        "nose",
        "another",
        "cannon",
        "yesterday",
        "yesenia",
        "okra",
        "books",
        "sunny",
        "nothing",
    ] {
        assert_eq!(answer::understand(word), Answer::Unclear, "{word}");
    }
}

#[test]
fn case_and_marks_change_nothing() {
    for case in support::table("answer-tuned") {
        let plain = answer::understand(&case.input);
        assert_eq!(
            answer::understand(&case.input.to_uppercase()),
            plain,
            "{}",
            case.input
        );
        assert_eq!(
            answer::understand(&format!("  {}  ", case.input)),
            plain,
            "{}",
            case.input
        );
        let curly = case.input.replace('\'', "’");
        assert_eq!(answer::understand(&curly), plain, "{curly}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let vocabulary = [
        "yes", "no", "not", "don't", "but", "sure", "sorry", "wait", "I mean", "right", "wrong",
        "cancel", "can", "you", "why", "what", "maybe", "book it", "it's", "that's", "uh-huh",
        "n't", "'s",
    ];
    let mut dice = Dice(11);
    for _ in 0..100_000 {
        answer::understand(&dice.text(&vocabulary));
    }
}

#[test]
fn later_cases() {
    // A noun; nobody says it to "Should I confirm?".
    support::all_understood_but(&["a yes man"], "answer-later", said);
}
