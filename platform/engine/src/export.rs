//! The exit door: an object in another tool's words.
//!
//! A kind says what it is called in Terraform; references stay references, so what leaves is a
//! configuration somebody can go on with, not a dump of ids.

use serde_json::{Map, Value};

use crate::resource::{Outputs, Tags};

/// An object that exists, as its kind needs it to say how Terraform imports it.
#[derive(Clone, Debug)]
pub struct Exported<'a> {
    /// The cloud's id.
    pub id: &'a str,
    /// The name that was generated for it; empty where its kind has none.
    pub name: &'a str,
    /// Its outputs.
    pub outputs: &'a Outputs,
    /// Its tags; empty for kinds that carry none.
    pub tags: &'a Tags,
    /// Properties as they are, references resolved.
    pub live: &'a Value,
    /// Region of the stack.
    pub region: &'a str,
    /// 12-digit account id.
    pub account: &'a str,
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
    /// Arguments, and nested blocks as lists of objects; text may hold `${kind.name.output}`.
    pub arguments: Map<String, Value>,
    /// Which arguments are nested blocks, as dotted paths without positions.
    pub blocks: &'static [&'static str],
}
