//! The words of a name, from where it begins.

use super::carrier::{self, Strength};
use super::casing;
use super::lexicon::{self, Class};
use super::spelling::{self, Spelled};
use super::style::{Style, is_abbreviation, is_wordlike, starts_small};
use crate::words::Word;

/// Most words a name has.
const MOST: usize = 6;

/// A name found in a turn.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) words: Vec<String>,
    /// How many words of the turn it took.
    pub(super) taken: usize,
    /// Everyday words in it, words left over after it, or too many.
    pub(super) guessed: bool,
}

/// Reads a name from where it begins.
pub(super) fn read(words: &[Word], strength: Strength, style: Style) -> Option<Found> {
    let mut reader = Reader {
        words,
        strength,
        style,
        name: Vec::new(),
        at: 0,
        segment: 0,
        guessed: false,
    };
    reader.run();
    let mut found = Found {
        guessed: reader.guessed || reader.name.len() > 4,
        taken: reader.at,
        words: reader.name,
    };
    halve(&mut found.words);
    (!found.words.is_empty() && found.words.len() <= MOST).then_some(found)
}

struct Reader<'a> {
    words: &'a [Word],
    strength: Strength,
    style: Style,
    name: Vec<String>,
    at: usize,
    /// Where in the name the words after the last sentence mark begin.
    segment: usize,
    guessed: bool,
}

