//! Capitals as names are written.

/// Surnames after "Mac" whose second capital is usual; others, such as "Mackenzie" as a first name, have none.
const AFTER_MAC: [&str; 12] = [
    "donald", "dougall", "gregor", "millan", "pherson", "intyre", "lean", "leod", "kinnon",
    "isaac", "neil", "arthur",
];

/// A word of a name with its capitals; `shouted` if the whole turn is in capitals.
///
/// Capitals inside a word stay where they are those of a name ("MacKenzie", "LeBlanc"); other mixtures ("bOb")
/// are the recogniser's.
pub(super) fn titled(word: &str, shouted: bool) -> String {
    if is_initials(word) || !shouted && has_two_capitals(word) {
        return word.to_owned();
    }
    let mut titled = String::with_capacity(word.len());
    for (at, part) in word.split('-').enumerate() {
        if at > 0 {
            titled.push('-');
        }
        let small = at == 0
            && matches!(
                part,
                "al" | "el" | "ad" | "ar" | "as" | "az" | "ul" | "ud" | "ibn"
            )
            && word.contains('-');
        titled.push_str(&if small {
            part.to_owned()
        } else {
            titled_part(part)
        });
    }
    titled
}

/// "JP", "TJ", "AJ": two letters that are no syllable, or end in the J of so many second names; not the surname "Ng".
fn is_initials(word: &str) -> bool {
    word.len() == 2
        && word.bytes().all(|letter| letter.is_ascii_uppercase())
        && word != "NG"
        && (word.ends_with('J') || !word.contains(['A', 'E', 'I', 'O', 'U', 'Y']))
}

/// "McDonald", "DeShawn", "LaToya-Jane": each part one or two capitals, each with small letters after it.
fn has_two_capitals(word: &str) -> bool {
    let parts = || word.split(['-', '\'']);
    let two_humps = |part: &str| {
        let mut humps = 0;
        let mut small = 2;
        for c in part.chars() {
            if c.is_uppercase() {
                if humps > 0 && small < 1 || humps == 2 {
                    return false;
                }
                humps += 1;
                small = 0;
            } else if humps == 0 {
                return false;
            } else {
                small += 1;
            }
        }
        humps == 2 && small >= 2
    };
    let plain = |part: &str| {
        part.chars().next().is_some_and(char::is_uppercase)
            && part.chars().skip(1).all(|c| !c.is_uppercase())
    };
    parts().any(two_humps) && parts().all(|part| two_humps(part) || plain(part))
}

fn titled_part(part: &str) -> String {
    let low = part.to_lowercase();
    if matches!(low.as_str(), "ii" | "iii" | "iv") {
        return low.to_uppercase();
    }
    if let Some((before, after)) = low.split_once('\'') {
        // "O'Brien", "D'Angelo", "L'Heureux", but "Sa'ed".
        let after = if before.chars().count() <= 1 && after.chars().count() > 1 {
            titled_part(after)
        } else {
            after.to_owned()
        };
        return format!("{}'{after}", capital(before));
    }
    if let Some(rest) = low.strip_prefix("mc").filter(|rest| rest.len() > 2) {
        return format!("Mc{}", capital(rest));
    }
    if let Some(rest) = low
        .strip_prefix("mac")
        .filter(|rest| AFTER_MAC.contains(rest))
    {
        return format!("Mac{}", capital(rest));
    }
    capital(&low)
}

fn capital(low: &str) -> String {
    let mut chars = low.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
