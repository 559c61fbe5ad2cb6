//! What stands between the braces of a block, in the order in which it is written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::reference::{Reference, references};
use crate::resource::Tags;

/// Arguments and nested blocks, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub(super) items: Vec<(String, Term)>,
}

/// What an argument is set to, or a nested block.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A value; text in it may hold `${kind.name.output}`.
    Value(Value),
    /// Text that is this JSON document.
    Document(Value),
    /// An expression in Terraform's own words, such as a resource's address.
    Words(String),
    /// A nested block.
    Block(Body),
    /// A line for the reader.
    Comment(String),
}

impl Body {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An argument; one that is null is left out.
    #[must_use]
    pub fn set(self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => self,
            value => self.with(name, Term::Value(value)),
        }
    }

    /// An argument whose value is text; empty text is left out.
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        self.set(name, Some(text).filter(|text| !text.is_empty()))
    }

    /// An argument whose value is a list, or a set in the order given.
    #[must_use]
    pub fn list<T: Into<Value>>(self, name: &str, items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(Into::into).collect();
        self.with(name, Term::Value(Value::Array(items)))
    }

    /// An argument whose value is text that holds a JSON document.
    #[must_use]
    pub fn document(self, name: &str, document: impl Into<Value>) -> Self {
        self.with(name, Term::Document(document.into()))
    }

    /// A nested block.
    #[must_use]
    pub fn block(self, name: &str, body: Body) -> Self {
        self.with(name, Term::Block(body))
    }

    /// Arguments that Terraform leaves as they are, with the reason for whoever reads the file.
    #[must_use]
    pub fn ignore_changes(self, why: &str, names: &[&str]) -> Self {
        let list = Term::Words(format!("[{}]", names.join(", ")));
        self.lifecycle(why, "ignore_changes", list)
    }

    /// Makes Terraform refuse to destroy the object, which holds data.
    #[must_use]
    pub fn prevent_destroy(self) -> Self {
        let why = "It holds data: nothing is destroyed while this line is here.";
        self.lifecycle(why, "prevent_destroy", Term::Value(true.into()))
    }

    fn lifecycle(mut self, why: &str, name: &str, term: Term) -> Self {
        const BLOCK: &str = "lifecycle";
        let mut body = match self.items.iter().position(|(name, _)| name == BLOCK) {
            Some(position) => match self.items.remove(position).1 {
                Term::Block(body) => body,
                _ => Self::new(),
            },
            None => Self::new(),
        };
        body = body
            .with("", Term::Comment(why.to_owned()))
            .with(name, term);
        self.block(BLOCK, body)
    }

    /// The object's tags as they are, without those that belong to AWS and cannot be set.
    #[must_use]
    pub fn tags(self, tags: &Tags) -> Self {
        let own = tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
        let own = own.map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        self.with("tags", Term::Value(own.collect()))
    }

    /// An argument whose value is an expression in Terraform's own words.
    #[must_use]
    pub fn words(self, name: &str, expression: impl Into<String>) -> Self {
        self.with(name, Term::Words(expression.into()))
    }

    /// Every reference in it, however deep.
    pub(super) fn references(&self) -> BTreeSet<Reference> {
        let of = |(_, term): &(String, Term)| match term {
            Term::Value(value) | Term::Document(value) => references(value),
            Term::Words(_) | Term::Comment(_) => BTreeSet::new(),
            Term::Block(body) => body.references(),
        };
        self.items.iter().flat_map(of).collect()
    }

    fn with(mut self, name: &str, term: Term) -> Self {
        self.items.push((name.to_owned(), term));
        self
    }
}
