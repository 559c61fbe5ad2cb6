//! Telephone numbers: the tables, and what every number must survive.

mod support;

use bella_domain::phone::{self, Mobile, Region};
use support::Dice;

fn e164(text: &str) -> Option<String> {
    phone::understand(text)
        .ok()
        .map(|mobile| mobile.e164().to_owned())
}

fn reason(text: &str) -> String {
    phone::understand(text).expect_err("no number").reason
}

#[test]
fn given_cases() {
    support::all_understood("phone-given", e164);
}

#[test]
fn own_cases() {
    support::all_understood("phone-tuned", e164);
}

#[test]
fn unseen_cases() {
    support::at_least("phone-unseen", 55, e164);
}

#[test]
fn the_tables_are_split_by_their_text() {
    support::assert_split("phone");
}

#[test]
fn a_reason_says_what_is_missing() {
    assert_eq!(reason("416 55 1234"), "a digit is missing");
    assert_eq!(reason("416 555 12345"), "too many digits");
    assert_eq!(reason("555-1234"), "the area code is missing");
    assert_eq!(reason("416 555"), "digits are missing");
    assert_eq!(reason(&"4 hundred five is ".repeat(100)), "too many digits");
    assert_eq!(reason("hello"), "no telephone number");
    assert_eq!(reason("999 999 9999"), "no such telephone number");
    assert_eq!(
        reason("416 555 1234 or 647 555 9876"),
        "two different telephone numbers"
    );
}

#[test]
fn e164_is_read_strictly() {
    for text in [
        "+14165551234",
        "+447911123456",
        "+33612345678",
        "+12425021234",
    ] {
        assert_eq!(Mobile::from_e164(text).expect(text).e164(), text);
    }
    for text in [
        "anonymous",
        "Anonymous",
        "Restricted",
        "unavailable",
        "+266696687",
        "+86282452253",
        "+656667",
        "+7378742833",
        "+2562533",
        "+8656696",
        "client:ann",
        "sip:ann@example.com",
        "",
        "+",
        "+1",
        "14165551234",
        "4165551234",
        "+1 416 555 1234",
        "+1-416-555-1234",
        "+1416555123",
        "+141655512345",
        "+11165551234",
        "+10005551234",
        "+1416555123x",
        "+١٤١٦٥٥٥١٢٣٤",
        "+14165551234 ",
        "+999123456789",
        "+4402079460958",
        "ünavailable",
    ] {
        assert!(Mobile::from_e164(text).is_err(), "{text}");
    }
}

#[test]
fn a_number_is_spoken_in_groups() {
    let spoken = |text| Mobile::from_e164(text).expect(text).spoken();
    assert_eq!(spoken("+14165551234"), "416-555-1234");
    assert_eq!(spoken("+447911123456"), "+44 7911 123456");
    assert_eq!(spoken("+33612345678"), "+33 6 12 34 56 78");
}

#[test]
fn a_number_knows_its_region() {
    let region = |text| Mobile::from_e164(text).expect(text).region();
    assert_eq!(region("+14165551234"), Region::NorthAmerica);
    assert_eq!(region("+12425021234"), Region::NorthAmerica);
    assert_eq!(region("+447911123456"), Region::Elsewhere);
}

#[test]
fn debug_hides_the_number() {
    let mobile = Mobile::from_e164("+14165551234").expect("a number");
    assert_eq!(format!("{mobile:?}"), "Mobile(…34)");
}

const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

fn values(digits: &str) -> Vec<usize> {
    digits
        .bytes()
        .map(|byte| usize::from(byte - b'0'))
        .collect()
}

fn digit_by_digit(digits: &str, zero: &str) -> String {
    values(digits)
        .iter()
        .map(|digit| if *digit == 0 { zero } else { DIGITS[*digit] })
        .collect::<Vec<_>>()
        .join(" ")
}

fn pair(tens: usize, unit: usize) -> String {
    match (tens, unit) {
        (0, 0) => "zero zero".to_owned(),
        (0, unit) => format!("oh {}", DIGITS[unit]),
        (1, unit) => TEENS[unit].to_owned(),
        (tens, 0) => TENS[tens].to_owned(),
        (tens, unit) => format!("{}-{}", TENS[tens], DIGITS[unit]),
    }
}

fn in_pairs(digits: &str) -> String {
    let d = values(digits);
    format!(
        "{} {} {} {} {} {}",
        DIGITS[d[0]],
        pair(d[1], d[2]),
        DIGITS[d[3]],
        pair(d[4], d[5]),
        pair(d[6], d[7]),
        pair(d[8], d[9]),
    )
}

fn with_repeats(digits: &str) -> String {
    let d = values(digits);
    let mut words = Vec::new();
    let mut at = 0;
    while at < d.len() {
        let same = d[at..].iter().take_while(|digit| **digit == d[at]).count();
        let (word, taken) = match same {
            1 => ("", 1),
            2 => ("double ", 2),
            _ => ("triple ", 3),
        };
        words.push(format!("{word}{}", DIGITS[d[at]]));
        at += taken;
    }
    words.join(" ")
}

#[test]
fn every_number_is_understood_however_it_is_spoken() {
    let mut dice = Dice(20_260_310);
    let mut tried = 0;
    let mut pairs_misread = Vec::new();
    while tried < 10_000 {
        let national = format!(
            "{}{:02}{}{:02}{:04}",
            2 + dice.roll(8),
            dice.roll(100),
            2 + dice.roll(8),
            dice.roll(100),
            dice.roll(10_000)
        );
        let number = format!("+1{national}");
        if Mobile::from_e164(&number).is_err() {
            continue;
        }
        tried += 1;
        let (area, exchange, line) = (&national[..3], &national[3..6], &national[6..]);
        for said in [
            digit_by_digit(&national, "zero"),
            digit_by_digit(&national, "oh"),
            format!("my number is {}", digit_by_digit(&national, "o")),
            with_repeats(&national),
            format!("one {}", digit_by_digit(&national, "nought")),
            format!("({area}) {exchange}-{line}"),
            format!("it's {area} {exchange} {line} extension 12"),
            format!("{exchange}-{line}, area code {area}"),
        ] {
            assert_eq!(e164(&said).as_deref(), Some(number.as_str()), "{said}");
        }
        let said = in_pairs(&national);
        if e164(&said).as_deref() != Some(number.as_str()) {
            pairs_misread.push(format!("{said}: {number} heard as {:?}", e164(&said)));
        }
    }
    assert!(
        pairs_misread.is_empty(),
        "{} of {tried}: {}",
        pairs_misread.len(),
        pairs_misread[..pairs_misread.len().min(8)].join("\n")
    );
}

#[test]
fn no_text_makes_it_panic() {
    let vocabulary = [
        "one",
        "two",
        "to",
        "for",
        "oh",
        "double",
        "triple",
        "hundred",
        "thousand",
        "twenty",
        "twelve",
        "plus",
        "+",
        "area code",
        "country code",
        "extension",
        "x12",
        "no",
        "sorry",
        "not",
        "or",
        "ends in",
        "416",
        "555",
        "1234",
        "4165551234",
        "011",
        "pm",
        "my number is",
        "fives",
        "cell",
        "home",
        "last four",
        "é",
        "１２",
        "O127",
        "tel:",
        "#",
        "x",
    ];
    let mut dice = Dice(7);
    for _ in 0..100_000 {
        let text = dice.text(&vocabulary);
        if let Ok(mobile) = phone::understand(&text) {
            assert!(Mobile::from_e164(mobile.e164()).is_ok(), "{text:?}");
        }
    }
}

#[test]
fn later_cases() {
    support::all_understood("phone-later", e164);
}
