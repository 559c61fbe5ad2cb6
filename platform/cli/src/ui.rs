//! Data to stdout, talk to stderr.

use std::io::{BufRead, IsTerminal, Write};

use serde::Serialize;

use crate::args::Global;
use crate::error::{CommandError, Exit};

/// Where output goes and how it looks.
pub(crate) struct Ui {
    pub(crate) json: bool,
    pub(crate) color: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Whether talk goes to a terminal that can redraw.
    pub(crate) live: bool,
}

/// A colour of the text plan.
#[derive(Clone, Copy)]
pub(crate) enum Paint {
    Green,
    Yellow,
    Red,
    Cyan,
    Dim,
    Bold,
}

impl Ui {
    pub(crate) fn new(global: &Global) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = std::io::stderr().is_terminal();
        Self {
            json: global.json,
            color: std::io::stdout().is_terminal()
                && terminal
                && !global.no_color
                && !no_color
                && !dumb,
            quiet: global.quiet,
            verbose: global.verbose,
            live: terminal && !global.quiet && !global.json && !dumb,
        }
    }

    /// The same without colour, for text that goes elsewhere than to the terminal.
    pub(crate) fn without_color(&self) -> Self {
        Self {
            color: false,
            ..*self
        }
    }

    /// Prints data. A reader that went away (`| head`) is no error.
    pub(crate) fn data(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _closed_pipe = writeln!(out, "{}", text.trim_end_matches('\n'));
    }

    /// Prints one JSON document.
    pub(crate) fn document(&self, value: &impl Serialize) {
        self.data(&serde_json::to_string_pretty(value).unwrap_or_default());
    }

    /// Prints one line of a JSON Lines stream.
    pub(crate) fn line(&self, value: &impl Serialize) {
        self.data(&serde_json::to_string(value).unwrap_or_default());
    }

    /// Says something to the person.
    pub(crate) fn talk(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        let _closed_pipe = writeln!(err, "{}", text.trim_end_matches('\n'));
    }

    /// Says something that `--quiet` silences.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Says what the next question is about: silenced only where nobody will be asked.
    pub(crate) fn before_question(&self, answered: bool, text: &str) {
        if self.json {
            return;
        }
        if answered {
            self.note(text)
        } else {
            self.talk(text)
        }
    }

    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Green => "32",
            Paint::Yellow => "33",
            Paint::Red => "31",
            Paint::Cyan => "36",
            Paint::Dim => "2",
            Paint::Bold => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    pub(crate) fn error(&self, error: &CommandError) {
        if self.json {
            self.line(&serde_json::json!({
                "type": "error", "exit": error.exit as u8, "errors": error.lines, "hints": error.hints,
            }));
            return;
        }
        for line in &error.lines {
            self.talk(&format!("{} {line}", self.paint(Paint::Red, "error:")));
        }
        for hint in &error.hints {
            self.talk(&format!("{} {hint}", self.paint(Paint::Cyan, "hint:")));
        }
    }

    /// Asks the person; `yes` has answered already.
    ///
    /// # Errors
    /// Nobody is there to ask, or the answer is not `yes`.
    pub(crate) fn confirm(&self, yes: bool, question: &str) -> Result<(), CommandError> {
        if yes {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            return Err(CommandError::usage(
                "this changes things, and nobody is here to confirm it",
            )
            .hint("repeat the command with --yes"));
        }
        let mut err = std::io::stderr().lock();
        let _closed_pipe =
            write!(err, "{question} Only `yes` is accepted: ").and_then(|()| err.flush());
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_ok() && answer.trim() == "yes" {
            return Ok(());
        }
        Err(CommandError::new(
            Exit::Interrupted,
            "not confirmed; nothing was changed",
        ))
    }
}
