//! How a text is cut into segments, which are what is billed.

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// How many segments are billed.
    pub count: usize,
    /// Whether every character is in GSM 03.38; if not, all of it goes out as UCS-2, at less than half the length.
    pub gsm: bool,
}

/// GSM 03.38's basic character set, of one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension, of two septets each: an escape and a character.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a text is sent: 160 septets or 70 UTF-16 units in one segment, 153 or 67 in each of several, no character cut in two.
pub fn segments(text: &str) -> Segments {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    match septets {
        Some(widths) => Segments {
            count: cut(&widths, 160, 153),
            gsm: true,
        },
        None => {
            let widths: Vec<_> = text.chars().map(char::len_utf16).collect();
            Segments {
                count: cut(&widths, 70, 67),
                gsm: false,
            }
        }
    }
}

fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENDED.contains(character) {
        Some(2)
    } else {
        None
    }
}

fn cut(widths: &[usize], alone: usize, of_several: usize) -> usize {
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (mut count, mut used) = (1, 0);
    for width in widths {
        if used + width > of_several {
            (count, used) = (count + 1, 0);
        }
        used += width;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_the_standard_cuts_them() {
        for (text, count, gsm) in [
            (String::new(), 1, true),
            ("a".repeat(160), 1, true),
            ("a".repeat(161), 2, true),
            ("a".repeat(306), 2, true),
            ("a".repeat(307), 3, true),
            ("€".repeat(80), 1, true),
            ("€".repeat(81), 2, true),
            // 76 euro signs take 152 septets: the next does not fit into the 153rd.
            ("€".repeat(153), 3, true),
            ("✅ Appointment confirmed".to_owned(), 1, false),
            ("✅".repeat(70), 1, false),
            ("✅".repeat(71), 2, false),
            ("🎉".repeat(35), 1, false),
            ("🎉".repeat(36), 2, false),
            ("é à ñ Ö".to_owned(), 1, true),
            ("ç".to_owned(), 1, false),
        ] {
            assert_eq!(segments(&text), Segments { count, gsm }, "{text}");
        }
    }
}
