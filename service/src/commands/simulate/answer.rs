//! What an instance answered: the little of TwiML that a telephone needs.

use roxmltree::{Document, Node};

/// What is heard, and what the line does then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// Everything that is said, in order.
    pub(super) heard: String,
    /// What comes after it.
    pub(super) then: Then,
}

/// What the line does after what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Then {
    /// It listens, and posts what it heard to this address.
    Listen(String),
    /// It records, and posts where the recording is to this address.
    Record(String),
    /// It asks this address at once.
    Ask(String),
    /// It connects to this number.
    Dial(String),
    /// The call is over.
    HangUp,
}

impl Answer {
    /// Reads TwiML.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document =
            Document::parse(text).map_err(|err| format!("an answer that is no XML: {err}"))?;
        let root = document.root_element();
        if !root.has_tag_name("Response") {
            return Err(format!(
                "an answer that is no TwiML: <{}>",
                root.tag_name().name()
            ));
        }
        let mut heard = Vec::new();
        for verb in root.children().filter(Node::is_element) {
            let action = || verb.attribute("action").unwrap_or_default().to_owned();
            let then = match verb.tag_name().name() {
                "Say" => {
                    heard.push(words(verb));
                    continue;
                }
                "Gather" => {
                    heard.extend(verb.children().filter(Node::is_element).map(words));
                    Then::Listen(action())
                }
                "Record" => Then::Record(action()),
                "Redirect" => Then::Ask(words(verb)),
                "Dial" => Then::Dial(words(verb)),
                "Hangup" => Then::HangUp,
                "Pause" => continue,
                "Reject" => return Err("the call was rejected".to_owned()),
                other => return Err(format!("an unknown verb <{other}>")),
            };
            let heard = heard.join(" ");
            return Ok(Self { heard, then });
        }
        Ok(Self {
            heard: heard.join(" "),
            then: Then::HangUp,
        })
    }
}

fn words(node: Node<'_, '_>) -> String {
    let text: String = node
        .descendants()
        .filter_map(|node| node.is_text().then(|| node.text()).flatten())
        .collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_and_what_follows() {
        let table = [
            (
                r#"<Response><Gather action="/collect?turn=1"><Say>What's &amp; who?</Say></Gather><Hangup/></Response>"#,
                "What's & who?",
                Then::Listen("/collect?turn=1".to_owned()),
            ),
            (
                "<Response><Say>One.</Say><Say>Two.</Say><Dial>+14165550199</Dial></Response>",
                "One. Two.",
                Then::Dial("+14165550199".to_owned()),
            ),
            ("<Response><Say>Bye.</Say></Response>", "Bye.", Then::HangUp),
            (
                "<Response><Redirect>/again</Redirect></Response>",
                "",
                Then::Ask("/again".to_owned()),
            ),
        ];
        for (text, heard, then) in table {
            let heard = heard.to_owned();
            assert_eq!(Answer::read(text), Ok(Answer { heard, then }));
        }
        for bad in [
            "",
            "<html/>",
            "<Response><Reject/></Response>",
            "<Response><Say>",
        ] {
            assert!(Answer::read(bad).is_err(), "{bad}");
        }
    }
}
