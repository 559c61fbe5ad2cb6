//! What somebody who texts us wants.

/// What somebody who texts us wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To confirm the next appointment.
    Confirm,
    /// To cancel the next appointment.
    Cancel,
    /// No more texts. Twilio, which answers these words by itself, sends none from then on either.
    Stop,
    /// Texts again.
    Start,
    /// To know what can be said.
    Help,
    /// To answer how it was: 1 to 5.
    Score(u8),
    /// Something else.
    Unclear,
}

/// Twilio's own words for no more texts, except CANCEL, which is about the appointment here.
const STOP: &[&str] = &[
    "stop",
    "stopall",
    "unsubscribe",
    "end",
    "quit",
    "revoke",
    "optout",
];

const START: &[&str] = &["start", "unstop"];

const HELP: &[&str] = &["help", "info"];

const CONFIRM: &[&str] = &["confirm", "confirmed", "yes", "y", "ok", "okay"];

/// Words around CONFIRM and CANCEL that change nothing; with any other word it is not clear what is wanted.
const AROUND: &[&str] = &[
    "please",
    "can",
    "could",
    "you",
    "i",
    "i'd",
    "we",
    "need",
    "want",
    "would",
    "like",
    "to",
    "have",
    "it",
    "that",
    "this",
    "my",
    "our",
    "the",
    "next",
    "appointment",
    "appt",
    "booking",
    "thanks",
    "thank",
    "hi",
    "hello",
];

impl Wish {
    /// Reads a text: a keyword alone, or CONFIRM or CANCEL with polite words around it.
    pub fn read(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|character: char| !(character.is_alphanumeric() || "'’".contains(character)))
            .filter(|word| !word.is_empty())
            .map(|word| word.to_lowercase().replace('’', "'"))
            .collect();
        if let [word] = &words[..]
            && let Some(wish) = alone(word)
        {
            return wish;
        }
        let mut wanted = words.iter().filter(|word| !AROUND.contains(&word.as_str()));
        let first = wanted.next().map(|word| keyword(word));
        match first {
            Some(wish) if wanted.all(|word| keyword(word) == wish) => wish,
            _ => Self::Unclear,
        }
    }
}

fn alone(word: &str) -> Option<Wish> {
    match word {
        word if STOP.contains(&word) => Some(Wish::Stop),
        word if START.contains(&word) => Some(Wish::Start),
        word if HELP.contains(&word) => Some(Wish::Help),
        word => match word.parse() {
            Ok(score @ 1..=5) => Some(Wish::Score(score)),
            _ => None,
        },
    }
}

fn keyword(word: &str) -> Wish {
    match word {
        "cancel" => Wish::Cancel,
        word if CONFIRM.contains(&word) => Wish::Confirm,
        _ => Wish::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nothing_is_guessed() {
        for (text, wish) in [
            ("CONFIRM", Wish::Confirm),
            (" confirm! ", Wish::Confirm),
            ("Yes please, confirm", Wish::Confirm),
            ("ok", Wish::Confirm),
            ("Cancel", Wish::Cancel),
            ("CANCEL IT", Wish::Cancel),
            ("Can you cancel my appointment, please?", Wish::Cancel),
            ("I’d like to cancel", Wish::Cancel),
            ("STOP", Wish::Stop),
            ("Unsubscribe.", Wish::Stop),
            ("start", Wish::Start),
            ("HELP", Wish::Help),
            ("5", Wish::Score(5)),
            ("1!", Wish::Score(1)),
            ("0", Wish::Unclear),
            ("6", Wish::Unclear),
            ("15", Wish::Unclear),
            ("don't cancel", Wish::Unclear),
            ("do not cancel my appointment", Wish::Unclear),
            ("confirm or cancel", Wish::Unclear),
            ("cancel at 2 and book at 3", Wish::Unclear),
            ("stop by at 3", Wish::Unclear),
            ("please", Wish::Unclear),
            ("", Wish::Unclear),
            ("🎉", Wish::Unclear),
        ] {
            assert_eq!(Wish::read(text), wish, "{text}");
        }
    }
}
