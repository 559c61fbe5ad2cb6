use bella_domain::dialogue::Expect;
use bella_domain::phone::Mobile;
use bella_domain::prompts::{self, ALL};
use roxmltree::Document;

use super::*;

fn voice() -> Voice {
    Voice::new("https://book.bella.example")
}

fn text(xml: &Bytes) -> &str {
    std::str::from_utf8(xml).expect("is UTF-8")
}

fn reply(lines: &[&str], then: Then) -> Reply {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Reply { lines, then }
}

fn office() -> Mobile {
    Mobile::from_e164("+14165550199").expect("a number")
}

/// The document with a line for each verb.
fn shown(xml: &Bytes) -> String {
    let spread = text(xml).replace("><", ">\n<");
    format!("{spread}\n\n")
}

#[test]
fn the_markup_is_as_agreed() {
    let voice = voice();
    let mut all = String::new();
    all += &shown(&render(
        &reply(&[prompts::GREETING.words], Then::Listen(Expect::Name)),
        &voice,
        1,
    ));
    for expect in Expect::ALL {
        let lines = ["Perfect!", "What next?"];
        all += &shown(&render(&reply(&lines, Then::Listen(expect)), &voice, 2));
    }
    let bye = reply(&[prompts::BOOKED.words], Then::HangUp);
    all += &shown(&render(&bye, &voice, 4));
    let dial = reply(&[prompts::FAILURE_3.words], Then::Dial(office()));
    all += &shown(&render(&dial, &voice, 5));
    all += &shown(&render_carrying(
        &reply(&["What next?"], Then::Listen(Expect::YesNo)),
        &voice,
        3,
        "c2VhbGVk",
    ));
    let record = Record {
        action: "/twilio/voice/collect?turn=2",
        callback: "/twilio/voice/recording?turn=2",
        timeout: 2,
        max_length: 15,
    };
    let other = Response::new()
        .say("One moment, please.", &voice)
        .record(&record)
        .pause(1)
        .play("https://book.bella.example/hold.mp3?a=1&b=2")
        .redirect("/twilio/voice/collect?turn=2&wait=1");
    all += &shown(&other.finish());
    let text = Response::new().message("Your appointment on Tue Mar 12, 2:00 PM is cancelled.");
    all += &shown(&text.finish());
    all += &shown(&rejected());
    all += &shown(&empty());
    let expected = include_str!("golden.txt");
    assert!(all == expected, "golden.txt differs from:\n{all}");
}

#[test]
fn every_prompt_is_said_as_it_is_written() {
    let voice = voice();
    for prompt in ALL {
        let xml = render(&reply(&[prompt.words], Then::HangUp), &voice, 1);
        let document = Document::parse(text(&xml)).expect("is XML");
        let said = document.root_element().first_element_child();
        assert_eq!(
            said.and_then(|say| say.text()),
            Some(prompt.words),
            "{}",
            prompt.key
        );
    }
}

#[test]
fn the_greeting_that_is_kept_is_the_one_that_would_be_drawn() {
    let voice = voice();
    let greeting = reply(&[prompts::GREETING.words], Then::Listen(Expect::Name));
    let kept = render(&greeting, &voice, 1);
    assert_eq!(kept, draw(&greeting, &voice, &voice.collect(1)));
    assert_ne!(kept, render(&greeting, &voice, 2));
}

#[test]
fn a_service_below_a_path_is_called_there() {
    for (url, expected) in [
        ("https://book.bella.example", "/twilio/voice/collect?turn=7"),
        (
            "https://bella.example/book",
            "/book/twilio/voice/collect?turn=7",
        ),
        ("http://127.0.0.1:8000", "/twilio/voice/collect?turn=7"),
    ] {
        assert_eq!(Voice::new(url).collect(7), expected);
    }
}

/// Characters that markup, XML and Unicode make something of.
const AWKWARD: &[char] = &[
    '<',
    '>',
    '&',
    '"',
    '\'',
    ';',
    '/',
    '!',
    '[',
    ']',
    '-',
    '?',
    '=',
    '#',
    'x',
    'a',
    'Z',
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u{1}',
    '\u{8}',
    '\u{b}',
    '\u{c}',
    '\u{1f}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '\u{2028}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{fdd0}',
    '\u{feff}',
    '\u{fffd}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{10000}',
    '\u{1f600}',
    '\u{10ffff}',
    'é',
    '李',
];

/// Beginnings of what somebody might try.
const TRICKS: &[&str] = &[
    "</Say><Dial>+19005550100</Dial>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&#60;",
    "&lt;",
    "<?xml",
    "<Hangup/>",
    "\" foo=\"bar",
    "' foo='bar",
];

#[test]
fn any_text_comes_back_as_it_was_and_adds_nothing() {
    let voice = voice();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits") % sides
    };
    for round in 0..20_000 {
        let mut said = String::new();
        for _ in 0..roll(20) {
            match roll(8) {
                0 => said.push_str(TRICKS[roll(TRICKS.len())]),
                _ => said.push(AWKWARD[roll(AWKWARD.len())]),
            }
        }
        let then = if round % 2 == 0 {
            Then::HangUp
        } else {
            Then::Listen(Expect::Name)
        };
        let xml = render(&reply(&[&said], then.clone()), &voice, 1);
        let plain = render(&reply(&["Hi."], then), &voice, 1);
        let document = Document::parse(text(&xml)).expect("is XML");
        let usual = Document::parse(text(&plain)).expect("is XML");
        assert_eq!(elements(&document), elements(&usual), "{said:?}");
        let say = document.descendants().find(|node| node.has_tag_name("Say"));
        let heard = say.and_then(|say| say.text()).unwrap_or_default();
        assert_eq!(heard, readable(&said), "{said:?}");
    }
}

fn elements(document: &Document<'_>) -> Vec<(String, Vec<String>)> {
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|node| {
            let attributes = node
                .attributes()
                .map(|attribute| attribute.name().to_owned());
            (node.tag_name().name().to_owned(), attributes.collect())
        })
        .collect()
}

/// What XML 1.0 can say of a text: all but control characters.
fn readable(said: &str) -> String {
    said.chars()
        .filter(|letter| {
            let control = *letter < ' ' && !matches!(letter, '\t' | '\n' | '\r');
            !control && !matches!(letter, '\u{fffe}' | '\u{ffff}')
        })
        .collect()
}
