//! Words as a recogniser writes them down.

/// Longest text that is read, in bytes: a caller's turn lasts seconds, so anything longer is not speech.
const LONGEST: usize = 2_000;

/// A word of a caller's turn.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// As it was written, without quotation and sentence marks.
    pub(crate) written: String,
    /// In lower case, with plain apostrophes.
    pub(crate) low: String,
    /// The sentence mark after it: one of `. , ? ! ; :` or `…`.
    pub(crate) stop: Option<char>,
}

/// Splits a turn into words; what stands in brackets (noise, as recognisers mark it) and quotation marks are gone.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let text = without_noise(text);
    let mut words: Vec<Word> = Vec::new();
    for piece in text.split_whitespace() {
        push_piece(&mut words, piece);
    }
    words
}

/// A turn without `[noise]`, `(noise)` and `<tags>`, shortened to what can be speech.
pub(crate) fn without_noise(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '(', '<']) {
        kept.push_str(&rest[..at]);
        let open = &rest[at..];
        let close = match open.as_bytes()[0] {
            b'[' => ']',
            b'(' => ')',
            _ => '>',
        };
        match open.find(close) {
            Some(end) if is_noise(&open[1..end]) => {
                kept.push(' ');
                rest = &open[end + 1..];
            }
            _ => {
                kept.push(' ');
                rest = &open[1..];
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn is_noise(inside: &str) -> bool {
    inside.chars().any(char::is_alphabetic) && !inside.chars().any(|c| c.is_ascii_digit())
        || inside.starts_with(['/', '!'])
}

fn push_piece(words: &mut Vec<Word>, piece: &str) {
    let mut part = String::new();
    let mut chars = piece.chars().peekable();
    while let Some(c) = chars.next() {
        let c = plain(c);
        let inner = chars.peek().is_some_and(|next| next.is_alphanumeric()) && !part.is_empty();
        match c {
            '"' => {}
            // Inside a word a stop belongs to it: "p.m.", "9.30", "2:30".
            '.' | ':' | ',' if inner && keeps_stop(&part, c) => part.push(c),
            '.' | ',' | '?' | '!' | ';' | ':' | '…' => {
                close(words, &mut part);
                if let Some(last) = words.last_mut() {
                    last.stop = Some(if last.stop == Some('?') { '?' } else { c });
                }
            }
            '—' | '–' if !inner => close(words, &mut part),
            _ => part.push(if c == '–' { '-' } else { c }),
        }
    }
    close(words, &mut part);
}

fn keeps_stop(part: &str, stop: char) -> bool {
    let digit = part.ends_with(|c: char| c.is_ascii_digit());
    match stop {
        '.' => digit || part.chars().rev().take_while(|c| *c != '.').count() == 1,
        _ => digit,
    }
}

fn close(words: &mut Vec<Word>, part: &mut String) {
    let written = part.trim_matches(['\'', '-', '*', '_', '/']);
    if !written.is_empty() {
        words.push(Word {
            written: written.to_owned(),
            low: written.to_lowercase(),
            stop: None,
        });
    }
    part.clear();
}

/// One form for what typesetters distinguish.
fn plain(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' | '`' | '´' => '\'',
        '“' | '”' | '«' | '»' | '„' => '"',
        '‐' | '‑' => '-',
        '，' | '、' | '،' => ',',
        '。' => '.',
        '？' | '؟' => '?',
        _ => c,
    }
}

/// Words with contractions written out: "don't" as "do not", "it's" as "it is".
pub(crate) fn written_out(words: Vec<Word>) -> Vec<Word> {
    let mut all = Vec::with_capacity(words.len() + 4);
    for word in words {
        let Some((stem, rest)) = contraction(&word.low) else {
            all.push(word);
            continue;
        };
        for low in [stem, rest] {
            all.push(Word {
                written: low.to_owned(),
                low: low.to_owned(),
                stop: None,
            });
        }
        if let Some(last) = all.last_mut() {
            last.stop = word.stop;
        }
    }
    all
}

fn contraction(low: &str) -> Option<(&str, &'static str)> {
    Some(match low {
        "can't" | "cannot" | "cant" => ("can", "not"),
        "won't" => ("will", "not"),
        "shan't" => ("shall", "not"),
        "dont" => ("do", "not"),
        "isnt" => ("is", "not"),
        "thats" => ("that", "is"),
        "let's" => ("let", "us"),
        "im" => ("i", "am"),
        _ => {
            let (stem, ending) = low.rsplit_once('\'')?;
            match ending {
                "t" => (stem.strip_suffix('n')?, "not"),
                "s" if has_is(stem) => (stem, "is"),
                "m" => (stem, "am"),
                "d" => (stem, "would"),
                "ll" => (stem, "will"),
                "re" => (stem, "are"),
                "ve" => (stem, "have"),
                _ => return None,
            }
        }
    })
}

/// Whether "'s" after this word is "is", not a possessive.
fn has_is(stem: &str) -> bool {
    matches!(
        stem,
        "it" | "that"
            | "this"
            | "what"
            | "who"
            | "when"
            | "where"
            | "how"
            | "there"
            | "here"
            | "he"
            | "she"
            | "name"
            | "number"
            | "everything"
            | "everybody"
            | "something"
            | "why"
            | "time"
            | "day"
            | "date"
    )
}
