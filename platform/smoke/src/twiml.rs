//! The little of TwiML that a pretend telephone needs.

use roxmltree::{Document, Node};

/// What was said, and what the line does then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) said: String,
    pub(crate) then: Then,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    /// Listens, and posts what it heard to this path.
    Listen(String),
    /// Asks this path at once.
    Ask(String),
    /// The call is over.
    HangUp,
    /// Something that a booking has no place for.
    Other(String),
}

/// Reads an answer.
pub(crate) fn read(text: &str) -> Result<Answer, String> {
    let document =
        Document::parse(text).map_err(|err| format!("an answer that is no XML: {err}"))?;
    let mut said = Vec::new();
    for verb in document.root_element().children().filter(Node::is_element) {
        let action = verb.attribute("action").unwrap_or_default();
        let then = match verb.tag_name().name() {
            "Say" => {
                said.push(words(verb));
                continue;
            }
            "Pause" => continue,
            "Gather" => {
                said.extend(verb.children().filter(Node::is_element).map(words));
                Then::Listen(path(action))
            }
            "Redirect" => Then::Ask(path(&words(verb))),
            "Hangup" => Then::HangUp,
            other => Then::Other(other.to_owned()),
        };
        return Ok(Answer {
            said: said.join(" "),
            then,
        });
    }
    Ok(Answer {
        said: said.join(" "),
        then: Then::HangUp,
    })
}

/// Path and query of an address, which may be whole.
fn path(address: &str) -> String {
    let rest = address.split_once("://").map(|(_, rest)| rest);
    match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]).to_owned(),
        None => address.to_owned(),
    }
}

fn words(node: Node<'_, '_>) -> String {
    let texts = node
        .descendants()
        .filter_map(|node| node.text().filter(|_| node.is_text()));
    texts.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Then, read};

    #[test]
    fn verbs_are_followed() {
        let gather = r#"<Response><Gather action="/twilio/voice/collect?turn=1"><Say>Who?</Say></Gather><Redirect>/x</Redirect></Response>"#;
        let cases = [
            (
                gather,
                "Who?",
                Then::Listen("/twilio/voice/collect?turn=1".to_owned()),
            ),
            (
                "<Response><Say>One moment.</Say><Redirect>https://a.example/b?c=1&amp;d</Redirect></Response>",
                "One moment.",
                Then::Ask("/b?c=1&d".to_owned()),
            ),
            (
                "<Response><Say>Bye.</Say><Hangup/></Response>",
                "Bye.",
                Then::HangUp,
            ),
            ("<Response><Say>Bye.</Say></Response>", "Bye.", Then::HangUp),
            (
                "<Response><Dial>+1</Dial></Response>",
                "",
                Then::Other("Dial".to_owned()),
            ),
        ];
        for (text, said, then) in cases {
            let answer = read(text).expect("is TwiML");
            assert_eq!(
                (answer.said.as_str(), &answer.then),
                (said, &then),
                "{text}"
            );
        }
        assert!(read("Not Found").is_err());
    }
}
