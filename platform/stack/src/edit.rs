//! A stack file with another value, its comments and layout kept.

use crate::yaml::{Data, Entry, Files, Node, Place, parse};
use serde_json::{Map, Value};

/// Why a file cannot be edited; the file is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEdited {
    /// The key that was to be set, `service.cpu`.
    pub key: String,
    /// Why it could not be.
    pub why: String,
}

impl std::fmt::Display for NotEdited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cannot be set: {}", self.key, self.why)
    }
}

impl std::error::Error for NotEdited {}

/// The text of one stack file with a key, `service.cpu`, set to a number or a short text.
///
/// A value that is written is replaced where it stands. One that an extended file says is added to this one: beside the keys of its
/// section, or with its section at the end. Nothing else of the text changes; a comment behind the value keeps its column where there
/// is room. The result is parsed again, and refused where it says anything else than asked.
///
/// # Errors
/// The text is no stack file, or the key's section is no map.
pub fn edited(text: &str, key: &str, value: &Value) -> Result<String, NotEdited> {
    let refuse = |why: &str| NotEdited {
        key: key.to_owned(),
        why: why.to_owned(),
    };
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = tree(body).ok_or_else(|| refuse("the file is not valid YAML"))?;
    let steps: Vec<&str> = key.split('.').collect();
    let written = scalar(value).ok_or_else(|| refuse("only a number or a text can be set"))?;
    let lines = Lines::of(body);
    let edit = edit(&root, &steps, &written, &lines)
        .ok_or_else(|| refuse("the section it belongs to is not a map of keys"))?;
    let mut after = body.to_owned();
    after.replace_range(edit.start..edit.end, &edit.text);
    let mut expected = root.to_json();
    set(&mut expected, &steps, value);
    match tree(&after).map(|node| node.to_json()) {
        Some(found) if found == expected => {
            let mark = &text[..text.len() - body.len()];
            Ok(format!("{mark}{after}"))
        }
        _ => Err(refuse(
            "the file is written in a way that is not understood here; change it by hand",
        )),
    }
}

/// What replaces the bytes from `start` to `end`.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

fn tree(text: &str) -> Option<Node> {
    let mut files = Files::default();
    let file = files.add("stack file".to_owned(), text.to_owned());
    let mut problems = Vec::new();
    let root = parse(text, file, &files, &mut problems);
    root.filter(|_| problems.is_empty())
}

/// The value as it is written: a text in quotes where YAML would read something else without them.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => {
            let plain = tree(&format!("key: {text}\n")).map(|node| node.to_json());
            let same = plain.is_some_and(|node| node["key"] == *value);
            Some(if same {
                text.clone()
            } else {
                value.to_string()
            })
        }
        _ => None,
    }
}

fn set(tree: &mut Value, steps: &[&str], value: &Value) {
    let Some((first, rest)) = steps.split_first() else {
        *tree = value.clone();
        return;
    };
    if !tree.is_object() {
        *tree = Value::Object(Map::new());
    }
    if let Value::Object(map) = tree {
        set(map.entry(*first).or_insert(Value::Null), rest, value);
    }
}

fn edit(root: &Node, steps: &[&str], written: &str, lines: &Lines<'_>) -> Option<Edit> {
    let mut node = root;
    for (depth, step) in steps.iter().enumerate() {
        let map = node.as_map()?;
        match map.get(step) {
            Some(entry) if depth + 1 == steps.len() => return replace(entry, written, lines),
            Some(entry) => node = &entry.value,
            None => {
                let at_root = depth == 0;
                let rest = &steps[depth..];
                return Some(add(node, &map.entries, rest, written, lines, at_root));
            }
        }
    }
    None
}

fn replace(entry: &Entry, written: &str, lines: &Lines<'_>) -> Option<Edit> {
    if matches!(entry.value.data, Data::List(_) | Data::Map(_)) {
        return None;
    }
    let place = &entry.value.place;
    let start = lines.offset(place);
    let mut end = start + length(&place.text);
    let mut text = written.to_owned();
    let behind = lines.rest(end);
    let gap = behind.len() - behind.trim_start_matches(' ').len();
    if behind[gap..].starts_with('#') && gap > 0 {
        let column = lines.text[start..end].chars().count() + gap;
        let room = column.saturating_sub(text.chars().count()).max(1);
        text.push_str(&" ".repeat(room));
        end += gap;
    }
    Some(Edit { start, end, text })
}

