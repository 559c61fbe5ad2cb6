//! Names said letter by letter: "J O H N", "J-O-H-N", "N as in Nancy".

use crate::words::Word;

/// Letters, and how many words they took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) letters: String,
    pub(super) taken: usize,
}

/// The letters these words begin with; at least two, fewer are an initial.
pub(super) fn spelled(words: &[Word]) -> Option<Spelled> {
    let mut letters = String::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(whole) = joined(&word.low) {
            letters.push_str(&whole);
            at += 1;
        } else if let Some(letter) = single(&word.low) {
            letters.push(letter);
            at += 1 + as_in(&words[at + 1..], letter);
        } else if word.low == "double"
            && let Some(letter) = words.get(at + 1).and_then(|next| single(&next.low))
        {
            letters.extend([letter, letter]);
            at += 2;
        } else {
            break;
        }
    }
    (letters.chars().count() >= 2).then_some(Spelled { letters, taken: at })
}

fn single(low: &str) -> Option<char> {
    let mut chars = low.chars();
    let letter = chars
        .next()
        .filter(|c| c.is_alphabetic() && *c < '\u{250}')?;
    match chars.as_str() {
        "" | "'s" | "." => Some(letter),
        _ => None,
    }
}

/// "j-o-h-n", "j.o.h.n".
fn joined(low: &str) -> Option<String> {
    let mut parts = low.split(['-', '.']);
    let letters: Option<String> = parts
        .by_ref()
        .filter(|part| !part.is_empty())
        .map(single)
        .collect();
    letters.filter(|letters| letters.chars().count() >= 2)
}

/// How many words "as in Nancy" or "for Nancy" take after a letter.
fn as_in(words: &[Word], letter: char) -> usize {
    let low: Vec<&str> = words.iter().take(3).map(|word| word.low.as_str()).collect();
    let starts = |word: &str| word.len() > 1 && word.starts_with(letter);
    match low.as_slice() {
        ["as", "in", word, ..] if starts(word) => 3,
        ["for" | "like", word, ..] if starts(word) => 2,
        _ => 0,
    }
}

/// Whether letters spell a word that was heard a little differently: "Jon" for "John".
pub(super) fn spells(letters: &str, heard: &str) -> bool {
    let heard = heard.to_lowercase();
    let first = |text: &str| text.chars().next();
    first(letters) == first(&heard) || strsim(letters, &heard)
}

/// Whether at least half of the letters agree from the end: "Cathy" and "K A T H Y".
fn strsim(letters: &str, heard: &str) -> bool {
    let same = letters
        .chars()
        .rev()
        .zip(heard.chars().rev())
        .take_while(|(a, b)| a == b)
        .count();
    same * 2 >= heard.chars().count().max(letters.chars().count())
}
