//! A pretend call: signs its webhooks and follows the answers as Twilio does.

use std::io;
use std::time::{Duration, Instant};

use bella_service::twilio::signature;

use super::wire::{Answer, Wire};
use super::{BASE_URL, TOKEN};

/// How long Twilio would be sent from one "one moment" to the next before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A call, from one number, whose webhooks go to one or more processes of the service in turn.
pub(crate) struct Call {
    pub(crate) sid: String,
    pub(crate) from: String,
    wires: Vec<Wire>,
    /// Where the last answer sends the next webhook.
    pub(crate) action: String,
    sent: usize,
    /// The longest any webhook of it took.
    pub(crate) slowest: Duration,
    /// The highest status of any answer.
    pub(crate) worst: u16,
}

impl Call {
    pub(crate) fn new(sid: impl Into<String>, from: impl Into<String>, addresses: &[&str]) -> Self {
        Self {
            sid: sid.into(),
            from: from.into(),
            wires: addresses.iter().map(|address| Wire::new(address)).collect(),
            action: "/twilio/voice".to_owned(),
            sent: 0,
            slowest: Duration::ZERO,
            worst: 0,
        }
    }

    /// Closes its connections; the call goes on.
    pub(crate) fn disconnects(&mut self) {
        for wire in &mut self.wires {
            wire.close();
        }
    }

    /// The call comes in.
    pub(crate) async fn rings(&mut self) -> io::Result<Twiml> {
        self.webhook("/twilio/voice", &[]).await
    }

    /// The caller says this in answer to the last question; redirects are followed.
    pub(crate) async fn says(&mut self, text: &str) -> io::Result<Twiml> {
        let action = self.action.clone();
        let heard = [("SpeechResult", text), ("Confidence", "0.93")];
        self.webhook(&action, &heard).await
    }

    /// The caller presses keys.
    pub(crate) async fn presses(&mut self, digits: &str) -> io::Result<Twiml> {
        let action = self.action.clone();
        self.webhook(&action, &[("Digits", digits)]).await
    }

    /// The caller says nothing.
    pub(crate) async fn is_silent(&mut self) -> io::Result<Twiml> {
        let action = self.action.clone();
        self.webhook(&action, &[]).await
    }

    /// A webhook to `path`; the answer's redirects are followed.
    pub(crate) async fn webhook(
        &mut self,
        path: &str,
        extra: &[(&str, &str)],
    ) -> io::Result<Twiml> {
        let began = Instant::now();
        let mut answer = self.post(path, extra).await?;
        while let Some(redirect) = answer.redirect() {
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other("redirected for too long"));
            }
            answer = self.post(&redirect, &[]).await?;
        }
        if let Some(action) = answer.action() {
            self.action = action;
        }
        Ok(answer)
    }

    /// One webhook, without following the answer.
    pub(crate) async fn post(&mut self, path: &str, extra: &[(&str, &str)]) -> io::Result<Twiml> {
        let wire = self.sent % self.wires.len();
        self.sent += 1;
        let (head, body) = signed(path, &self.sid, &self.from, extra);
        let answer = self.wires[wire].send(&head, &body).await?;
        self.slowest = self.slowest.max(answer.took);
        self.worst = self.worst.max(answer.status);
        Ok(Twiml(answer))
    }
}

/// A signed webhook of a call: the request's lines, and its body.
pub(crate) fn signed(
    path: &str,
    sid: &str,
    from: &str,
    extra: &[(&str, &str)],
) -> (String, String) {
    let mut form = vec![
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", sid),
        ("CallStatus", "in-progress"),
        ("Direction", "inbound"),
        ("From", from),
        ("To", "+14165550100"),
    ];
    form.extend_from_slice(extra);
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let signature = signature::sign(TOKEN, &format!("{BASE_URL}{path}"), &form);
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         X-Twilio-Signature: {signature}\r\n"
    );
    (head, body.join("&"))
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// An answer to a webhook.
#[derive(Debug, Clone)]
pub(crate) struct Twiml(pub(crate) Answer);

impl Twiml {
    /// All that is said, as one line.
    pub(crate) fn said(&self) -> String {
        self.texts("Say").join(" ")
    }

    /// Whether it ends the call.
    pub(crate) fn hangs_up(&self) -> bool {
        self.has("Hangup")
    }

    /// Whether nothing more is asked.
    pub(crate) fn ends(&self) -> bool {
        self.hangs_up() || self.dials().is_some()
    }

    /// The number it connects the caller to.
    pub(crate) fn dials(&self) -> Option<String> {
        self.texts("Dial").into_iter().next()
    }

    fn action(&self) -> Option<String> {
        self.attribute("Gather", "action")
            .or_else(|| self.attribute("Record", "action"))
    }

    /// Where it sends the call at once, when that is all it does.
    fn redirect(&self) -> Option<String> {
        let asks = self.has("Gather") || self.has("Record");
        let redirect = self.texts("Redirect").into_iter().next();
        redirect.filter(|_| !asks)
    }

    fn has(&self, element: &str) -> bool {
        self.document(|document| {
            document
                .descendants()
                .any(|node| node.has_tag_name(element))
        })
    }

    fn texts(&self, element: &str) -> Vec<String> {
        self.document(|document| {
            let nodes = document.descendants();
            let nodes = nodes.filter(|node| node.has_tag_name(element));
            nodes
                .map(|node| {
                    let texts: Vec<_> = node
                        .descendants()
                        .filter_map(|node| node.text().filter(|_| node.is_text()))
                        .collect();
                    texts.concat().trim().to_owned()
                })
                .collect()
        })
    }

    fn attribute(&self, element: &str, name: &str) -> Option<String> {
        self.document(|document| {
            let mut nodes = document.descendants();
            let node = nodes.find(|node| node.has_tag_name(element))?;
            node.attribute(name).map(str::to_owned)
        })
    }

    fn document<T>(&self, read: impl FnOnce(&roxmltree::Document<'_>) -> T) -> T {
        let document = roxmltree::Document::parse(&self.0.body)
            .unwrap_or_else(|err| panic!("{} {err}: {}", self.0.status, self.0.body));
        read(&document)
    }
}
