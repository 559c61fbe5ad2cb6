//! Tables of cases (one JSON object a line: `input` and `expected`), and numbers that look random.
#![allow(dead_code, reason = "each test binary uses the part it needs")]

/// A case: what was said, and what it means (`null` for nothing).
#[derive(serde::Deserialize)]
pub(crate) struct Case {
    pub(crate) input: String,
    pub(crate) expected: Option<String>,
}

/// Reads `tests/cases/{table}.jsonl`.
pub(crate) fn table(table: &str) -> Vec<Case> {
    let path = format!("{}/tests/cases/{table}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a table of cases");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a case"))
        .collect()
}

/// What is wrong in a table, one case a line.
pub(crate) fn failures(name: &str, understand: impl Fn(&str) -> Option<String>) -> Vec<String> {
    table(name)
        .iter()
        .filter_map(|case| {
            let heard = understand(&case.input);
            (heard != case.expected).then(|| {
                format!(
                    "{:?}: expected {:?}, heard {:?}",
                    case.input, case.expected, heard
                )
            })
        })
        .collect()
}

/// Asserts that every case of a table is understood.
pub(crate) fn all_understood(name: &str, understand: impl Fn(&str) -> Option<String>) {
    let wrong = failures(name, understand);
    assert!(
        wrong.is_empty(),
        "{}: {}\n{}",
        name,
        wrong.len(),
        wrong.join("\n")
    );
}

/// Asserts that every case of a table is understood but these, which the test gives reasons for.
pub(crate) fn all_understood_but(
    exceptions: &[&str],
    name: &str,
    understand: impl Fn(&str) -> Option<String>,
) {
    let wrong = failures(name, understand);
    let excepted = |line: &&String| {
        exceptions
            .iter()
            .any(|input| line.starts_with(&format!("{input:?}: ")))
    };
    let others: Vec<_> = wrong.iter().filter(|line| !excepted(line)).collect();
    assert!(others.is_empty(), "{name}: {others:#?}");
    assert_eq!(
        wrong.len(),
        exceptions.len(),
        "{name}: an exception that is none any more"
    );
}

/// Asserts that at least `floor` cases of a table are understood: the score of the first run over a table
/// that was set aside while the rules were written.
pub(crate) fn at_least(name: &str, floor: usize, understand: impl Fn(&str) -> Option<String>) {
    let wrong = failures(name, understand);
    let right = table(name).len() - wrong.len();
    assert!(
        right >= floor,
        "{name}: {right} right, {floor} expected\n{}",
        wrong.join("\n")
    );
}

/// Asserts that a case stands in the table its text belongs to: a third, by a hash (FNV-1a) of the text, was set aside.
pub(crate) fn assert_split(name: &str) {
    let set_aside = |text: &str| {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash.is_multiple_of(3)
    };
    for (part, expected) in [("tuned", false), ("unseen", true)] {
        for case in table(&format!("{name}-{part}")) {
            assert_eq!(set_aside(&case.input), expected, "{:?}", case.input);
        }
    }
}

/// A sequence of numbers that is the same in each run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).expect("31 bits");
        high % sides
    }

    /// A text of words from `vocabulary`, of signs and of any characters at all.
    pub(crate) fn text(&mut self, vocabulary: &[&str]) -> String {
        let mut text = String::new();
        for _ in 0..self.roll(14) {
            match self.roll(12) {
                0 => text.extend(char::from_u32(
                    u32::try_from(self.roll(0x11_0000)).expect("21 bits"),
                )),
                1 => text.push_str(
                    ["'", "-", ".", ",", "?", "[", ">", "(", "\u{0}", "’"][self.roll(10)],
                ),
                2 => text.push_str(&self.roll(100_000).to_string()),
                _ => text.push_str(vocabulary[self.roll(vocabulary.len())]),
            }
            if self.roll(4) > 0 {
                text.push(' ');
            }
        }
        text
    }
}
