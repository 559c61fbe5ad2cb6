//! From text to tokens: numbers, names of days and months, words, and where the sentence was broken.

use jiff::civil::Weekday;

use super::number::{drop_telephone_numbers, join_numbers};
use super::word;

/// Longer text is no answer to "when?": what is beyond is not read, so that time stays bounded.
const LONGEST: usize = 2_000;

/// One piece of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number; `digits` is how many were written, 0 when it was a word, and `zero` whether the
    /// first of them was 0.
    Number { value: u32, digits: u8, zero: bool },
    /// "12th", "twelfth"; `spelled` when it was a word.
    Ordinal { value: u32, spelled: bool },
    /// "14:30", "2.30".
    Clock { hour: u32, minute: u32, zero: bool },
    /// "2026-03-12".
    Iso { year: u32, month: u32, day: u32 },
    /// "10/12", "10/12/2026": which is the month is not said.
    Slashed {
        first: u32,
        second: u32,
        year: Option<u32>,
    },
    /// A weekday.
    Weekday(Weekday),
    /// A month; "may" and "march" are words as well, so only a neighbour makes them one.
    Month(i8),
    /// A dash between two numbers: "2-4".
    Dash,
    /// Any other word, in its usual spelling.
    Word(String),
    /// A telephone number, a price, a sign: nothing about time.
    Other,
}

/// A piece, and whether punctuation stands before it.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) broken: bool,
}

/// The tokens of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text: text
            .chars()
            .take(LONGEST)
            .flat_map(char::to_lowercase)
            .collect(),
        at: 0,
        broken: false,
        out: Vec::new(),
    };
    lexer.run();
    let joined = join_numbers(lexer.out);
    drop_telephone_numbers(joined)
}

struct Lexer {
    text: Vec<char>,
    at: usize,
    broken: bool,
    out: Vec<Token>,
}

impl Lexer {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            if c.is_ascii_digit() {
                self.number();
            } else if c.is_alphabetic() {
                self.word();
            } else {
                self.sign(c);
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: Kind) {
        let broken = std::mem::take(&mut self.broken);
        self.out.push(Token { kind, broken });
    }

    fn sign(&mut self, c: char) {
        self.at += 1;
        match c {
            '.' | ',' | ';' | '!' | '?' | ':' | '…' => self.broken = true,
            '@' => self.push(Kind::Word("at".into())),
            '$' | '#' | '£' | '€' if self.peek(0).is_some_and(|d| d.is_ascii_digit()) => {
                while self
                    .peek(0)
                    .is_some_and(|d| d.is_ascii_digit() || d == '.' || d == ',')
                {
                    self.at += 1;
                }
                self.push(Kind::Other);
            }
            '-' | '–' | '—' => {
                let after = (0..3).find_map(|n| self.peek(n).filter(|d| *d != ' '));
                let before = matches!(
                    self.out.last().map(|t| &t.kind),
                    Some(Kind::Number { .. } | Kind::Clock { .. })
                ) || self.after_meridiem();
                if before && after.is_some_and(|d| d.is_ascii_digit()) {
                    self.push(Kind::Dash);
                } else if c != '-' || self.peek(0) == Some(' ') {
                    self.broken = true;
                }
            }
            _ => {}
        }
    }

    /// Reads a run of digits at `at`; a run too long for any time is `u32::MAX`.
    fn digits(&mut self) -> (u32, u8, bool) {
        let begin = self.at;
        while self.peek(0).is_some_and(|d| d.is_ascii_digit()) {
            self.at += 1;
        }
        let run: String = self.text[begin..self.at].iter().collect();
        (
            run.parse().unwrap_or(u32::MAX),
            u8::try_from(run.len()).unwrap_or(u8::MAX),
            run.starts_with('0'),
        )
    }

    /// A run of `least` to `most` digits behind one of `signs`, with no digit after it.
    fn part(&mut self, signs: &[char], least: u8, most: u8) -> Option<u32> {
        let start = self.at;
        if self.peek(0).is_some_and(|c| signs.contains(&c))
            && self.peek(1).is_some_and(|c| c.is_ascii_digit())
        {
            self.at += 1;
            let (value, digits, _) = self.digits();
            if (least..=most).contains(&digits) {
                return Some(value);
            }
        }
        self.at = start;
        None
    }

