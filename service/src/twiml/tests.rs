use bella_domain::dialogue::Expect;

use super::*;

fn voice() -> Voice {
    Voice::new("https://book.bella.example")
}

fn drawn(lines: &[&str], then: Then) -> String {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    let xml = render(&Reply { lines, then }, &voice(), 2);
    String::from_utf8(xml.to_vec()).expect("is UTF-8")
}

#[test]
fn a_question_listens() {
    let xml = drawn(&["Perfect!", "When?"], Then::Listen(Expect::YesNo));
    let doc = roxmltree::Document::parse(&xml).expect("is XML");
    let gather = doc
        .root_element()
        .first_element_child()
        .expect("has a verb");
    assert_eq!(gather.tag_name().name(), "Gather");
    assert_eq!(
        gather.attribute("action"),
        Some("/twilio/voice/collect?turn=2")
    );
    let say = gather.first_element_child().expect("asks");
    assert_eq!(say.text(), Some("Perfect! When?"));
}
