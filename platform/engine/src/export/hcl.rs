//! HCL as `terraform fmt` leaves it: two blanks an indent, equals signs of neighbouring one-line
//! arguments in one column, nested values each on lines of their own.

use serde_json::Value;

use super::body::{Body, Term};
use crate::reference::{Piece, Reference, pieces};

/// Lists of plain values up to this width stand on one line.
const WIDTH: usize = 90;
const INDENT: &str = "  ";

/// Terraform's expression for a reference; `None` leaves the text as it is.
pub(super) type Lookup<'a> = &'a dyn Fn(&Reference) -> Option<String>;

/// A block of the top level, with its newline.
pub(super) fn top_level(header: &str, body: &Body, lookup: Lookup<'_>) -> String {
    block(header, body, 0, lookup) + "\n"
}

fn block(header: &str, body: &Body, depth: usize, lookup: Lookup<'_>) -> String {
    if body.items.is_empty() {
        return format!("{header} {{}}");
    }
    let entries = body.items.iter().map(|(name, term)| match term {
        Term::Comment(text) => Entry::Comment(text.clone()),
        Term::Value(value) => Entry::argument(name, expression(value, depth + 1, lookup)),
        Term::Document(document) => {
            let document = expression(document, depth + 1, lookup);
            Entry::argument(name, format!("jsonencode({document})"))
        }
        Term::Words(words) => Entry::argument(name, words.clone()),
        Term::Block(body) => Entry::Other(block(name, body, depth + 1, lookup)),
    });
    braces(&format!("{header} "), entries.collect(), depth)
}

/// A line of a block or an object.
enum Entry {
    /// One line: its equals sign stands under its neighbours'.
    Line(String, String),
    /// More than one line, without the indent of the first.
    Other(String),
    /// A line for the reader; what it is about follows it.
    Comment(String),
}

impl Entry {
    fn argument(name: &str, value: String) -> Self {
        match value.contains('\n') {
            true => Self::Other(format!("{name} = {value}")),
            false => Self::Line(name.to_owned(), value),
        }
    }

    fn line(&self) -> Option<(&str, &str)> {
        match self {
            Self::Line(name, value) => Some((name, value)),
            Self::Other(_) | Self::Comment(_) => None,
        }
    }
}

fn braces(opening: &str, entries: Vec<Entry>, depth: usize) -> String {
    let indent = INDENT.repeat(depth + 1);
    let mut text = format!("{opening}{{\n");
    let mut rest = entries.as_slice();
    let mut after_comment = false;
    while let Some(first) = rest.first() {
        if rest.len() < entries.len() && !after_comment {
            text.push('\n');
        }
        let lines: Vec<(&str, &str)> = rest.iter().map_while(Entry::line).collect();
        let column = lines.iter().map(|(name, _)| name.chars().count()).max();
        for (name, value) in &lines {
            let column = column.unwrap_or_default();
            text.push_str(&format!("{indent}{name:column$} = {value}\n"));
        }
        after_comment = matches!(first, Entry::Comment(_));
        match first {
            Entry::Line(..) => {}
            Entry::Other(other) => text.push_str(&format!("{indent}{other}\n")),
            Entry::Comment(comment) => text.push_str(&format!("{indent}# {comment}\n")),
        }
        rest = &rest[lines.len().max(1)..];
    }
    text + &INDENT.repeat(depth) + "}"
}

fn expression(value: &Value, depth: usize, lookup: Lookup<'_>) -> String {
    match value {
        Value::String(text) => template(text, lookup),
        Value::Array(items) => list(items, depth, lookup),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries = map.iter().map(|(name, value)| {
                Entry::argument(&key(name), expression(value, depth + 1, lookup))
            });
            braces("", entries.collect(), depth)
        }
        other => other.to_string(),
    }
}

fn list(items: &[Value], depth: usize, lookup: Lookup<'_>) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| expression(item, depth + 1, lookup))
        .collect();
    let line = format!("[{}]", items.join(", "));
    if !line.contains('\n') && line.len() <= WIDTH {
        return line;
    }
    let indent = INDENT.repeat(depth + 1);
    let lines: String = items
        .iter()
        .map(|item| format!("{indent}{item},\n"))
        .collect();
    format!("[\n{lines}{}]", INDENT.repeat(depth))
}

