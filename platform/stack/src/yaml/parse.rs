//! One file's text to a tree.

use super::scalar::scalar;
use super::tree::{Data, Entry, Files, Map, Node, Place};
use crate::{problem::Problem, value::Refusal};
use saphyr_parser::{Event, Parser, ScanError, Span, Tag};

/// Deepest nesting of maps and lists; the deepest shipped stack file has four levels.
const DEEPEST: usize = 32;

/// Parses one file; `None` when nothing can be made of it.
///
/// Everything found wrong is added to `problems`. Two equal keys, an anchor or a tag are reported and reading goes on; a syntax error
/// ends it.
pub(crate) fn parse(
    text: &str,
    file: usize,
    files: &Files,
    problems: &mut Vec<Problem>,
) -> Option<Node> {
    let mut builder = Builder {
        text,
        file,
        files,
        problems,
        open: Vec::new(),
        root: None,
        documents: 0,
        starts: starts(text),
    };
    let mut failure = None;
    for event in Parser::new_from_str(text) {
        let step = event
            .map_err(Stop::Syntax)
            .and_then(|(event, span)| builder.take(event, span));
        if let Err(stop) = step {
            failure = Some(stop);
            break;
        }
    }
    match failure {
        Some(Stop::Syntax(error)) => {
            builder.syntax(&error);
            None
        }
        Some(Stop::Refused) => None,
        None => builder.root,
    }
}

/// Byte offset of every character, and of the end.
fn starts(text: &str) -> Vec<usize> {
    text.char_indices()
        .map(|(offset, _)| offset)
        .chain([text.len()])
        .collect()
}

/// Why reading ended early.
enum Stop {
    Syntax(ScanError),
    /// Already reported.
    Refused,
}

/// A collection whose end has not been seen.
enum Open {
    List(Place, Vec<Node>),
    Map {
        place: Place,
        map: Map,
        key: Option<(String, Place)>,
    },
}

