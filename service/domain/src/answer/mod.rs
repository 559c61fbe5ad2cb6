//! Yes, no, and what is neither.
//!
//! - [`lexicon`]: words and idioms, and what each says
//! - [`clause`]: what a clause says, with the scope of its negation

mod clause;
mod lexicon;

use crate::words::{self, Word};
use clause::Saying;

/// What an answer to a yes-or-no question means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An unreserved yes.
    Yes,
    /// A no, in whatever words.
    No,
    /// Neither: doubt, a question, something else.
    Unclear,
}

/// What a caller's words say as an answer to a yes-or-no question.
///
/// Only an unreserved yes is [`Answer::Yes`], since a booking follows from it: doubt ("I'm not sure", "maybe"),
/// a condition ("yes, but …"), a contradiction ("yes no") and a question are [`Answer::Unclear`]. "I guess so"
/// is a yes. After a correction ("no wait yes") what follows it counts. Anything to cancel or to change is a no.
pub fn understand(text: &str) -> Answer {
    let words = words::written_out(words::words(text));
    let mut heard = Heard::default();
    for clause in clauses(&words) {
        // "but of course": a condition needs something before it.
        let clause = match clause {
            [but, rest @ ..] if but.low == "but" && heard.is_empty() => rest,
            _ => clause,
        };
        heard.take(clause::saying(clause), clause);
    }
    heard.answer()
}

#[derive(Default, PartialEq)]
struct Heard {
    yes: bool,
    /// The yes is only an "okay" so far, which opens a no as well.
    okay: bool,
    no: bool,
    /// "don't …": a request, stronger than a yes before it.
    forbidden: bool,
    doubt: bool,
    question: bool,
    /// "yes, but".
    reserved: bool,
    corrected: bool,
}

impl Heard {
    fn is_empty(&self) -> bool {
        let corrected = self.corrected;
        *self
            == Self {
                corrected,
                ..Self::default()
            }
    }

    fn take(&mut self, saying: Saying, clause: &[Word]) {
        if saying == Saying::Correction {
            self.corrected = true;
            return;
        }
        if saying == Saying::Nothing {
            // "yes, but at three": what the condition is does not matter.
            return;
        }
        if std::mem::take(&mut self.corrected) && saying != Saying::Reserve {
            *self = Self::default();
        }
        match saying {
            // "no, no problem".
            Saying::Yes if clause.len() > 1 && clause[0].low == "no" => {
                self.no = false;
                self.yes = true;
            }
            // "no, Wednesday is good" is about another day than the one asked about.
            Saying::Yes if self.no && clause::names_a_time(clause) => {}
            Saying::Yes if self.no && self.reserved => {}
            Saying::Yes => {
                let okay = matches!(clause, [word] if matches!(word.low.as_str(), "ok" | "okay" | "alright"));
                self.okay = okay && !self.yes;
                self.yes = true;
            }
            Saying::No => {
                self.yes &= !self.okay;
                self.no = true;
            }
            Saying::Forbidden => self.forbidden = true,
            Saying::Doubt => self.doubt = true,
            Saying::Question => self.question = true,
            Saying::Reserve => self.reserved = true,
            Saying::Nothing | Saying::Correction => {}
        }
    }

    fn answer(&self) -> Answer {
        let no = self.no || self.forbidden;
        if self.doubt || (self.question && !no) {
            return Answer::Unclear;
        }
        match (self.yes, no) {
            (true, true) if self.forbidden && !self.reserved => Answer::No,
            (true, false) if !self.reserved => Answer::Yes,
            (false, true) => Answer::No,
            _ => Answer::Unclear,
        }
    }
}

/// Splits at sentence marks, before "but", around a correction, and after a yes or no that opens a clause.
fn clauses(words: &[Word]) -> Vec<&[Word]> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < words.len() {
        let opening = if at == start {
            lexicon::opening(&words[at..]).max(lexicon::correction(&words[at..]))
        } else {
            0
        };
        if opening > 0 {
            at += opening;
            clauses.push(&words[start..at]);
            start = at;
            continue;
        }
        if at > start
            && (lexicon::is_reserve(&words[at].low) || lexicon::correction(&words[at..]) > 0)
        {
            clauses.push(&words[start..at]);
            start = at;
            continue;
        }
        at += 1;
        if words[at - 1].stop.is_some() {
            clauses.push(&words[start..at]);
            start = at;
        }
    }
    if start < words.len() {
        clauses.push(&words[start..]);
    }
    clauses
}