    fn number(&mut self) {
        let (value, digits, zero) = self.digits();
        let start = self.at;
        if digits == 4 {
            let month = self.part(&['-', '/', '.'], 1, 2);
            if let Some((month, day)) = month.zip(self.part(&['-', '/', '.'], 1, 2)) {
                if self.peek(0) == Some('t') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                }
                return self.push(Kind::Iso {
                    year: value,
                    month,
                    day,
                });
            }
            self.at = start;
        }
        if digits <= 2 {
            if let Some(second) = self.part(&['/'], 1, 2) {
                let year = self.part(&['/'], 2, 4);
                return self.push(Kind::Slashed {
                    first: value,
                    second,
                    year: year.map(|y| if y < 100 { 2000 + y } else { y }),
                });
            }
            for sign in ['-', '.'] {
                let second = self.part(&[sign], 1, 2);
                if let Some((second, year)) = second.zip(self.part(&[sign], 4, 4)) {
                    return self.push(Kind::Slashed {
                        first: value,
                        second,
                        year: Some(year),
                    });
                }
                self.at = start;
            }
            if let Some(minute) = self.part(&[':', '.', 'h'], 2, 2) {
                let _seconds = self.part(&[':'], 2, 2);
                return self.push(Kind::Clock {
                    hour: value,
                    minute,
                    zero,
                });
            }
        }
        self.after_number(value, digits, zero);
    }

    fn after_number(&mut self, value: u32, digits: u8, zero: bool) {
        let suffix: String = self.text[self.at..]
            .iter()
            .take_while(|c| c.is_alphabetic())
            .collect();
        if matches!(suffix.as_str(), "st" | "nd" | "rd" | "th") {
            self.at += 2;
            return self.push(Kind::Ordinal {
                value,
                spelled: false,
            });
        }
        if self.peek(0) == Some('%') {
            return self.push(Kind::Other);
        }
        self.push(Kind::Number {
            value,
            digits,
            zero,
        });
    }

    fn word(&mut self) {
        let begin = self.at;
        while self.peek(0).is_some_and(|c| {
            c.is_alphabetic() || is_apostrophe(c) && self.peek(1).is_some_and(char::is_alphabetic)
        }) {
            self.at += 1;
        }
        let said: String = self.text[begin..self.at]
            .iter()
            .map(|c| if is_apostrophe(*c) { '\'' } else { *c })
            .collect();
        let behind_digits = begin
            .checked_sub(1)
            .is_some_and(|at| self.text[at].is_ascii_digit());
        if matches!(said.as_str(), "a" | "p") && (self.meridiem() || behind_digits) {
            return self.push(Kind::Word(format!("{said}m")));
        }
        let plain = said
            .strip_suffix("'s")
            .map_or_else(|| said.replace('\'', ""), |s| s.replace('\'', ""));
        if plain == "am" || plain == "pm" {
            self.skip_stop();
        }
        let name = word::canonical(word::without_ish(&plain));
        if word::is_filler(name) {
            return;
        }
        let sitting = name == "sat" && self.after_pronoun();
        if let Some(day) = word::weekday(name).filter(|_| !sitting) {
            self.push(Kind::Weekday(day));
        } else if let Some(month) = word::month(name) {
            if name.len() < 5 {
                self.skip_stop();
            }
            self.push(Kind::Month(month));
        } else {
            self.push(Kind::Word(name.to_owned()));
        }
    }

    /// The "m" of a spaced or dotted "a. m.", read when it is there.
    fn meridiem(&mut self) -> bool {
        let start = self.at;
        while self.peek(0).is_some_and(|c| c == '.' || c == ' ') && self.at - start < 2 {
            self.at += 1;
        }
        let whole = self.at > start
            && self.peek(0) == Some('m')
            && !self
                .peek(1)
                .is_some_and(|c| c.is_alphanumeric() || is_apostrophe(c));
        if whole {
            self.at += 1;
            self.skip_stop();
        } else {
            self.at = start;
        }
        whole
    }

    fn after_meridiem(&self) -> bool {
        matches!(
            self.out.last().map(|t| &t.kind),
            Some(Kind::Word(w)) if w == "am" || w == "pm"
        )
    }

    /// "I sat there" is no Saturday.
    fn after_pronoun(&self) -> bool {
        matches!(
            self.out.last().map(|t| &t.kind),
            Some(Kind::Word(w)) if matches!(w.as_str(), "i" | "we" | "he" | "she" | "they" | "you")
        )
    }

    /// The stop of an abbreviation breaks no sentence.
    fn skip_stop(&mut self) {
        if self.peek(0) == Some('.') {
            self.at += 1;
        }
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ')
}