struct Builder<'a> {
    text: &'a str,
    file: usize,
    files: &'a Files,
    problems: &'a mut Vec<Problem>,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    starts: Vec<usize>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let place = self.place(span);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "a second document starts here, and a stack file is one document";
                    self.refuse(
                        &place,
                        Refusal::new(message, "one document, without further --- lines"),
                    );
                    return Err(Stop::Refused);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_node(&place, anchor, tag.as_deref());
                let data = scalar(text, style);
                self.value(Node { place, data });
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_node(&place, anchor, tag.as_deref());
                self.enter(Open::List(
                    Place {
                        text: String::new(),
                        ..place
                    },
                    Vec::new(),
                ))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_node(&place, anchor, tag.as_deref());
                let place = Place {
                    text: String::new(),
                    ..place
                };
                self.enter(Open::Map {
                    place,
                    map: Map::default(),
                    key: None,
                })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Alias(_) => {
                let message = "this refers to an anchor, and stack files have none";
                self.refuse(
                    &place,
                    Refusal::new(message, "the value itself; share values with `extends`"),
                );
                self.value(Node {
                    place,
                    data: Data::Null,
                });
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn place(&self, span: Span) -> Place {
        let offset = |index: usize| self.starts.get(index).copied().unwrap_or(self.text.len());
        let written = &self.text
            [offset(span.start.index())..offset(span.end.index()).max(offset(span.start.index()))];
        Place {
            file: self.file,
            line: span.start.line(),
            column: span.start.col() + 1,
            text: written
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned(),
        }
    }

    fn refuse(&mut self, place: &Place, refusal: Refusal) {
        let path = self.path();
        self.problems.push(self.files.problem(place, path, refusal));
    }

    /// Where reading is, as people write it: `service.scaling`.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match open {
                Open::List(_, items) => path.push_str(&format!("[{}]", items.len())),
                Open::Map {
                    key: Some((key, _)),
                    ..
                } if path.is_empty() => path.push_str(key),
                Open::Map {
                    key: Some((key, _)),
                    ..
                } => path.push_str(&format!(".{key}")),
                Open::Map { key: None, .. } => {}
            }
        }
        path
    }

    fn plain_node(&mut self, place: &Place, anchor: usize, tag: Option<&Tag>) {
        if anchor != 0 {
            let message = "this value has an anchor (&name), and stack files have none";
            self.refuse(
                place,
                Refusal::new(message, "the value alone; share values with `extends`"),
            );
        }
        if tag.is_some() {
            let message = "this value has a tag (!name), and stack files have none";
            self.refuse(place, Refusal::new(message, "the value alone"));
        }
    }

    fn enter(&mut self, open: Open) -> Result<(), Stop> {
        let (Open::List(place, _) | Open::Map { place, .. }) = &open;
        let place = place.clone();
        if self.awaits_key() {
            let message = "a list or a map cannot be a key";
            self.refuse(&place, Refusal::new(message, "text"));
            return Err(Stop::Refused);
        }
        if self.open.len() == DEEPEST {
            let message = format!("this is nested more than {DEEPEST} levels deep");
            self.problems.push(self.files.problem(
                &place,
                "",
                Refusal::new(message, "the sections of a stack file have at most five"),
            ));
            return Err(Stop::Refused);
        }
        self.open.push(open);
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Map { key: None, .. }))
    }

    fn leave(&mut self) {
        let node = match self.open.pop() {
            Some(Open::List(place, items)) => Node {
                place,
                data: Data::List(items),
            },
            Some(Open::Map { place, map, .. }) => Node {
                place,
                data: Data::Map(map),
            },
            None => return,
        };
        self.value(node);
    }

    fn value(&mut self, node: Node) {
        self.refuse_blank(&node);
        let duplicate = match self.open.last_mut() {
            None => {
                self.root = Some(node);
                None
            }
            Some(Open::List(_, items)) => {
                items.push(node);
                None
            }
            Some(Open::Map {
                key: key @ None, ..
            }) => {
                *key = Some((key_text(&node), node.place));
                None
            }
            Some(Open::Map { map, key, .. }) => key.take().and_then(|(key, key_place)| {
                let first = map.get(&key).map(|entry| entry.key_place.line);
                match first {
                    Some(first) => Some((key, key_place, first)),
                    None => {
                        map.entries.push(Entry {
                            key,
                            key_place,
                            value: node,
                        });
                        None
                    }
                }
            }),
        };
        if let Some((key, place, first)) = duplicate {
            let message = format!("`{key}` is written twice; the first is on line {first}");
            self.refuse(&place, Refusal::new(message, "each key once"));
        }
    }

    /// A key with nothing after it is more often an accident than the wish to remove what a base says.
    fn refuse_blank(&mut self, node: &Node) {
        if let Some(Open::Map {
            key: Some((key, place)),
            ..
        }) = self.open.last()
            && matches!(node.data, Data::Null)
            && node.place.text.is_empty()
        {
            let message = format!("`{key}` has no value");
            let place = place.clone();
            self.refuse(
                &place,
                Refusal::new(
                    message,
                    "a value, or null to remove what an extended file says",
                ),
            );
        }
    }

    fn syntax(&mut self, error: &ScanError) {
        let tabs: Vec<usize> = self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| {
                line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty()
            })
            .map(|(index, _)| index + 1)
            .collect();
        for line in &tabs {
            let column = self
                .text
                .lines()
                .nth(line - 1)
                .and_then(|l| l.find('\t'))
                .unwrap_or(0)
                + 1;
            let place = Place {
                file: self.file,
                line: *line,
                column,
                text: "\t".to_owned(),
            };
            let refusal = Refusal::new(
                "the line is indented with a tab",
                "spaces; YAML refuses tabs here",
            );
            self.problems.push(self.files.problem(&place, "", refusal));
        }
        if tabs.is_empty() {
            let mark = error.marker();
            let place = Place {
                file: self.file,
                line: mark.line(),
                column: mark.col() + 1,
                text: String::new(),
            };
            let refusal = Refusal {
                message: format!("this is not valid YAML: {}", reason(error.info())),
                allowed: None,
                suggestion: None,
                at: None,
            };
            self.problems.push(self.files.problem(&place, "", refusal));
        }
    }
}

/// The parser's own words, and what usually causes them.
fn reason(info: &str) -> String {
    let cause = match info {
        info if info.contains("mapping values are not allowed") => {
            "is there a second colon in the line (quote the text), or is it indented too far?"
        }
        info if info.contains("expected key") || info.contains("simple key") => {
            "does the line lack a colon, or is it indented differently from the lines around it?"
        }
        info if info.contains("flow") || info.contains("bracket") || info.contains("',' or") => {
            "is a { or [ not closed, or a comma missing?"
        }
        info if info.contains("quoted scalar") => "is a quotation mark missing?",
        info if info.contains("invalid indentation") => {
            "is the line indented differently from the lines around it?"
        }
        _ => return info.to_owned(),
    };
    format!("{info}; {cause}")
}

fn key_text(node: &Node) -> String {
    match &node.data {
        Data::Text(text) => text.clone(),
        _ => node.place.text.clone(),
    }
}
