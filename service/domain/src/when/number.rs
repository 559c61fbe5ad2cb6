//! Numbers of several words, and those that are telephone numbers.

use super::token::{Kind, Token};
use super::word;

/// Number words become numbers: "twenty five" is 25, "twenty third" the 23rd, "two thousand twenty
/// six" 2026, "a couple of" 2.
pub(crate) fn join_numbers(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(mut token) = rest.next() {
        let Kind::Word(name) = &token.kind else {
            out.push(token);
            continue;
        };
        let before = if token.broken {
            None
        } else {
            out.last().map(|t| t.kind.clone())
        };
        let ten = match before {
            Some(Kind::Number {
                value: value @ (20 | 30 | 40 | 50),
                digits: 0,
                ..
            }) => Some(value),
            _ => None,
        };
        // "Two thirty two weeks from today" is at half past two.
        let counted = rest.peek().is_some_and(is_unit);
        let ten = ten.filter(|_| !(counted && follows_hour(&out)));
        let said = if name == "our" {
            sounded_hour(before.as_ref())
        } else if let Some(n) = word::cardinal(name) {
            match ten.filter(|_| (1..10).contains(&n)) {
                Some(ten) => {
                    token.broken = out.pop().is_some_and(|t| t.broken);
                    spelled(ten + n)
                }
                None => spelled(n),
            }
        } else if let Some(n) = word::ordinal(name) {
            let mut value = n;
            if let Some(ten) = ten.filter(|_| n < 10) {
                token.broken = out.pop().is_some_and(|t| t.broken);
                value += ten;
            }
            Kind::Ordinal {
                value,
                spelled: true,
            }
        } else if name == "couple" {
            spelled(2)
        } else {
            token.kind
        };
        token.kind = said;
        out.push(token);
    }
    join_thousands(out)
}

fn is_unit(token: &Token) -> bool {
    matches!(&token.kind, Kind::Word(w) if word::is_unit(w))
}

/// Whether the last of these tokens is a number right behind another.
fn follows_hour(tokens: &[Token]) -> bool {
    matches!(
        tokens,
        [.., Token { kind: Kind::Number { .. }, .. }, last] if !last.broken
    )
}

fn spelled(value: u32) -> Kind {
    Kind::Number {
        value,
        digits: 0,
        zero: false,
    }
}

/// "An our" is an hour; "our" elsewhere is not.
fn sounded_hour(before: Option<&Kind>) -> Kind {
    let hour = match before {
        Some(Kind::Word(w)) => w == "an" || w == "half",
        Some(Kind::Number { .. }) => true,
        _ => false,
    };
    Kind::Word(if hour { "hour" } else { "our" }.into())
}

fn join_thousands(tokens: Vec<Token>) -> Vec<Token> {
    let thousand = |t: &Token| matches!(&t.kind, Kind::Word(w) if w == "thousand");
    if !tokens.iter().any(thousand) {
        return tokens;
    }
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let Kind::Number {
            value: value @ 1..=9,
            ..
        } = token.kind
        else {
            out.push(token);
            continue;
        };
        if rest.next_if(thousand).is_none() {
            out.push(token);
            continue;
        }
        let _and = rest.next_if(|t| matches!(&t.kind, Kind::Word(w) if w == "and"));
        let below = match rest.next_if(|t| matches!(t.kind, Kind::Number { value: 0..=99, .. })) {
            Some(Token {
                kind: Kind::Number { value, .. },
                ..
            }) => value,
            _ => 0,
        };
        out.push(Token {
            kind: Kind::Number {
                value: value * 1000 + below,
                digits: 4,
                zero: false,
            },
            broken: token.broken,
        });
    }
    out
}

/// Telephone numbers hold no time: groups of 3, 3 and 4 digits, ten in one, or seven single ones.
pub(crate) fn drop_telephone_numbers(tokens: Vec<Token>) -> Vec<Token> {
    let lengths: Vec<u8> = tokens
        .iter()
        .map(|t| match t.kind {
            Kind::Number {
                digits: 0, value, ..
            } if value < 10 => 1,
            Kind::Number { digits, .. } => digits,
            Kind::Dash => 0,
            _ => u8::MAX,
        })
        .collect();
    let mut out = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let length = telephone(&lengths[i..]);
        if length > 0 {
            out.push(Token {
                kind: Kind::Other,
                broken: tokens[i].broken,
            });
            i += length;
        } else {
            out.push(tokens[i].clone());
            i += 1;
        }
    }
    out
}

/// How many tokens at the beginning are one telephone number.
fn telephone(lengths: &[u8]) -> usize {
    let run: Vec<(usize, u8)> = lengths
        .iter()
        .take_while(|l| **l != u8::MAX)
        .enumerate()
        .filter(|(_, l)| **l > 0)
        .map(|(i, l)| (i, *l))
        .collect();
    let groups: Vec<u8> = run.iter().map(|(_, l)| *l).collect();
    let used = match groups.as_slice() {
        [1, 3, 3, 4, ..] => 4,
        [3, 3, 4, ..] => 3,
        [3, 4, ..] => 2,
        [long, ..] if *long >= 7 => 1,
        other => {
            let single = other.iter().take_while(|l| **l == 1).count();
            if single >= 7 { single } else { 0 }
        }
    };
    if used == 0 { 0 } else { run[used - 1].0 + 1 }
}
