//! What people say around a time: corrections, refusals, greetings.

use super::part::part_at;
use super::phrase::Phrase;
use super::scan::Item;

/// Words by which a speaker takes back what was said before.
const CORRECTIONS: [&[&str]; 23] = [
    &["no", "wait"],
    &["wait", "no"],
    &["scratch", "that"],
    &["or", "rather"],
    &["i", "mean"],
    &["i", "meant"],
    &["make", "it"],
    &["make", "that"],
    &["change", "it", "to"],
    &["change", "that", "to"],
    &["hold", "on"],
    &["hang", "on"],
    &["my", "mistake"],
    &["excuse", "me"],
    &["sorry"],
    &["actually"],
    &["correction"],
    &["oops"],
    &["whoops"],
    &["wait"],
    &["rather"],
    &["nope"],
    &["no"],
];

/// Words that say that what follows is not wanted.
const REFUSALS: [&[&str]; 22] = [
    &["every", "day", "but"],
    &["each", "day", "but"],
    &["any", "but"],
    &["any", "time", "but"],
    &["instead", "of"],
    &["rather", "than"],
    &["other", "than"],
    &["anything", "but"],
    &["any", "day", "but"],
    &["cant", "do"],
    &["cant", "make", "it"],
    &["cant", "make"],
    &["cant", "come"],
    &["can", "not", "do"],
    &["can", "not", "make"],
    &["dont", "want"],
    &["dont", "have"],
    &["not", "available"],
    &["not", "free"],
    &["except"],
    &["besides"],
    &["not"],
];

/// Words that say that what went before is not wanted.
const REJECTIONS: [&[&str]; 16] = [
    &["doesnt", "work"],
    &["does", "not", "work"],
    &["dont", "work"],
    &["do", "not", "work"],
    &["wont", "work"],
    &["will", "not", "work"],
    &["wont", "do"],
    &["isnt", "good"],
    &["is", "not", "good"],
    &["is", "no", "good"],
    &["is", "bad"],
    &["is", "out"],
    &["doesnt", "suit"],
    &["does", "not", "suit"],
    &["isnt", "possible"],
    &["is", "not", "possible"],
];

/// A turn of the sentence at `i`: a correction, a refusal or a rejection.
pub(crate) fn turn_at(p: &Phrase, i: usize) -> Option<(Item, usize)> {
    if p.word(i) == "not" && matches!(p.before(i), "if" | "why") {
        return None;
    }
    let any = |lists: &[&[&str]], item: Item| {
        lists
            .iter()
            .find(|words| p.says(i, words))
            .map(|words| (item, i + words.len()))
    };
    any(&REJECTIONS, Item::Reject)
        .or_else(|| any(&REFUSALS, Item::Not))
        .or_else(|| any(&CORRECTIONS, Item::Correction))
}

/// Words that name a part of the day and mean none: "good morning", "have a nice evening".
pub(crate) fn aside_at(p: &Phrase, i: usize) -> Option<usize> {
    if !matches!(p.word(i), "good" | "nice" | "great" | "lovely") {
        return None;
    }
    if p.weekday(i + 1).is_some() {
        return None;
    }
    part_at(p, i + 1).map(|(_, next)| next)
}

/// Whether the name of a street ends within three words from `i`: "at 12 King Street" is no time.
pub(crate) fn is_address(p: &Phrase, i: usize) -> bool {
    (i..i + 3)
        .take_while(|at| *at == i || !p.broken(*at))
        .any(|at| {
            matches!(
                p.word(at),
                "street"
                    | "avenue"
                    | "road"
                    | "drive"
                    | "crescent"
                    | "boulevard"
                    | "lane"
                    | "court"
            )
        })
}

/// The time zone named at `i`, by its abbreviation or its name, and the position after it.
pub(crate) fn zone_at(p: &Phrase, i: usize) -> Option<(Option<&'static str>, usize)> {
    let zone = match p.word(i) {
        "est" | "edt" | "eastern" => Some("America/Toronto"),
        "cst" | "cdt" | "central" => Some("America/Winnipeg"),
        "mst" | "mdt" | "mountain" => Some("America/Edmonton"),
        "pst" | "pdt" | "pacific" => Some("America/Vancouver"),
        "ast" | "adt" | "atlantic" => Some("America/Halifax"),
        "nst" | "ndt" | "newfoundland" => Some("America/St_Johns"),
        "gmt" | "utc" | "bst" | "cet" | "cest" => None,
        _ => return None,
    };
    let next = p.skip(i + 1, &["standard", "daylight"]);
    Some((zone, p.skip(next, &["time"])))
}

/// Whether a verb tells of moving an appointment.
pub(crate) fn is_move(word: &str) -> bool {
    matches!(
        word,
        "move" | "change" | "reschedule" | "switch" | "push" | "moved" | "changed" | "bump"
    )
}

/// "Same time", and "this time" where a day follows.
pub(crate) fn same_time(p: &Phrase, i: usize) -> Option<usize> {
    match (p.word(i), p.word(i + 1)) {
        ("same", "time" | "hour") => Some(i + 2),
        ("this" | "that", "time")
            if matches!(p.word(i + 2), "tomorrow" | "next" | "on" | "in")
                || p.weekday(i + 2).is_some() =>
        {
            Some(i + 2)
        }
        _ if p.says(i, &["same", "day", "and", "time"]) => Some(i + 4),
        _ => None,
    }
}