impl Reader<'_> {
    fn run(&mut self) {
        while self.at < self.words.len() {
            if self.spelling() {
                continue;
            }
            let word = &self.words[self.at];
            match lexicon::class(&word.low) {
                Class::Filler => self.at += 1,
                Class::Title if self.name.is_empty() && self.titled_at(self.at + 1) => {
                    self.at += 1;
                    if !self.is_part(self.at) {
                        self.push();
                        return;
                    }
                }
                _ if word.low == "comma" && !self.name.is_empty() && self.names_at(self.at + 1) => {
                    return self.surname_first();
                }
                _ if self.is_part(self.at) => self.push(),
                _ => return,
            }
            if self.ends_here() {
                return;
            }
        }
    }

    /// Takes the word at hand into the name.
    fn push(&mut self) {
        let word = &self.words[self.at];
        let class = lexicon::class(&word.low);
        self.guessed |= class == Class::Everyday
            || class == Class::GrammarOrName
            || self.style.mixed && starts_small(word) && !matches!(class, Class::Particle);
        let small = class == Class::Particle && self.particle_is_small();
        let initial = word.written.chars().count() == 1;
        let dotted = word.stop == Some('.') && self.at + 1 < self.words.len();
        let mut written = if small {
            word.low.clone()
        } else {
            casing::titled(&word.written, self.style.shouted)
        };
        if word.low == "o"
            && word.stop.is_none()
            && self
                .words
                .get(self.at + 1)
                .is_some_and(|next| lexicon::follows_o(&next.low))
        {
            // "O Brien".
            self.at += 1;
            written = casing::titled(&format!("o'{}", self.words[self.at].low), false);
        }
        if dotted && (initial || matches!(word.low.as_str(), "st" | "ste")) {
            written.push('.');
        }
        self.name.push(written);
        self.at += 1;
    }

    /// "van der Berg" in the middle, or where it is written small on purpose.
    fn particle_is_small(&self) -> bool {
        let word = &self.words[self.at];
        if !(starts_small(word) || self.style.shouted) || word.low.starts_with("st") {
            return false;
        }
        let next_too = self.words.get(self.at + 1).is_some_and(|next| {
            lexicon::class(&next.low) == Class::Particle || self.style.mixed && !starts_small(next)
        });
        !self.name.is_empty() || next_too
    }

    /// Letters at hand: they spell the word before them, or are a word of their own.
    fn spelling(&mut self) -> bool {
        let skipped = spelling_words(&self.words[self.at..]);
        let Some(Spelled { letters, taken }) = spelling::spelled(&self.words[self.at + skipped..])
        else {
            return false;
        };
        let after = self.at + skipped + taken;
        // "J P Morgan": two initials and a name.
        let initials = letters.chars().count() < 3 && skipped == 0 && self.is_part(after);
        if initials
            || (letters.chars().count() < 3
                && skipped == 0
                && !self.name.is_empty()
                && self.segment == 0)
        {
            return false;
        }
        let word = casing::titled(&letters, false);
        let whole = self.name.concat().to_lowercase() == letters;
        let said = self
            .name
            .iter()
            .rposition(|part| part.to_lowercase() == letters);
        match self.name.last_mut() {
            _ if whole || said.is_some() => {}
            Some(last) if spelling::spells(&letters, last) => *last = word,
            _ => self.name.push(word),
        }
        self.at = after;
        true
    }

    /// Whether the word there can be part of a name at its place.
    fn is_part(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else {
            return false;
        };
        if !is_wordlike(&word.low) {
            return false;
        }
        let after_name = !self.name.is_empty();
        let capital = !starts_small(word) && self.style.mixed;
        if self.is_initial(at) {
            return true;
        }
        if word.low == "o"
            && self
                .words
                .get(at + 1)
                .is_some_and(|next| lexicon::follows_o(&next.low))
        {
            return true;
        }
        match lexicon::class(&word.low) {
            Class::Name => true,
            Class::Suffix => after_name,
            Class::Particle => {
                let alone = matches!(word.low.as_str(), "van" | "al" | "di" | "del" | "le" | "el");
                self.names_at(at + 1) || after_name && capital || alone && self.is_end(at)
            }
            Class::Everyday => {
                let surname = after_name && lexicon::is_surname_too(&word.low) && self.is_last(at);
                surname || capital && self.everyday_is_name(at)
            }
            Class::GrammarOrName => self.grammar_is_name(at, capital),
            // "Morning Star".
            Class::Time => {
                let surname = after_name && lexicon::is_surname_too(&word.low) && self.is_last(at);
                capital
                    && (surname || self.strength == Strength::Named && self.everyday_is_name(at))
            }
            Class::Filler | Class::Title | Class::Grammar => false,
        }
    }

    /// "A. J. Brown": a letter that would be a word of the grammar without the next one.
    fn is_initial(&self, at: usize) -> bool {
        let single = |at: usize| {
            self.words.get(at).is_some_and(|word| {
                !starts_small(word) && word.written.chars().count() == 1 && is_wordlike(&word.low)
            })
        };
        single(at) && (self.words[at].stop == Some('.') && self.names_at(at + 1) || single(at + 1))
    }

    fn is_end(&self, at: usize) -> bool {
        at + 1 == self.words.len() || self.words[at].stop.is_some()
    }

    /// "Running Bear", "Standing Elk": a capital in the middle of a sentence, and a name beside it.
    fn everyday_is_name(&self, at: usize) -> bool {
        let after_name = !self.name.is_empty();
        let next_is_name =
            self.words.get(at + 1).is_some_and(|next| {
                lexicon::class(&next.low) == Class::Name && !starts_small(next)
            }) && self.words[at].stop.is_none();
        // "Put Anne" is a request.
        let request = self.strength == Strength::Bare && lexicon::is_verb(&self.words[at].low);
        after_name || next_is_name && !request
    }

    /// "Sandra Oh", "An Nguyen", "Will", but "can you", "my name", "so what".
    fn grammar_is_name(&self, at: usize, capital: bool) -> bool {
        let word = &self.words[at];
        let next = self
            .words
            .get(at + 1)
            .map(|next| (next, lexicon::class(&next.low)));
        let closed = word.stop.is_some();
        if matches!(word.low.as_str(), "will" | "may") {
            return match next {
                None => true,
                Some((_, Class::Name | Class::Particle)) => true,
                Some((next, _)) => {
                    closed
                        || lexicon::is_surname_too(&next.low)
                        || lexicon::may_follow(&next.low)
                            && !matches!(next.low.as_str(), "i" | "my" | "we" | "the" | "that")
                }
            };
        }
        if !capital {
            return false;
        }
        let next_is_name = next.is_some_and(|(next, class)| {
            !starts_small(next)
                && (class == Class::Name
                    || class == Class::Everyday && lexicon::is_surname_too(&next.low))
        });
        !self.name.is_empty() || next_is_name && !closed
    }

    fn names_at(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| {
            is_wordlike(&word.low)
                && match lexicon::class(&word.low) {
                    Class::Name => true,
                    Class::Particle => self.names_at(at + 1),
                    Class::Everyday | Class::GrammarOrName => {
                        self.style.mixed && !starts_small(word) && self.strength != Strength::Bare
                    }
                    _ => false,
                }
        })
    }

    /// A name after a title, which makes one of "Price" and "Day" too.
    fn titled_at(&self, at: usize) -> bool {
        let surname = self.words.get(at).is_some_and(|word| {
            lexicon::class(&word.low) == Class::Everyday && lexicon::is_surname_too(&word.low)
        });
        surname || self.names_at(at)
    }

    fn is_last(&self, at: usize) -> bool {
        self.words[at].stop.is_some()
            || self.words.get(at + 1).is_none_or(|next| {
                matches!(
                    lexicon::class(&next.low),
                    Class::Grammar | Class::Filler | Class::Suffix
                )
            })
    }

    /// After a sentence mark: whether the name ends there, or goes on, or is said again.
    fn ends_here(&mut self) -> bool {
        let Some(last) = self.at.checked_sub(1).map(|at| &self.words[at]) else {
            return false;
        };
        if last.stop.is_none()
            || self.name.is_empty()
            || is_abbreviation(last)
            || self.at >= self.words.len()
        {
            return false;
        }
        let rest = &self.words[self.at..];
        if carrier::carrier(rest, Some(&last.low)).is_some() && spelling_words(rest) == 0 {
            return true;
        }
        let skipped = spelling_words(rest);
        if spelling::spelled(&rest[skipped..]).is_some() {
            self.segment = self.name.len();
            return false;
        }
        let end = rest
            .iter()
            .position(|word| word.stop.is_some() && !is_abbreviation(word))
            .map_or(rest.len(), |at| at + 1);
        let next = &rest[..end];
        let whole = next.len() <= 3
            && next.iter().enumerate().all(|(at, word)| {
                let said = self.name.iter().any(|said| said.to_lowercase() == word.low);
                is_wordlike(&word.low)
                    && match lexicon::class(&word.low) {
                        Class::Name | Class::Suffix | Class::Particle | Class::Filler => true,
                        Class::Everyday => at > 0 && lexicon::is_surname_too(&word.low),
                        Class::GrammarOrName => said,
                        _ => false,
                    }
            });
        if !whole {
            self.guessed |= has_name(next);
            return true;
        }
        let again = next
            .iter()
            .any(|word| self.name.iter().any(|said| said.to_lowercase() == word.low));
        if again {
            // "Bond. James Bond."
            self.name.clear();
        } else {
            self.guessed |= last.stop == Some(',');
        }
        self.segment = self.name.len();
        false
    }

    /// "Smith comma John".
    fn surname_first(&mut self) {
        let surname = std::mem::take(&mut self.name);
        self.at += 1;
        while self.at < self.words.len() && self.is_part(self.at) {
            self.push();
        }
        self.name.extend(surname);
    }
}

/// How many words say that letters follow: "that's", "spelled", "it's spelled".
fn spelling_words(words: &[Word]) -> usize {
    words
        .iter()
        .take(3)
        .take_while(|word| {
            matches!(
                word.low.as_str(),
                "that's" | "it's" | "spelled" | "spelt" | "spelling" | "is" | "which" | "so"
            )
        })
        .count()
}

fn has_name(words: &[Word]) -> bool {
    words
        .iter()
        .any(|word| lexicon::class(&word.low) == Class::Name)
}

/// "John Smith John Smith" is said once.
fn halve(words: &mut Vec<String>) {
    let half = words.len() / 2;
    if half > 0 && words.len().is_multiple_of(2) && words[..half] == words[half..] {
        words.truncate(half);
    }
}
