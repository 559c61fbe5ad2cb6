//! Which words of a turn are the name.

use super::carrier::{self, Carrier, Part, Strength};
use super::lexicon::{self, Class};
use super::person::{HeardName, PersonName};
use super::phrase::{self, Found};
use super::spelling;
use super::style::Style;
use crate::understood::{NotUnderstood, Understood};
use crate::words::{self, Word};

/// Below this confidence of the recogniser a name is confirmed with the caller.
const SURE: f32 = 0.6;

/// What a caller's answer to "What's your name?" says as a name.
///
/// Takes the name alone, after a phrase that announces it ("my name is", "this is", "call me" …), spelled, or
/// corrected; leaves out greetings, titles and whatever is said after it. Words of the grammar, everyday words of
/// calls, times and numbers are no names unless their place and their capital say so ("Sandra Oh", "Neil Young").
///
/// # Errors
/// The words are no name.
pub fn understand(text: &str) -> Understood<PersonName> {
    hear(text, None).map(|heard| heard.name)
}

/// Whether a name should be confirmed with the caller: the words are no plain name, or recognition was unsure.
pub fn doubtful(text: &str, confidence: Option<f32>) -> bool {
    hear(text, confidence).map_or(true, |heard| heard.doubtful)
}

/// As [`understand`], and whether to confirm it; `confidence` is Twilio's `Confidence`, 0 to 1, if it sent one.
///
/// # Errors
/// The words are no name.
pub fn hear(text: &str, confidence: Option<f32>) -> Understood<HeardName> {
    let nothing = || NotUnderstood::because("no name");
    if text.contains(['<', '>']) {
        return Err(nothing());
    }
    let words = words::words(&without_foreign_carrier(text));
    let mut search = Search {
        words: &words,
        style: Style::of(&words),
        heard: Vec::new(),
        corrected: false,
    };
    search.run();
    let found = search.chosen().ok_or_else(nothing)?;
    let name = PersonName::written(&found.words.join(" "))?;
    Ok(HeardName {
        name,
        doubtful: found.guessed || confidence.is_some_and(|confidence| confidence < SURE),
    })
}

struct Search<'a> {
    words: &'a [Word],
    style: Style,
    heard: Vec<Candidate>,
    corrected: bool,
}