/// Bytes of a scalar of which this is the first line: what a parser says of one in quotes reaches to the end of a comment behind it.
fn length(written: &str) -> usize {
    let Some(quote) = written
        .chars()
        .next()
        .filter(|first| "\"'".contains(*first))
    else {
        return written.len();
    };
    let mut escaped = false;
    let closing = written.char_indices().skip(1).find(|(_, character)| {
        let closes = *character == quote && !escaped;
        escaped = quote == '"' && *character == '\\' && !escaped;
        closes
    });
    closing.map_or(written.len(), |(at, _)| at + 1)
}

/// A key that the map does not have, with the sections on the way to it.
fn add(
    node: &Node,
    entries: &[Entry],
    steps: &[&str],
    written: &str,
    lines: &Lines<'_>,
    at_root: bool,
) -> Edit {
    let start = lines.offset(&node.place);
    if lines.text[start..].starts_with('{') {
        let inner = steps.iter().rev().fold(written.to_owned(), nested);
        let inner = inner.trim_start_matches("{ ").trim_end_matches(" }");
        let text = match entries.is_empty() {
            true => format!(" {inner} "),
            false => format!(" {inner},"),
        };
        let at = start + 1;
        return Edit {
            start: at,
            end: at,
            text,
        };
    }
    let indent = entries.first().map_or(0, |one| one.key_place.column - 1);
    let mut text = String::new();
    for (depth, step) in steps.iter().enumerate() {
        let end = match depth + 1 == steps.len() {
            true => format!(" {written}"),
            false => String::new(),
        };
        let margin = " ".repeat(indent + 2 * depth);
        text.push_str(&format!("{margin}{step}:{end}{}", lines.newline()));
    }
    let last_scalar = entries.iter().rev().find(|entry| {
        !matches!(entry.value.data, Data::List(_) | Data::Map(_))
            && entry.value.place.line == entry.key_place.line
    });
    let at = match (at_root, last_scalar, entries.first()) {
        (false, Some(entry), _) => lines.after(entry.value.place.line),
        (false, None, Some(first)) => lines.before(first.key_place.line),
        _ => lines.text.len(),
    };
    if at == lines.text.len() {
        let ended = lines.text.is_empty() || lines.text.ends_with('\n');
        let apart = if at_root { lines.newline() } else { "" };
        let first = if ended { "" } else { lines.newline() };
        text = format!("{first}{apart}{text}");
    }
    Edit {
        start: at,
        end: at,
        text,
    }
}

fn nested(inner: String, step: &&str) -> String {
    format!("{{ {step}: {inner} }}")
}

