//! The digit strings a stretch of speech may stand for.
//!
//! "four hundred five" is 405 or 400 5, "thirty four" is 34 or 30 4, "to" is 2 or nothing: only the length of
//! a telephone number tells. So a stretch has several readings, the likeliest first.

use std::cmp::Reverse;

use super::lexicon::Role;
use super::run::Piece;

/// Most readings kept of one stretch, and most steps taken to find them: bounds for speech that is no number.
const MOST: usize = 64;
const STEPS: usize = 4_000;

/// Most digits in a reading: two numbers with country codes.
const LONGEST: usize = 32;

/// One digit string a stretch may stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) digits: String,
    /// Bit n: a word or a typed group ends after n digits.
    cuts: u64,
    /// How many words that may be digits ("oh", "to") were taken for none after the first digit.
    skipped: u32,
}

impl Reading {
    /// The digits of one word or typed group.
    fn word(digits: String) -> Self {
        let cuts = 1 << digits.len().min(31);
        Self {
            digits,
            cuts,
            skipped: 0,
        }
    }

    fn is_silent(&self) -> bool {
        self.digits.is_empty() && self.cuts == 1
    }

    /// How likely this reading is beside others that are a number too.
    pub(super) fn likelihood(&self) -> (Reverse<u32>, u32) {
        (Reverse(self.skipped), self.grouping())
    }

    /// This reading with another one said after it.
    pub(super) fn then(&self, after: &Self) -> Self {
        let length = self.digits.len().min(31);
        Self {
            digits: format!("{}{}", self.digits, after.digits),
            cuts: self.cuts | after.cuts << length,
            skipped: self.skipped + after.skipped + u32::from(after.is_silent() && length > 0),
        }
    }

    /// How well words end where people pause in a number of ten digits: after 3, 6 and, less so, 8.
    ///
    /// "six twenty two thirty four fifty six seventy" has three readings of ten digits; 620 234 5670 is the
    /// one that is cut like a telephone number.
    fn grouping(&self) -> u32 {
        let Some(code) = self.digits.len().checked_sub(10).filter(|code| *code < 20) else {
            return 0;
        };
        [(3, 2), (6, 2), (8, 1)]
            .iter()
            .filter(|(place, _)| self.cuts & 1 << (place + code) != 0)
            .map(|(_, weight)| weight)
            .sum()
    }
}

/// All digit strings the pieces may stand for, the likeliest first; at least one.
pub(super) fn readings(pieces: &[Piece]) -> Vec<Reading> {
    let mut search = Search {
        found: Vec::new(),
        steps: 0,
        hyphens: pieces.iter().any(
            |piece| matches!(piece, Piece::Spoken(Role::Pair(pair)) if *pair > 20 && pair % 10 > 0),
        ),
    };
    search.go(pieces, &Reading::default());
    if search.found.is_empty() {
        search.found.push(plainly(pieces));
    }
    search.found
}

struct Search {
    found: Vec<Reading>,
    steps: usize,
    /// The recogniser writes hyphens, so "thirty four" without one is rather 30 4 than 34.
    hyphens: bool,
}

impl Search {
    fn go(&mut self, rest: &[Piece], said: &Reading) {
        self.steps += 1;
        if self.found.len() >= MOST || self.steps > STEPS || said.digits.len() > LONGEST {
            return;
        }
        if rest.is_empty() {
            if !self.found.contains(said) {
                self.found.push(said.clone());
            }
            return;
        }
        for (digits, taken) in choices(rest, self.hyphens) {
            self.go(&rest[taken..], &said.then(&Reading::word(digits)));
        }
    }
}

/// What the first pieces may stand for, and how many pieces that takes.
fn choices(rest: &[Piece], hyphens: bool) -> Vec<(String, usize)> {
    let Some(first) = rest.first() else {
        return Vec::new();
    };
    match first {
        Piece::Typed(digits) => match rest.get(1..3) {
            // "5 hundred", "12 hundred".
            Some([Piece::Spoken(Role::Hundred), ..]) if digits.len() < 3 => {
                vec![(format!("{digits}00"), 2)]
            }
            _ => vec![(digits.clone(), 1)],
        },
        Piece::Spoken(role) => spoken(*role, rest, hyphens),
    }
}

