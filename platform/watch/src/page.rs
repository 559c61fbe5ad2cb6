//! Runbooks: the pages of `runbooks/`, within the program, so that they are there when nothing else is.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde::Serialize;

/// The parts of every page, in order.
pub const PARTS: [&str; 6] = ["Signal", "Impact", "Check", "Act", "Verify", "Escalate"];

/// What a block of commands that changes nothing begins with.
pub const SAFE: &str = "sh safe";

/// A runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name, as alarms say it: `service-down`.
    pub name: &'static str,
    /// Its text, Markdown.
    pub text: &'static str,
}

/// A line of a block of commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The line as it is written, with words in capitals that are to be filled in.
    pub line: String,
    /// Whether it changes nothing.
    pub safe: bool,
}

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$(Page {
            name: $name,
            text: include_str!(concat!("../../../runbooks/", $name, ".md")),
        }),*]
    };
}

/// All pages, by name.
pub const PAGES: &[Page] = pages![
    "bad-migration",
    "certificate-expiring",
    "cost-spike",
    "credentials-expired",
    "database-slow",
    "database-storage-low",
    "deploy-stuck",
    "high-error-rate",
    "key-leaked",
    "low-success-rate",
    "openai-down",
    "redis-gone",
    "response-time-degradation",
    "schedule-failed",
    "service-down",
    "stack-half-torn-down",
    "twilio-down",
];

/// The page of that name.
#[must_use]
pub fn named(name: &str) -> Option<Page> {
    PAGES.iter().copied().find(|page| page.name == name)
}

impl Page {
    /// Its heading.
    #[must_use]
    pub fn title(&self) -> String {
        self.headings(HeadingLevel::H1).concat()
    }

    /// The headings of its parts, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        self.headings(HeadingLevel::H2)
    }

    /// The first sentence of its first part: by what one sees that it is the page to open.
    #[must_use]
    pub fn signal(&self) -> String {
        let (_, rest) = self.text.split_once("## Signal").unwrap_or_default();
        let words: Vec<&str> = rest.split_whitespace().collect();
        let text = words.join(" ");
        match text.split_once(". ") {
            Some((sentence, _)) => format!("{sentence}."),
            None => text,
        }
    }

    /// The lines of its blocks of commands, in order.
    #[must_use]
    pub fn commands(&self) -> Vec<Command> {
        commands(self.text)
    }

    fn headings(&self, wanted: HeadingLevel) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let mut inside = false;
        for event in Parser::new(self.text) {
            match event {
                Event::Start(Tag::Heading { level, .. }) if level == wanted => {
                    inside = true;
                    all.push(String::new());
                }
                Event::End(TagEnd::Heading(_)) => inside = false,
                Event::Text(text) | Event::Code(text) if inside => {
                    if let Some(last) = all.last_mut() {
                        last.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        all
    }
}

/// The lines of the blocks of commands in a text, in order: those fenced as `sh`.
#[must_use]
pub fn commands(text: &str) -> Vec<Command> {
    let mut all = Vec::new();
    let mut block = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split_whitespace().next() == Some("sh") =>
            {
                block = Some(&*info == SAFE);
            }
            Event::End(TagEnd::CodeBlock) => block = None,
            Event::Text(text) => {
                if let Some(safe) = block {
                    all.extend(text.lines().map(|line| Command {
                        line: line.to_owned(),
                        safe,
                    }));
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Command, PAGES, PARTS, commands, named};
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn the_pages_are_those_of_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
        let found = fs::read_dir(folder).expect("the runbooks are there");
        let found: BTreeSet<String> = found
            .map(|file| file.expect("a listing").path())
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .filter(|name| name != "README")
            .collect();
        let held: Vec<&str> = PAGES.iter().map(|page| page.name).collect();
        assert_eq!(held, Vec::from_iter(&found), "one line of PAGES each");
    }

    #[test]
    fn every_page_has_its_six_parts_and_commands() {
        for page in PAGES {
            assert_eq!(page.parts(), PARTS, "{}", page.name);
            assert!(!page.title().is_empty(), "{}", page.name);
            assert!(page.signal().len() > 20, "{}", page.name);
            assert!(!page.commands().is_empty(), "{}", page.name);
            for part in page.text.split("\n## ").skip(1) {
                let (_, body) = part.split_once('\n').unwrap_or_default();
                assert!(!body.trim().is_empty(), "{}: {part}", page.name);
            }
        }
    }

    #[test]
    fn a_page_that_lacks_a_part_is_noticed() {
        let page = super::Page {
            name: "short",
            text: "# Short\n\n## Signal\n\nSomething.\n\n## Act\n\nNothing.\n",
        };
        assert_eq!(page.parts(), ["Signal", "Act"]);
    }

    #[test]
    fn commands_are_read_with_what_they_change() {
        let text = "1. Look:\n\n   ```sh safe\n   bella status STACK\n   ```\n\n```sh\nbella down STACK\naws x y\n```\n\n```\nprinted\n```\n";
        let of = |line: &str, safe| Command {
            line: line.to_owned(),
            safe,
        };
        assert_eq!(
            commands(text),
            [
                of("bella status STACK", true),
                of("bella down STACK", false),
                of("aws x y", false),
            ]
        );
    }

    #[test]
    fn pages_are_found_by_name() {
        assert_eq!(
            named("service-down").map(|page| page.title()),
            Some("Service down".to_owned())
        );
        assert_eq!(named("service"), None);
    }
}
