//! The tree of values with their places.

use crate::{
    problem::Problem,
    value::{Part, Refusal},
};
use serde_json::{Number, Value};

/// A position in one of the files that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index into [`Files`].
    pub(crate) file: usize,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1, in characters.
    pub(crate) column: usize,
    /// What stands there, its first line.
    pub(crate) text: String,
}

impl Place {
    /// Column and text of a part of the scalar that stands here. The whole of it where the part is not found as it was read: the
    /// scalar has escapes, or goes over several lines.
    fn part<'a>(&'a self, part: Option<&'a Part>) -> (usize, &'a str) {
        let whole = (self.column, self.text.as_str());
        let Some(part) = part else { return whole };
        let offset = part.offset + usize::from(self.text.starts_with(['"', '\'']));
        let rest: String = self.text.chars().skip(offset).collect();
        match rest.starts_with(&part.text) {
            true => (self.column + offset, part.text.as_str()),
            false => whole,
        }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) data: Data,
}

/// What a value is, after YAML 1.2's core schema.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Map),
}

/// A mapping in written order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    pub(crate) entries: Vec<Entry>,
    /// Keys that a `null` took away, with the place of the key.
    pub(crate) removed: Vec<(String, Place)>,
}

/// One key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

impl Entry {
    /// Where to point when the value is wrong: at a scalar itself, at the key of a collection.
    pub(crate) fn place(&self) -> &Place {
        match self.value.data {
            Data::List(_) | Data::Map(_) => &self.key_place,
            _ => &self.value.place,
        }
    }
}

impl Map {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Node {
    /// The value as JSON, without places.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(number) => Value::Number(number.clone()),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(map) => map
                .entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect(),
        }
    }

    /// The map, where the value is one.
    pub(crate) fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Where the value at these steps was written; of its nearest written ancestor when it was not.
    ///
    /// The flag says whether the whole way was found.
    pub(crate) fn locate(&self, steps: &[String]) -> (&Place, bool) {
        let mut node = self;
        let mut place = &self.place;
        for step in steps {
            match &node.data {
                Data::Map(map) => match map.get(step) {
                    Some(entry) => (node, place) = (&entry.value, entry.place()),
                    None => return (removal(map, step).unwrap_or(place), false),
                },
                Data::List(items) => {
                    match step.parse().ok().and_then(|index: usize| items.get(index)) {
                        Some(item) => (node, place) = (item, &item.place),
                        None => return (place, false),
                    }
                }
                _ => return (place, false),
            }
        }
        (place, true)
    }

    /// Where the key at the end of these steps was written.
    pub(crate) fn locate_key(&self, parent: &[String], key: &str) -> &Place {
        let mut node = self;
        for step in parent {
            let next = match &node.data {
                Data::Map(map) => map.get(step).map(|entry| &entry.value),
                Data::List(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            let Some(next) = next else {
                return self.locate(parent).0;
            };
            node = next;
        }
        let entry = node.as_map().and_then(|map| map.get(key));
        entry.map_or_else(|| self.locate(parent).0, |entry| &entry.key_place)
    }
}

fn removal<'a>(map: &'a Map, key: &str) -> Option<&'a Place> {
    map.removed
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, place)| place)
}

/// The files that were read, in reading order: the named one first.
#[derive(Debug, Default)]
pub(crate) struct Files(Vec<(String, String)>);

impl Files {
    /// Registers a file and gives its index.
    pub(crate) fn add(&mut self, name: String, text: String) -> usize {
        self.0.push((name, text));
        self.0.len() - 1
    }

    /// The name of a file.
    pub(crate) fn name(&self, file: usize) -> &str {
        &self.0[file].0
    }

    /// A problem at a place.
    pub(crate) fn problem(
        &self,
        place: &Place,
        path: impl Into<String>,
        refusal: Refusal,
    ) -> Problem {
        let (name, text) = &self.0[place.file];
        let source = text
            .lines()
            .nth(place.line.saturating_sub(1))
            .unwrap_or_default();
        let (column, shown) = place.part(refusal.at.as_ref());
        Problem {
            file: name.clone(),
            line: place.line,
            column,
            path: path.into(),
            text: shown.to_owned(),
            message: refusal.message,
            allowed: refusal.allowed,
            suggestion: refusal.suggestion,
            source: source.to_owned(),
        }
    }
}