fn spoken(role: Role, rest: &[Piece], hyphens: bool) -> Vec<(String, usize)> {
    let next = rest.get(1).and_then(role_of);
    match role {
        Role::Unit(digit) => match next {
            Some(Role::Plural(many)) if (2..=7).contains(&digit) => {
                vec![(repeat(many, digit), 2)]
            }
            Some(Role::Hundred) => hundreds(digit, &rest[2..]),
            Some(Role::Thousand) => thousands(digit, &rest[2..]),
            _ => vec![(digit.to_string(), 1)],
        },
        Role::Perhaps(digit) => vec![(digit.to_string(), 1), (String::new(), 1)],
        Role::Plural(digit) => vec![(digit.to_string(), 1)],
        Role::Pair(number) => match next {
            Some(Role::Hundred) => after_hundred(&format!("{number}"), &rest[2..]),
            _ => vec![(number.to_string(), 1)],
        },
        Role::Tens(ten) => match next {
            Some(Role::Unit(unit)) if unit > 0 => {
                let mut all = vec![(format!("{ten}{unit}"), 2), (format!("{ten}0"), 1)];
                if matches!(rest.get(2).and_then(role_of), Some(Role::Hundred)) {
                    all.insert(0, (format!("{ten}{unit}00"), 3));
                } else if hyphens {
                    all.reverse();
                }
                all
            }
            Some(Role::Perhaps(unit @ 1..)) => {
                vec![(format!("{ten}0"), 1), (format!("{ten}{unit}"), 2)]
            }
            _ => vec![(format!("{ten}0"), 1)],
        },
        Role::Times(count) => repeated(count, rest.get(1)),
        // "hundred" without a number before it: "a hundred".
        Role::Hundred => vec![("100".to_owned(), 1), ("00".to_owned(), 1)],
        Role::Thousand => vec![("1000".to_owned(), 1), ("000".to_owned(), 1)],
        _ => vec![(String::new(), 1)],
    }
}

/// "four hundred", with what may belong to it: "four hundred sixteen", "four hundred five".
fn hundreds(digit: u8, rest: &[Piece]) -> Vec<(String, usize)> {
    after_hundred(&digit.to_string(), rest)
}

fn after_hundred(start: &str, rest: &[Piece]) -> Vec<(String, usize)> {
    let apart = (format!("{start}00"), 2);
    match (
        rest.first().and_then(role_of),
        rest.get(1).and_then(role_of),
    ) {
        (Some(Role::Pair(number)), _) => vec![(format!("{start}{number}"), 3), apart],
        (Some(Role::Tens(ten)), Some(Role::Unit(unit))) if unit > 0 => {
            vec![
                (format!("{start}{ten}{unit}"), 4),
                (format!("{start}{ten}0"), 3),
                apart,
            ]
        }
        (Some(Role::Tens(ten)), _) => vec![(format!("{start}{ten}0"), 3), apart],
        (Some(Role::Unit(unit)), _) => vec![apart, (format!("{start}0{unit}"), 3)],
        _ => vec![apart],
    }
}

/// "five thousand", "one thousand two hundred thirty four".
fn thousands(digit: u8, rest: &[Piece]) -> Vec<(String, usize)> {
    let apart = (format!("{digit}000"), 2);
    match (
        rest.first().and_then(role_of),
        rest.get(1).and_then(role_of),
    ) {
        (Some(Role::Pair(number)), _) => vec![(format!("{digit}0{number}"), 3), apart],
        (Some(Role::Unit(hundred)), Some(Role::Hundred)) => {
            let mut all: Vec<_> = hundreds(hundred, &rest[2..])
                .into_iter()
                .map(|(digits, taken)| (format!("{digit}{digits}"), taken + 2))
                .collect();
            all.push(apart);
            all
        }
        (Some(Role::Unit(unit)), _) => vec![apart, (format!("{digit}00{unit}"), 3)],
        (Some(Role::Tens(ten)), Some(Role::Unit(unit))) if unit > 0 => {
            vec![(format!("{digit}0{ten}{unit}"), 4), apart]
        }
        (Some(Role::Tens(ten)), _) => vec![(format!("{digit}0{ten}0"), 3), apart],
        _ => vec![apart],
    }
}

/// "double five", "triple 5"; typed digits that are repeated already stay as they are.
fn repeated(count: u8, next: Option<&Piece>) -> Vec<(String, usize)> {
    match next {
        Some(Piece::Spoken(Role::Unit(digit) | Role::Perhaps(digit) | Role::Plural(digit))) => {
            vec![(repeat(*digit, count), 2)]
        }
        Some(Piece::Typed(digits)) => {
            let first = &digits[..1];
            let said = first.repeat(usize::from(count));
            if digits.starts_with(&said) {
                vec![(digits.clone(), 2), (said + &digits[1..], 2)]
            } else {
                vec![(said + &digits[1..], 2)]
            }
        }
        _ => vec![(String::new(), 1)],
    }
}

fn repeat(digit: u8, count: u8) -> String {
    digit.to_string().repeat(usize::from(count))
}

fn role_of(piece: &Piece) -> Option<Role> {
    match piece {
        Piece::Spoken(role) => Some(*role),
        Piece::Typed(_) => None,
    }
}

/// The first choice at each place, for a stretch too long to be searched.
fn plainly(pieces: &[Piece]) -> Reading {
    let mut said = Reading::default();
    let mut rest = pieces;
    while let Some((digits, taken)) = choices(rest, false).into_iter().next() {
        said = said.then(&Reading::word(digits));
        rest = &rest[taken..];
    }
    said
}
