//! Wishes a caller can utter at any step: the tables, and what must not be taken for one.

mod support;

use bella_domain::intent;
use support::Dice;

fn wish(text: &str) -> Option<String> {
    intent::understand(text).map(|intent| format!("{intent:?}"))
}

#[test]
fn own_cases() {
    support::all_understood("intent-tuned", wish);
}

#[test]
fn unseen_cases() {
    support::at_least("intent-unseen", 69, wish);
}

#[test]
fn the_tables_are_split_by_their_text() {
    support::assert_split("intent");
}

#[test]
fn names_and_numbers_are_no_wishes() {
    for table in ["name-given", "phone-given", "phone-tuned"] {
        for case in support::table(table) {
            if case.expected.is_some() && !case.input.contains("appointment") {
                assert_eq!(wish(&case.input), None, "{}", case.input);
            }
        }
    }
}

#[test]
fn no_text_makes_it_panic() {
    let vocabulary = [
        "cancel",
        "my",
        "appointment",
        "move",
        "when",
        "is",
        "help",
        "repeat",
        "speak",
        "to",
        "a",
        "person",
        "not",
        "don't",
        "number",
        "name",
        "wrong",
        "bye",
        "start over",
        "what",
        "sorry",
        "tomorrow",
        "2",
    ];
    let mut dice = Dice(13);
    for _ in 0..100_000 {
        intent::understand(&dice.text(&vocabulary));
    }
}

#[test]
fn later_cases() {
    support::all_understood("intent-later", wish);
}