struct Candidate {
    found: Found,
    strength: Strength,
    part: Part,
    /// Said after "no", "sorry", "actually".
    corrects: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut at = self.opening(0);
        let mut may_be_bare = true;
        while at < self.words.len() {
            let before = at
                .checked_sub(1)
                .map(|before| self.words[before].low.as_str());
            let carrier = carrier::carrier(&self.words[at..], before).or_else(|| self.for_whom(at));
            if let Some(carrier) = carrier {
                at = self.carried(at, carrier);
                may_be_bare = false;
            } else if may_be_bare && let Some(after) = self.bare(at) {
                at = after;
                may_be_bare = false;
            } else {
                let word = &self.words[at];
                let mean = word.low == "mean" && before == Some("i");
                if lexicon::is_correction(&word.low) || mean {
                    self.corrected = true;
                    may_be_bare = true;
                    at = self.opening(at + 1);
                    continue;
                }
                // A new sentence may be the name: "Great. Anne."; or what is not the name is told first.
                let told = word.low == "not" || self.said_again_after(at);
                may_be_bare =
                    self.heard.is_empty() && (told || word.stop.is_some_and(|stop| stop != ','));
                at = if word.low == "not" {
                    self.after_stop(at)
                } else {
                    at + 1
                };
                if may_be_bare {
                    at = self.opening(at);
                }
            }
        }
    }

    /// Where the words after the next sentence mark begin.
    fn after_stop(&self, at: usize) -> usize {
        let rest = &self.words[at..];
        rest.iter()
            .position(|word| word.stop.is_some())
            .map_or(self.words.len(), |stop| at + stop + 1)
    }

    /// "Day, Felicia Day".
    fn said_again_after(&self, at: usize) -> bool {
        let word = &self.words[at];
        let again = self.words[at + 1..].iter().skip(1).take(2);
        word.stop == Some(',') && again.clone().any(|later| later.low == word.low)
    }

    /// "for Anne Smith", where a capital tells a person from a day or a service.
    fn for_whom(&self, at: usize) -> Option<Carrier> {
        let [for_word, next, ..] = &self.words[at..] else {
            return None;
        };
        let capital = next.written.starts_with(char::is_uppercase) && self.style.mixed;
        let named = lexicon::class(&next.low) == Class::Name;
        (for_word.low == "for" && self.heard.is_empty() && named && (capital || at == 0)).then_some(
            Carrier {
                strength: Strength::Weak,
                part: Part::Whole,
                length: 1,
            },
        )
    }

    /// Skips greetings and the like.
    fn opening(&self, mut at: usize) -> usize {
        while let Some(word) = self.words.get(at) {
            let low = word.low.as_str();
            let next = self.words.get(at + 1);
            let greeted =
                at > 0 && matches!(self.words[at - 1].low.as_str(), "hi" | "hello" | "hey");
            let skips = match low {
                // The caller speaks to the service by its name.
                "bella" => {
                    greeted
                        && next.is_none_or(|next| {
                            carrier::carrier(std::slice::from_ref(next), None).is_some()
                                || lexicon::class(&next.low) == Class::Grammar
                                || lexicon::class(&next.low) == Class::GrammarOrName
                                || lexicon::class(&next.low) == Class::Everyday
                                || carrier::carrier(&self.words[at + 1..], None).is_some()
                        })
                }
                "so" | "right" => {
                    word.stop.is_some()
                        || next.is_none_or(|next| {
                            lexicon::class(&next.low) != Class::Name
                                && !lexicon::is_surname_too(&next.low)
                        })
                }
                "day" | "morning" | "afternoon" | "evening" => {
                    at > 0 && self.words[at - 1].low == "good"
                }
                _ => lexicon::is_opening(low) || lexicon::class(low) == Class::Filler,
            };
            if !skips {
                break;
            }
            at += 1;
        }
        at
    }

    /// Reads the name after a carrier; says where to go on.
    fn carried(&mut self, at: usize, carrier: Carrier) -> usize {
        let mut start = at + carrier.length;
        while self.words.get(start).is_some_and(|word| {
            lexicon::class(&word.low) == Class::Filler
                || matches!(
                    word.low.as_str(),
                    "just" | "actually" | "simply" | "oh" | "still"
                ) && !matches!(carrier.strength, Strength::Bare)
        }) {
            start += 1;
        }
        if let Some(found) = phrase::read(&self.words[start..], carrier.strength, self.style)
            && self.fits(start, &found, carrier.strength)
        {
            let after = start + found.taken;
            self.push(found, carrier.strength, carrier.part);
            return after;
        }
        start
    }

    /// Whether the words after "this is", "I'm" are a name and not the beginning of something else.
    fn fits(&self, start: usize, found: &Found, strength: Strength) -> bool {
        if strength == Strength::Named {
            return true;
        }
        // "I'm hungry for …" with a small letter, where names have capitals.
        let first = &self.words[start];
        let small =
            self.style.mixed && first.written.chars().next().is_some_and(char::is_lowercase);
        let next = self.words.get(start + found.taken);
        let goes_on = next.is_some_and(|next| {
            matches!(lexicon::class(&next.low), Class::Everyday | Class::Time)
                || matches!(next.low.as_str(), "of" | "about" | "than" | "that" | "what")
        });
        if first.low.ends_with("'s")
            && next.is_some_and(|next| lexicon::class(&next.low) == Class::Everyday)
            || self
                .words
                .get((start + found.taken).saturating_sub(1))
                .is_some_and(|last| last.low.ends_with("'s"))
                && goes_on
        {
            return false;
        }
        let closed = found.taken > 0 && self.words[start + found.taken - 1].stop.is_some();
        // "it's raining", but "i'm ming".
        let happening = small && first.low.ends_with("ing") && first.low.len() > 5;
        !(happening || small && goes_on && !closed)
    }

    /// Reads a name that nothing announces; says where to go on.
    fn bare(&mut self, at: usize) -> Option<usize> {
        let mut found = phrase::read(&self.words[at..], Strength::Bare, self.style)?;
        let after = at + found.taken;
        let last = &self.words[after - 1];
        if !self.unpossessed(&mut found, after) {
            return None;
        }
        if let Some(next) = self.words.get(after)
            && last.stop.is_none()
        {
            let number = next.low.starts_with(|c: char| c.is_ascii_digit());
            let time = lexicon::class(&next.low) == Class::Time;
            let is = next.low == "is"
                && !self.words.get(after + 1).is_some_and(|word| {
                    matches!(
                        word.low.as_str(),
                        "my" | "the" | "fine" | "good" | "me" | "okay" | "spelled"
                    )
                });
            let one_word_verb =
                lexicon::class(&next.low) == Class::Everyday && !lexicon::may_follow(&next.low);
            if is
                || one_word_verb
                || !(number
                    || time
                    || lexicon::may_follow(&next.low)
                    || next.low == "this"
                        && self
                            .words
                            .get(after + 1)
                            .is_some_and(|side| side.low == "side")
                    || carrier::carrier(&self.words[after..], Some(&last.low)).is_some())
            {
                return None;
            }
        }
        let letters = spelling::spelled(&self.words[at..]).is_some();
        if !letters
            && found
                .words
                .iter()
                .all(|word| word.trim_end_matches('.').chars().count() == 1 && word.is_ascii())
        {
            return None;
        }
        let particles = |word: &&String| word.starts_with(char::is_lowercase);
        found.guessed |= found.words.len() - found.words.iter().filter(particles).count() > 3;
        self.push(found, Strength::Bare, Part::Whole);
        Some(after)
    }

    /// Takes the "'s" of "Dave's the name" and "Dave's here" from the name; `false` for "Dave's office".
    fn unpossessed(&self, found: &mut Found, after: usize) -> bool {
        let Some(last) = found.words.last_mut() else {
            return false;
        };
        let Some(stem) = last.strip_suffix("'s").map(str::to_owned) else {
            return true;
        };
        let next = self.words.get(after).map(|word| word.low.as_str());
        *last = stem;
        matches!(
            next,
            None | Some("the" | "my" | "here" | "fine" | "calling")
        )
    }

    fn push(&mut self, found: Found, strength: Strength, part: Part) {
        let corrects = std::mem::take(&mut self.corrected) && !self.heard.is_empty();
        self.heard.push(Candidate {
            found,
            strength,
            part,
            corrects,
        });
    }

    /// The name that stands: a correction, else what the strongest phrase announced.
    fn chosen(self) -> Option<Found> {
        let mut heard = self.heard;
        if let Some(at) = heard.iter().rposition(|candidate| candidate.corrects) {
            return Some(heard.swap_remove(at).found);
        }
        let of = |part: Part| heard.iter().find(|candidate| candidate.part == part);
        if let Some(last) = of(Part::Last)
            && let Some(first) = of(Part::First).or_else(|| of(Part::Whole))
            && (first.part == Part::First || first.found.words.len() == 1)
        {
            let mut whole = first.found.clone();
            if whole.words != last.found.words {
                whole.words.extend(last.found.words.iter().cloned());
            }
            return Some(whole);
        }
        let best = heard.iter().map(|candidate| candidate.strength).max()?;
        let mut found = heard
            .iter()
            .find(|candidate| candidate.strength == best)?
            .found
            .clone();
        // "It's Jon. J O N.": letters after the name, announced once more.
        if let Some(spelled) = heard.iter().skip(1).find(|other| {
            other.found.words.len() == 1
                && found.words.last().is_some_and(|last| {
                    *last != other.found.words[0]
                        && other.strength == Strength::Weak
                        && other.found.taken > 2
                        && spelling::spells(&other.found.words[0].to_lowercase(), last)
                })
        }) && let Some(last) = found.words.last_mut()
        {
            last.clone_from(&spelled.found.words[0]);
        }
        Some(found)
    }
}

/// Chinese announces a name without a space after the phrase.
fn without_foreign_carrier(text: &str) -> String {
    let trimmed = text.trim();
    ["我的名字是", "我的名字叫", "我叫", "我是"]
        .iter()
        .find_map(|phrase| trimmed.strip_prefix(phrase))
        .unwrap_or(trimmed)
        .to_owned()
}
