//! The name a stack file gives an object: `kind.name`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `kind.name`, unique within a stack, written into the object's `bella:address` tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    kind: String,
    name: String,
}

/// A text that is not an address, and why.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not an address: {why}")]
pub struct AddressError {
    /// What was given.
    pub text: String,
    /// Which rule it breaks.
    pub why: &'static str,
}

impl Address {
    /// Parses `kind.name`: a kind of `[a-z][a-z0-9_]*`, a name of `[a-z0-9][a-z0-9_-]*`.
    ///
    /// # Errors
    /// The text has no dot, or one side breaks its grammar.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let fail = |why| AddressError {
            text: text.to_owned(),
            why,
        };
        let (kind, name) = text
            .split_once('.')
            .ok_or_else(|| fail("it has the form kind.name"))?;
        if !is_kind(kind) {
            return Err(fail("a kind is lower case letters, digits and underscores"));
        }
        let owner_unknown = name.starts_with('(') && name.ends_with(')');
        if !is_name(name) && !owner_unknown {
            return Err(fail(
                "a name is lower case letters, digits, hyphens and underscores",
            ));
        }
        Ok(Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The address of an object that carries none of its own: a child (a route, a rule) that no
    /// declared node claims. It shows the cloud's id in parentheses.
    #[must_use]
    pub fn unclaimed(kind: &str, id: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            name: format!("({id})"),
        }
    }

    /// The part before the dot.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The part after the dot.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

pub(crate) fn is_kind(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}
