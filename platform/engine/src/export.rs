//! The exit door: objects in another tool's words.
//!
//! A kind says what it is called in Terraform; references stay references, so what leaves is a
//! configuration somebody can go on with, not a dump of ids.

mod body;
mod configuration;
mod hcl;
mod recovered;

use serde_json::Value;

use crate::address::Address;
use crate::resource::{Outputs, Tags};

pub use body::{Body, Term};
pub use configuration::{Configuration, ExportProblem, Source, configuration};

/// An object that exists, as its kind needs it to say how Terraform imports it.
#[derive(Clone, Debug)]
pub struct Exported<'a> {
    /// Its address.
    pub address: &'a Address,
    /// The cloud's id.
    pub id: &'a str,
    /// Its outputs.
    pub outputs: &'a Outputs,
    /// Its tags; empty for kinds that carry none.
    pub tags: &'a Tags,
    /// Properties as they are, references resolved.
    pub live: &'a Value,
    /// Stack name.
    pub stack: &'a str,
    /// Region of the stack.
    pub region: &'a str,
    /// 12-digit account id.
    pub account: &'a str,
}

impl Exported<'_> {
    /// An output; empty where the object has no such output yet.
    #[must_use]
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// A reference to an output of its own, for the resources beside the first.
    #[must_use]
    pub fn own(&self, output: &str) -> String {
        format!("${{{}.{output}}}", self.address)
    }

    /// A property as it is, where it is text; else empty.
    #[must_use]
    pub fn text(&self, property: &str) -> &str {
        self.live[property].as_str().unwrap_or_default()
    }
}

/// One Terraform resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Resource type, for example `aws_subnet`.
    pub resource: &'static str,
    /// What its local name has after the address's; empty for the one that has the outputs.
    pub suffix: String,
    /// Import id, in the provider's form.
    pub import: String,
    /// What stands in it; text may hold `${kind.name.output}`.
    pub body: Body,
}

impl Block {
    /// The resource that has the object's outputs.
    #[must_use]
    pub fn new(resource: &'static str, import: impl Into<String>, body: Body) -> Self {
        Self {
            resource,
            suffix: String::new(),
            import: import.into(),
            body,
        }
    }

    /// A resource beside it.
    #[must_use]
    pub fn beside(mut self, suffix: impl Into<String>) -> Self {
        self.suffix = suffix.into();
        self
    }
}
