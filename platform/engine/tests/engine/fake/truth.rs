//! The truth about a world, past every listing: each thing in one line, ids told as addresses.

use serde_json::Value;

use super::kinds::refers;
use super::world::{Thing, World};

impl World {
    /// One line a thing, sorted. Two worlds with the same truth differ at most in ids. A thing that
    /// nobody owns shows as `?`, a reference to nothing as `dangling`.
    pub(crate) fn truth(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.things().map(|thing| self.line(thing)).collect();
        lines.sort();
        lines
    }

    fn line(&self, thing: &Thing) -> String {
        let mut props = thing.props.clone();
        for field in refers(thing.kind) {
            if let Some(id) = thing.props[*field].as_str() {
                let told = self.things().find(|other| other.id == id).map(told);
                props[*field] = Value::String(told.unwrap_or_else(|| format!("dangling {id}")));
            }
        }
        let mut tags = thing.tags.clone();
        tags.remove("bella:address");
        let failed = thing.failed.as_deref().unwrap_or_default();
        let line = format!("{} {props} {tags:?} {failed}", told(thing));
        line.trim_end().to_owned()
    }
}

fn told(thing: &Thing) -> String {
    let address = match thing.tags.get("bella:address") {
        Some(address) => address.as_str(),
        None if thing.kind == "rule" => "rule",
        None => "?",
    };
    match thing.kind {
        "revision" => format!("{address} {}", thing.id),
        _ => address.to_owned(),
    }
}