/// A key of an object: bare where it is an identifier, but for the word that begins a for
/// expression there.
fn key(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(is_part)
        && text != "for";
    match bare {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Text without references, in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text with its references; one that is nothing else is the bare expression.
fn template(text: &str, lookup: Lookup<'_>) -> String {
    let mut out = String::new();
    let mut bare = None;
    let parts = pieces(text);
    let alone = parts
        .iter()
        .filter(|piece| !matches!(piece, Piece::Text("")))
        .count()
        == 1;
    for piece in parts {
        match piece {
            Piece::Text(text) | Piece::Malformed(text) => out.push_str(&escaped(text)),
            Piece::Reference(reference) => match lookup(&reference) {
                Some(expression) => {
                    // A `$` before `${` would be read as the escape of it.
                    if out.ends_with('$') {
                        out.pop();
                        out.push_str("${\"$\"}");
                    }
                    out.push_str(&format!("${{{expression}}}"));
                    bare = Some(expression);
                }
                None => out.push_str(&escaped(&reference.to_string())),
            },
        }
    }
    match bare {
        Some(expression) if alone => expression,
        _ => format!("\"{out}\""),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                out.push(character);
                out.push(character);
            }
            control if control.is_control() => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lookup(reference: &Reference) -> Option<String> {
        (reference.address.kind() == "vpc")
            .then(|| format!("aws_vpc.{}.id", reference.address.name()))
    }

    #[test]
    fn text_keeps_its_references_and_nothing_else_is_read_as_one() {
        let cases = [
            ("plain", r#""plain""#),
            ("${vpc.main.id}", "aws_vpc.main.id"),
            ("${vpc.main.id}/x", r#""${aws_vpc.main.id}/x""#),
            (
                "${vpc.main.id}${vpc.two.id}",
                r#""${aws_vpc.main.id}${aws_vpc.two.id}""#,
            ),
            (
                "user:a$${vpc.main.id}",
                r#""user:a${"$"}${aws_vpc.main.id}""#,
            ),
            ("${log_group.gone.arn}", r#""$${log_group.gone.arn}""#),
            ("${aws:username} %{if}", r#""$${aws:username} %%{if}""#),
            ("50% of $5", r#""50% of $5""#),
            ("say \"hi\"\\\n\u{1}", r#""say \"hi\"\\\n\u0001""#),
        ];
        for (text, expect) in cases {
            assert_eq!(template(text, &lookup), expect, "{text}");
        }
    }

    #[test]
    fn a_block_is_laid_out_as_terraform_fmt_does() {
        let body = Body::new()
            .set("name", "a")
            .set("left_out", None::<i32>)
            .list("vpcs", ["${vpc.main.id}", "${vpc.two.id}"])
            .document(
                "policy",
                json!({"Version": "1", "Statement": [{"Action": ["a:B"], "Resource": "*"}], "for": {}}),
            )
            .set("count", 2)
            .block("check", Body::new().set("path", "/").set("interval_seconds", 30))
            .block("nothing", Body::new())
            .prevent_destroy()
            .ignore_changes("Somebody else counts.", &["count"])
            .tags(&[("bella:stack", "s"), ("Name", "n"), ("aws:own", "x")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into());
        let text = top_level("resource \"aws_x\" \"y\"", &body, &lookup);
        assert_eq!(
            text,
            r#"resource "aws_x" "y" {
  name = "a"
  vpcs = [aws_vpc.main.id, aws_vpc.two.id]

  policy = jsonencode({
    Statement = [
      {
        Action   = ["a:B"]
        Resource = "*"
      },
    ]

    Version = "1"
    "for"   = {}
  })

  count = 2

  check {
    path             = "/"
    interval_seconds = 30
  }

  nothing {}

  lifecycle {
    # It holds data: nothing is destroyed while this line is here.
    prevent_destroy = true

    # Somebody else counts.
    ignore_changes = [count]
  }

  tags = {
    Name          = "n"
    "bella:stack" = "s"
  }
}
"#
        );
    }

    #[test]
    fn long_lists_stand_on_lines_of_their_own() {
        let items: Vec<String> = (0..10)
            .map(|number| format!("number-{number}-{}", "x".repeat(5)))
            .collect();
        let text = top_level("x", &Body::new().list("items", items), &lookup);
        assert_eq!(text.lines().count(), 14);
        assert_eq!(text.lines().nth(2), Some("    \"number-0-xxxxx\","));
    }
}
