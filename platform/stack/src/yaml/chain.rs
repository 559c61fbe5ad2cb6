//! A stack file and the files it extends.

use super::{
    merge::{merge, without_nulls},
    parse::parse,
    source::Source,
    tree::{Data, Files, Map, Node, Place},
};
use crate::{problem::Problem, value::Refusal};
use std::{
    io,
    path::{Component, Path, PathBuf},
};

/// Largest stack file in bytes; the largest shipped one has under 10 kB.
const LARGEST: usize = 256 << 10;

/// What the named file and everything it extends say together.
pub(crate) struct Document {
    /// Every file that was read, the named one first.
    pub(crate) files: Files,
    /// Paths of these files.
    pub(crate) paths: Vec<PathBuf>,
    /// The merged values, without `extends`; `None` when nothing can be said of the named file.
    pub(crate) root: Option<Node>,
    /// Whether every file of the chain is in `root`; otherwise what is missing there may be said by a base.
    pub(crate) complete: bool,
    /// What was wrong so far.
    pub(crate) problems: Vec<Problem>,
}

/// Reads a file and, through `extends`, all it builds on.
pub(crate) fn read(source: &dyn Source, path: &Path) -> Document {
    let mut reader = Reader {
        source,
        files: Files::default(),
        paths: Vec::new(),
        problems: Vec::new(),
        complete: true,
    };
    let root = reader.read(path, None);
    let Reader {
        files,
        paths,
        problems,
        complete,
        ..
    } = reader;
    Document {
        files,
        paths,
        root,
        complete,
        problems,
    }
}

struct Reader<'a> {
    source: &'a dyn Source,
    files: Files,
    paths: Vec<PathBuf>,
    problems: Vec<Problem>,
    complete: bool,
}

impl Reader<'_> {
    /// Reads one file; `named_at` is the `extends` that asked for it.
    fn read(&mut self, path: &Path, named_at: Option<Place>) -> Option<Node> {
        let name = path.display().to_string();
        let bytes = match self.source.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unreadable(name, &error, named_at);
                return None;
            }
        };
        let (text, whole) = decode(bytes);
        let file = self.files.add(name, text.clone());
        self.paths.push(path.to_owned());
        if let Err((refusal, line, column)) = whole {
            let place = Place {
                file,
                line,
                column,
                text: String::new(),
            };
            self.problems.push(self.files.problem(&place, "", refusal));
            return None;
        }
        let root = parse(&text, file, &self.files, &mut self.problems);
        let faulty = self
            .problems
            .iter()
            .any(|problem| problem.file == self.files.name(file));
        let instead = match root {
            Some(Node {
                place,
                data: Data::Map(map),
            }) => return self.extend(path, place, map),
            None if faulty => return None,
            None
            | Some(Node {
                data: Data::Null, ..
            }) => "the file is empty",
            Some(Node {
                data: Data::List(_),
                ..
            }) => "the file is a list",
            Some(_) => "the file is a single value",
        };
        let place = Place {
            file,
            line: 1,
            column: 1,
            text: String::new(),
        };
        let refusal = Refusal::new(instead, "keys and values, such as `stack: bella-dev`");
        self.problems.push(self.files.problem(&place, "", refusal));
        None
    }

    fn extend(&mut self, path: &Path, place: Place, mut map: Map) -> Option<Node> {
        let written = map.entries.iter().position(|entry| entry.key == "extends");
        let parent = match written.map(|index| (index, map.entries[index].value.data.clone())) {
            Some((index, Data::Text(parent))) => {
                let entry = map.entries.remove(index);
                Some((
                    normal(&path.parent().unwrap_or(Path::new("")).join(parent)),
                    entry.value.place,
                ))
            }
            Some((_, Data::Null)) | None => None,
            // Anything else stays in the tree, where the schema refuses it.
            Some(_) => {
                self.complete = false;
                None
            }
        };
        let child = Node {
            place,
            data: Data::Map(map),
        };
        let Some((parent, place)) = parent else {
            return Some(without_nulls(child));
        };
        if self.paths.iter().any(|known| normal(known) == parent) {
            let message = format!(
                "`{}` extends itself, through {}",
                parent.display(),
                self.names()
            );
            let refusal = Refusal::new(message, "a file that does not build on this one");
            self.problems
                .push(self.files.problem(&place, "extends", refusal));
            self.complete = false;
            return Some(without_nulls(child));
        }
        match self.read(&parent, Some(place)) {
            Some(base) => Some(merge(base, child)),
            None => {
                self.complete = false;
                Some(without_nulls(child))
            }
        }
    }

    fn names(&self) -> String {
        let names: Vec<String> = self
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        names.join(" and ")
    }

    fn unreadable(&mut self, name: String, error: &io::Error, named_at: Option<Place>) {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no file `{name}`"),
            _ => format!("`{name}` cannot be read: {error}"),
        };
        let problem = match named_at {
            Some(place) => {
                let refusal = Refusal::new(message, "a path relative to this file");
                self.files.problem(&place, "extends", refusal)
            }
            None => {
                let file = self.files.add(name, String::new());
                let place = Place {
                    file,
                    line: 1,
                    column: 1,
                    text: String::new(),
                };
                let refusal =
                    Refusal::new(message, "the path of a stack file, such as stacks/dev.yaml");
                self.files.problem(&place, "", refusal)
            }
        };
        self.problems.push(problem);
    }
}

/// The text, and why it cannot be used with the line and column of the cause.
fn decode(bytes: Vec<u8>) -> (String, Result<(), (Refusal, usize, usize)>) {
    if bytes.len() > LARGEST {
        let refusal = Refusal::new(
            format!("the file has {} bytes", bytes.len()),
            "a stack file of at most 256 KiB",
        );
        return (String::new(), Err((refusal, 1, 1)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (
            text.strip_prefix('\u{feff}')
                .map(str::to_owned)
                .unwrap_or(text),
            Ok(()),
        ),
        Err(error) => {
            let good =
                String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()])
                    .into_owned();
            let line = good.matches('\n').count() + 1;
            let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let bad = error.as_bytes()[error.utf8_error().valid_up_to()];
            let refusal = Refusal::new(
                format!("the byte 0x{bad:02x} here is not UTF-8"),
                "a file saved as UTF-8",
            );
            (
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                Err((refusal, line, column)),
            )
        }
    }
}

/// The path without `.` and, where they can be resolved by name alone, `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(parts.components().next_back(), Some(Component::Normal(_))) =>
            {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}
