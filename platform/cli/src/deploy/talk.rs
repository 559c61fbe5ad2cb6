//! What a deployment says on its way.

use std::time::Duration;

use serde_json::json;

use crate::ui::Ui;

/// Lines for people, or a line of the stream for programs.
#[derive(Clone, Copy)]
pub(crate) struct Talk<'a> {
    pub(crate) ui: &'a Ui,
}

impl Talk<'_> {
    /// A phase begins.
    pub(crate) fn phase(&self, name: &str, what: &str) {
        match self.ui.json {
            true => self
                .ui
                .line(&json!({"type": "phase", "phase": name, "what": what})),
            false => self.ui.note(&format!("\n{what}")),
        }
    }

    /// A part of a phase is done.
    pub(crate) fn done(&self, what: &str, took: Option<Duration>) {
        if self.ui.json {
            let seconds = took.map(|took| took.as_secs_f64());
            self.ui
                .line(&json!({"type": "done", "what": what, "seconds": seconds}));
            return;
        }
        let took = took.map(|took| format!(" ({:.1} s)", took.as_secs_f64()));
        self.ui
            .note(&format!("  {what}{}", took.unwrap_or_default()));
    }
}
