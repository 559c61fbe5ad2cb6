//! The whole table of prompts, and the texts that are agreed with others word for word.

use bella_domain::prompts::{self, ALL};

#[test]
fn the_table() {
    let table: String = ALL
        .iter()
        .map(|prompt| format!("{}: {}\n", prompt.key, prompt.words))
        .collect();
    let expected = include_str!("../prompts.txt");
    assert!(
        table == expected,
        "tests/prompts.txt differs from:\n{table}"
    );
}

#[test]
fn the_texts_that_are_agreed() {
    let say = |prompt: prompts::Prompt| prompt.say();
    let agreed = [
        (
            say(prompts::GREETING),
            "Hi! I'll help book your appointment. What's your name?",
        ),
        (
            format!(
                "{} {}",
                prompts::NUMBER.with(&[("number", "416-555-1234")]),
                say(prompts::ASK_TIME)
            ),
            "Perfect! I have your number as 416-555-1234. When would you like your appointment?",
        ),
        (
            prompts::READ_BACK.with(&[
                ("name", "John Smith"),
                ("time", "Tuesday, March 12th at 2:00 PM"),
            ]),
            "Great! I'll book John Smith for Tuesday, March 12th at 2:00 PM. Should I confirm this?",
        ),
        (
            say(prompts::BOOKED),
            "Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!",
        ),
        (
            say(prompts::FAILURE_1),
            "I didn't catch that. Could you please repeat?",
        ),
        (
            say(prompts::FAILURE_2),
            "I'm having trouble understanding. Could you speak slowly and clearly?",
        ),
        (
            say(prompts::FAILURE_3),
            "I'm having technical difficulties. Let me connect you to our office.",
        ),
        (
            format!(
                "{} {}",
                prompts::BACK.with(&[("name", "John Smith")]),
                say(prompts::ASK_TIME)
            ),
            "Hi John Smith, I'm back. When would you like your appointment?",
        ),
        (
            say(prompts::INTERRUPTED),
            "I apologize for the interruption. Let's start over. What's your name?",
        ),
        (
            say(prompts::QUEUED),
            "Your appointment is being processed. You'll receive a confirmation text shortly.",
        ),
    ];
    for (said, expected) in agreed {
        assert_eq!(said, expected);
    }
}

#[test]
fn what_is_filled_in_is_no_template() {
    let text = prompts::READ_BACK.with(&[("name", "{time}"), ("time", "noon")]);
    assert_eq!(
        text,
        "Great! I'll book {time} for noon. Should I confirm this?"
    );
}

#[test]
fn a_prompt_can_be_read_aloud() {
    for prompt in ALL {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || " .,:!?'{}".contains(letter);
        assert!(prompt.words.chars().all(plain), "{}", prompt.key);
        assert!(prompt.words.ends_with(['.', '!', '?']), "{}", prompt.key);
    }
}
