//! Words and idioms of answers, contractions written out.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::words::Word;

/// What a word or an idiom says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// Agrees: "right", "book it".
    Good,
    /// Agrees only if the clause says nothing else: "want", "like".
    Wish,
    /// Disagrees, and agrees when denied: "wrong".
    Bad,
    /// Asks to undo; denied, it is unclear: "cancel".
    Undo,
    /// Agrees, and doubts when denied: "sure".
    Certain,
    /// Agrees whatever stands before it: "no problem".
    FixedYes,
    /// Disagrees whatever stands before it: "not really".
    FixedNo,
    /// Neither, whatever stands before it: "not sure".
    Doubt,
    /// Doubts unless denied: "maybe", "probably not".
    Perhaps,
    /// Turns the rest of the clause round.
    Not,
    /// Says nothing, and hides the words in it: "right now".
    Empty,
}

use Sense::*;

#[rustfmt::skip]
const IDIOMS: &[(&str, Sense)] = &[
    // Agreement with a negation in it.
    ("no problem", FixedYes), ("no problems", FixedYes), ("not a problem", FixedYes), ("no worries", FixedYes),
    ("no issue", FixedYes), ("no issues", FixedYes), ("no objection", FixedYes), ("no objections", FixedYes),
    ("no complaints", FixedYes), ("no doubt", FixedYes), ("no question", FixedYes), ("why not", FixedYes),
    ("do not see why not", FixedYes), ("can not see why not", FixedYes), ("do not mind", FixedYes), ("would not mind", FixedYes),
    ("do not have a problem", FixedYes), ("do not have any problem", FixedYes), ("not an issue", FixedYes),
    ("nothing wrong", FixedYes), ("not bad", FixedYes), ("can not argue", FixedYes), ("can not complain", FixedYes),
    ("could not be better", FixedYes), ("could not agree more", FixedYes), ("nothing better", FixedYes),
    ("what the heck", FixedYes), ("no need to change", FixedYes), ("no changes", FixedYes), ("do not change", FixedYes),
    ("not in the least", FixedNo), ("can not wait", FixedYes), ("nothing against", FixedYes), ("why would i not", FixedYes), ("why would not i", FixedYes), ("why would not", FixedYes),
    ("could not say", Doubt), ("can not tell", Doubt), ("could not tell", Doubt), ("do not worry", Doubt), ("do not care", Doubt), ("not care less", Doubt), ("no rush", Doubt), ("no hurry", Doubt), ("my doubts", Doubt), ("come again", Doubt), ("say that again", Doubt), ("say again", Doubt), ("repeat", Doubt), ("pardon", Doubt), ("unsure", Doubt), ("uncertain", Doubt), ("i am good", Empty), ("i am fine", Empty), ("i am okay", Empty), ("i am ok", Empty),
    ("maybe later", FixedNo), ("instead", FixedNo), ("old number", FixedNo), ("new number", FixedNo), ("another number", FixedNo), ("thumbs down", FixedNo), ("pas du tout", FixedNo), ("nyet", FixedNo), ("no need", FixedNo), ("not right now", FixedNo), ("some other", FixedNo),
    ("doubt", Bad), ("against", Bad), ("opposed", Bad), ("object", Bad), ("terrible", Bad), ("horrible", Bad), ("awful", Bad), ("problem", Bad), ("misheard", Bad), ("mixed up", Bad),
    ("100 percent", Good), ("hundred percent", Good), ("100%", Good), ("thumbs up", Good), ("ten four", Good), ("copy that", Good), ("gotcha", Good), ("got it", Good), ("understood", Good), ("fair enough", Good), ("righto", Good), ("rightio", Good),
    ("very well", Good), ("very much so", Good), ("yessir", Good), ("all set", Good), ("sweet", Good), ("splendid", Good), ("marvellous", Good), ("ja", Good), ("da", Good), ("claro", Good), ("c'est bon", Good), ("c'est beau", Good), ("pas de problème", FixedYes), ("use that number", Good), ("use this number", Good), ("use it", Good),
    ("so be it", Good), ("as you wish", Good), ("you may", Good), ("happy to", Good), ("glad to", Good), ("i am good with", Good), ("i am okay with", Good), ("i am ok with", Good), ("i am fine with", Good), ("that is better", Good), ("much better", Good), ("even better", Good), ("yes indeedy", Good), ("you can", Good), ("you could", Good), ("feel free", Good), ("it is on", Good), ("i am game", Good), ("down for", Good),
    // Refusal.
    ("no thanks", FixedNo), ("no thank you", FixedNo), ("no way", FixedNo), ("no good", FixedNo), ("not really", FixedNo),
    ("not quite", FixedNo), ("not exactly", FixedNo), ("not at all", FixedNo), ("not yet", FixedNo), ("not necessarily", Doubt),
    ("never mind", FixedNo), ("nevermind", FixedNo), ("rather not", FixedNo), ("do not think so", FixedNo),
    ("do not believe so", FixedNo), ("hope not", FixedNo), ("afraid not", FixedNo), ("changed my mind", FixedNo),
    ("change my mind", FixedNo), ("something else", FixedNo), ("somewhere else", FixedNo), ("too early", FixedNo), ("too late", FixedNo),
    ("too soon", FixedNo), ("another time", FixedNo), ("another day", FixedNo), ("another one", FixedNo),
    ("different", FixedNo), ("other time", FixedNo), ("other day", FixedNo), ("nuh uh", FixedNo), ("nuh-uh", FixedNo),
    ("uh uh", FixedNo), ("uh-uh", FixedNo), ("mm-mm", FixedNo), ("not so fast", FixedNo), ("no can do", FixedNo),
    ("by no means", FixedNo), ("out of the question", FixedNo), ("leave it", FixedNo), ("that is not it", FixedNo),
    ("no use", FixedNo), ("of course not", FixedNo), ("no deal", FixedNo), ("not okay", FixedNo), ("not for me", FixedNo),
    // Doubt.
    ("not sure", Doubt), ("not so sure", Doubt), ("not too sure", Doubt), ("not really sure", Doubt), ("not quite sure", Doubt),
    ("not certain", Doubt), ("not entirely sure", Doubt), ("not exactly sure", Doubt), ("not a hundred percent sure", Doubt),
    ("do not know", Doubt), ("do not really know", Doubt), ("no idea", Doubt), ("no clue", Doubt), ("do not remember", Doubt), ("can not say", Doubt),
    ("can not remember", Doubt), ("can not decide", Doubt), ("do not understand", Doubt), ("did not understand", Doubt), ("did not hear", Doubt), ("did not catch", Doubt),
    ("can not hear", Doubt), ("might", Perhaps), ("depends", Doubt), ("dunno", Doubt), ("hard to say", Doubt),
    ("yes and no", Doubt), ("so so", Doubt),  ("could be", Doubt), ("whatever", Doubt), ("either way", Doubt),
    ("maybe", Perhaps), ("perhaps", Perhaps), ("possibly", Perhaps), ("probably", Perhaps), ("likely", Perhaps),
    // Agreement.
    ("uh huh", Good), ("uh-huh", Good), ("uhhuh", Good), ("mm hmm", Good), ("mm-hmm", Good), ("mmhmm", Good), ("mhm", Good), ("mm-hm", Good), ("mm hm", Good), ("hmm-mm", Good),
    ("yes", Good), ("yeah", Good), ("yep", Good), ("yup", Good), ("ya", Good), ("yah", Good), ("yea", Good), ("yas", Good), ("yess", Good), ("yeh", Good), ("ye", Good),
    ("aye", Good), ("oui", Good), ("si", Good), ("sí", Good), ("ouais", Good), ("d'accord", Good), ("bien sûr", Good), ("parfait", Good), ("haan", Good),
    ("affirmative", Good), ("indeed", Good), ("totally", Good), ("roger", Good), ("amen", Good), ("bet", Good), ("you bet", Good), ("bingo", Good), ("precisely", Good),
    ("sure", Certain), ("certain", Certain), ("positive", Certain), ("sure thing", FixedYes), ("for sure", Good), ("for certain", Good),
    ("certainly", Good), ("surely", Good), ("definitely", Good), ("absolutely", Good), ("of course", Good), ("naturally", Good), ("exactly", Good), ("by all means", Good), ("without a doubt", FixedYes),
    ("right", Good), ("correct", Good), ("true", Good), ("accurate", Good), ("good", Good), ("great", Good), ("fine", Good), ("perfect", Good), ("perfectly", Good), ("excellent", Good),
    ("wonderful", Good), ("lovely", Good), ("awesome", Good), ("amazing", Good), ("fantastic", Good), ("brilliant", Good), ("super", Good), ("terrific", Good), ("cool", Good), ("ideal", Good), ("nice", Good), ("beautiful", Good), ("better", Empty),
    ("ok", Good), ("okay", Good), ("o.k", Good), ("okey-dokey", Good), ("okey dokey", Good), ("okey doke", Good), ("okie dokie", Good), ("k", Good), ("kk", Good), ("alright", Good), ("all right", Good), ("all good", Good), ("alrighty", Good),
    ("deal", Good), ("agree", Good), ("agreed", Good), ("accept", Good), ("approve", Good), ("approved", Good), ("acceptable", Good), ("granted", Good), ("done", Good), ("10-4", Good),
    ("book", Good), ("confirm", Good), ("confirmed", Good), ("reserve", Good), ("schedule", Good), ("proceed", Good), ("continue", Good), ("finalize", Good), ("save it", Good),
    ("go ahead", Good), ("go for it", Good), ("do it", Good), ("do that", Good), ("do so", Good), ("please do", Good), ("make it so", Good), ("make it happen", Good), ("let us go", Good), ("let us do", Good), ("go with", Good),
    ("make it", Good), ("take it", Good), ("take that", Good), ("i will take", Good), ("we will take", Good), ("lock it in", Good), ("count me in", Good), ("sign me up", Good), ("put me down", Good), ("put me in", Good), ("put it in", Good), ("i am in", Good), ("be there", Good),
    ("you got it", Good), ("you have got it", Good), ("got it right", Good), ("you are right", Good), ("works", Good), ("will work", Good), ("would work", Good), ("work", Good), ("suits", Good), ("suit", Good), ("will do", Good), ("would do", Good), ("fits", Good),
    ("sounds like a plan", Good), ("sound good", Good), ("the one", Good), ("happy with", Good), ("i am happy", Good), ("looks about right", Good),
    ("think so", Good), ("guess so", Good), ("suppose so", Good), ("believe so", Good), ("hope so", Good), ("reckon so", Good), ("say so", Good), ("as you say", Good), ("like you said", Good),
    ("want", Wish), ("like", Wish), ("love", Wish), ("please", Wish), ("would be", Empty), ("need", Wish), ("s'il vous plaît", Empty), ("thank you", Empty),
    ("right now", Empty), ("right away", Empty), ("good morning", Empty), ("good afternoon", Empty), ("good evening", Empty), ("good day", Empty), ("good bye", Empty), ("good question", Empty), ("how about", Empty), ("work at", Empty), ("at work", Empty), ("good friday", Empty),
    // Disagreement.
    ("wrong", Bad), ("incorrect", Bad), ("false", Bad), ("untrue", Bad), ("bad", Bad), ("mistake", Bad), ("inaccurate", Bad), ("error", Bad), ("mistaken", Bad),
    ("cancel", Undo), ("stop", Undo), ("forget it", Undo), ("forget about", Undo), ("forget that", Undo), ("change", Undo), ("delete", Undo), ("scrap", Undo), ("drop it", Undo), ("scratch that", Undo), ("reschedule", Undo), ("abort", Undo), ("undo", Undo), ("hang up", Undo),
    ("no", FixedNo), ("nope", FixedNo), ("nah", FixedNo), ("naw", FixedNo), ("noo", FixedNo), ("nooo", FixedNo), ("non", FixedNo), ("nein", FixedNo), ("negative", FixedNo), ("neither", FixedNo), ("none", FixedNo), ("nay", FixedNo), ("pass", FixedNo), ("decline", FixedNo), ("refuse", FixedNo), ("disagree", FixedNo),
    ("unfortunately", Empty),
    ("not", Not), ("never", Not),
];