/// Where lines begin, in bytes.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: [0].into_iter().chain(breaks).collect(),
        }
    }

    fn newline(&self) -> &'static str {
        match self.text.contains("\r\n") {
            true => "\r\n",
            false => "\n",
        }
    }

    fn offset(&self, place: &Place) -> usize {
        let start = self.before(place.line);
        let mut characters = self.text[start..].char_indices();
        let within = characters.nth(place.column - 1);
        within.map_or(self.text.len(), |(at, _)| start + at)
    }

    fn before(&self, line: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1)).copied();
        start.unwrap_or(self.text.len())
    }

    fn after(&self, line: usize) -> usize {
        self.before(line + 1)
    }

    /// What stands on the line from there on.
    fn rest(&self, at: usize) -> &'a str {
        self.text[at..].lines().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_change_and_nothing_else() {
        let cases = [
            (
                "comment keeps its column",
                "service:\n  memory: 1024    # MiB\n",
                "service.memory",
                json!(512),
                "service:\n  memory: 512     # MiB\n",
            ),
            (
                "comment is pushed",
                "service:\n  cpu: 512 # half\n",
                "service.cpu",
                json!(1024),
                "service:\n  cpu: 1024 # half\n",
            ),
            (
                "text",
                "database:\n  # small\n  instance: db.t4g.medium\n  multi_az: false\n",
                "database.instance",
                json!("db.t4g.small"),
                "database:\n  # small\n  instance: db.t4g.small\n  multi_az: false\n",
            ),
            (
                "quotes",
                "database:\n  instance: \"db.t4g.medium\" # x\n",
                "database.instance",
                json!("db.t4g.small"),
                "database:\n  instance: db.t4g.small    # x\n",
            ),
            (
                "flow",
                "cache: { mode: node, node: cache.t4g.small }  # c\n",
                "cache.node",
                json!("cache.t4g.micro"),
                "cache: { mode: node, node: cache.t4g.micro }  # c\n",
            ),
            (
                "inherited key",
                "service:\n  # why\n  cpu: 256    # x\n  scaling: { min: 1 }\n\nbudget: {}\n",
                "service.memory",
                json!(512),
                "service:\n  # why\n  cpu: 256    # x\n  memory: 512\n  scaling: { min: 1 }\n\nbudget: {}\n",
            ),
            (
                "inherited key, only sections",
                "service:\n  scaling: { min: 1 }\n",
                "service.cpu",
                json!(512),
                "service:\n  cpu: 512\n  scaling: { min: 1 }\n",
            ),
            (
                "inherited key in flow",
                "cache: { mode: node }\n",
                "cache.node",
                json!("cache.t4g.micro"),
                "cache: { node: cache.t4g.micro, mode: node }\n",
            ),
            (
                "inherited key in an empty map",
                "cache: {}\n",
                "cache.node",
                json!("cache.t4g.micro"),
                "cache: { node: cache.t4g.micro }\n",
            ),
            (
                "inherited section",
                "extends: base.yaml\nstack: a   # end\n",
                "service.cpu",
                json!(256),
                "extends: base.yaml\nstack: a   # end\n\nservice:\n  cpu: 256\n",
            ),
            (
                "no last newline",
                "stack: a",
                "service.cpu",
                json!(256),
                "stack: a\n\nservice:\n  cpu: 256\n",
            ),
            (
                "last line of a section",
                "service:\n  memory: 512",
                "service.cpu",
                json!(256),
                "service:\n  memory: 512\n  cpu: 256\n",
            ),
            (
                "windows",
                "\u{feff}service:\r\n  cpu: 512   # x\r\n",
                "service.memory",
                json!(512),
                "\u{feff}service:\r\n  cpu: 512   # x\r\n  memory: 512\r\n",
            ),
            (
                "not ASCII",
                "owner: é\nservice: { cpu: 512, memory: 1024 } # é\n",
                "service.memory",
                json!(512),
                "owner: é\nservice: { cpu: 512, memory: 512 } # é\n",
            ),
            (
                "would be a number",
                "database:\n  version: \"16\"\n",
                "database.version",
                json!("17"),
                "database:\n  version: \"17\"\n",
            ),
        ];
        for (name, before, key, value, after) in cases {
            let found = edited(before, key, &value);
            assert_eq!(found.as_deref(), Ok(after), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_edited_is_refused() {
        let cases = [
            ("service: [\n", "service.cpu", "not valid YAML"),
            ("service: 5\n", "service.cpu", "not a map"),
            ("service: null\n", "service.cpu", "not a map"),
            ("service:\n  cpu: [1]\n", "service.cpu", "not a map"),
            (
                "service:\n  memory:\n    512\n",
                "service.memory.x",
                "not a map",
            ),
            (
                "service:\n  name: \"two\n    lines\"\n",
                "service.name",
                "by hand",
            ),
        ];
        for (before, key, said) in cases {
            let error = edited(before, key, &json!(256)).expect_err(before);
            assert!(error.to_string().contains(said), "{before}: {error}");
        }
    }

    #[test]
    fn the_shipped_stacks_take_every_advice() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
        for name in [
            "base.yaml",
            "dev.yaml",
            "staging.yaml",
            "prod.yaml",
            "preview.yaml",
        ] {
            let before = std::fs::read_to_string(folder.join(name)).expect("it is shipped");
            for (key, value) in [
                ("service.cpu", json!(4096)),
                ("service.memory", json!(16384)),
                ("database.instance", json!("db.t4g.2xlarge")),
                ("database.storage_gb", json!(100)),
                ("cache.node", json!("cache.t4g.medium")),
            ] {
                let after = edited(&before, key, &value);
                let after = after.unwrap_or_else(|error| panic!("{name}: {error}"));
                let comments = |text: &str| -> Vec<String> {
                    let behind = text.lines().filter_map(|line| line.split_once(" #"));
                    behind.map(|(_, comment)| comment.to_owned()).collect()
                };
                assert_eq!(comments(&before), comments(&after), "{name} {key}");
                let more = after.lines().count() - before.lines().count();
                assert!(more <= 3, "{name} {key}:\n{after}");
            }
        }
    }
}
