//! A session as it is kept: its turn in clear, all else sealed.

use bytes::Bytes;

/// What is in front of the turn; the script that compares turns relies on it.
const HEAD: &str = r#"{"turn":"#;

/// A session as it is kept: `{"turn":3,"call":"…"}`, where `call` is encrypted by whoever keeps it.
///
/// The turn counts the webhooks of the call that changed something; of two sessions of a call the one with the higher turn is
/// the newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The webhooks answered so far.
    pub turn: u32,
    json: Bytes,
}

/// What came of keeping a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is in Redis: every task sees it.
    Shared,
    /// Redis is away: it is in this process only, and goes to Redis when that is back.
    Here,
    /// Another task answered the same turn first; this is what it kept. Nothing was changed.
    Overtaken(Kept),
}

impl Kept {
    /// Puts a turn and sealed text, which needs no escaping in JSON, together.
    pub fn new(turn: u32, sealed: &str) -> Self {
        debug_assert!(!sealed.contains(['"', '\\']));
        let json = format!(r#"{HEAD}{turn},"call":"{sealed}"}}"#);
        Self {
            turn,
            json: json.into(),
        }
    }

    /// Reads what is in Redis; nothing when this version does not know it.
    pub fn parse(json: impl Into<Bytes>) -> Option<Self> {
        let json = json.into();
        let (turn, _) = split(&json)?;
        Some(Self { turn, json })
    }

    /// The sealed text.
    pub fn sealed(&self) -> &str {
        split(&self.json).map_or("", |(_, sealed)| sealed)
    }

    /// As it is kept.
    pub fn json(&self) -> &Bytes {
        &self.json
    }
}

fn split(json: &[u8]) -> Option<(u32, &str)> {
    let rest = std::str::from_utf8(json).ok()?.strip_prefix(HEAD)?;
    let (turn, rest) = rest.split_once(r#","call":""#)?;
    Some((turn.parse().ok()?, rest.strip_suffix(r#""}"#)?))
}