/// The idiom these words begin with, the longest, and how many words it has.
pub(super) fn idiom(words: &[Word]) -> Option<(Sense, usize)> {
    static BY_FIRST_WORD: LazyLock<HashMap<&str, Vec<(&str, Sense)>>> = LazyLock::new(|| {
        let mut by_first_word: HashMap<&str, Vec<(&str, Sense)>> = HashMap::new();
        for (idiom, sense) in IDIOMS {
            let first = idiom.split(' ').next().unwrap_or(idiom);
            by_first_word
                .entry(first)
                .or_default()
                .push((idiom, *sense));
        }
        by_first_word
    });
    BY_FIRST_WORD
        .get(words.first()?.low.as_str())?
        .iter()
        .filter_map(|(idiom, sense)| Some((*sense, begins(words, idiom)?)))
        .max_by_key(|(_, length)| *length)
}

/// How many words an idiom has if the words begin with it; no sentence mark may stand inside.
pub(super) fn begins(words: &[Word], idiom: &str) -> Option<usize> {
    let mut length = 0;
    for part in idiom.split(' ') {
        let word = words.get(length)?;
        if word.low != part || (length > 0 && words[length - 1].stop.is_some()) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// How many words of a bare yes or no open these words: "yes that's wrong" is two clauses.
pub(super) fn opening(words: &[Word]) -> usize {
    let Some((sense, length)) = idiom(words) else {
        return 0;
    };
    let bare = matches!(
        words[0].low.as_str(),
        "yes"
            | "yeah"
            | "yep"
            | "yup"
            | "ya"
            | "oh"
            | "no"
            | "nope"
            | "nah"
            | "ok"
            | "okay"
            | "sure"
    );
    if length == 1 && bare && sense != Empty {
        1
    } else {
        0
    }
}

/// Whether a word makes a condition of what follows.
pub(super) fn is_reserve(low: &str) -> bool {
    matches!(
        low,
        "but" | "except" | "unless" | "although" | "however" | "only" | "if"
    )
}

/// How many words of a correction these words begin with.
pub(super) fn correction(words: &[Word]) -> usize {
    const CORRECTIONS: [&str; 9] = [
        "i mean",
        "i meant",
        "i said",
        "wait",
        "sorry",
        "actually",
        "rather",
        "scratch that",
        "hold on",
    ];
    if begins(words, "rather not").is_some() {
        return 0;
    }
    CORRECTIONS
        .iter()
        .filter_map(|words_of| begins(words, words_of))
        .max()
        .unwrap_or(0)
}
