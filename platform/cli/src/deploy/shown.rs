//! What a deployment says on its way: lines for people, or a line of the stream for programs.

use std::cell::RefCell;
use std::time::Duration;

use bella_aws::rollout::own::Snapshot;
use bella_deploy::Told;
use serde_json::json;

use crate::error::CommandError;
use crate::ui::Ui;

/// Shows what is told; of a rollout only what is new.
pub(super) struct Shown<'a> {
    pub(super) ui: &'a Ui,
    pub(super) last: RefCell<String>,
}

impl Shown<'_> {
    pub(super) fn tell(&self, told: &Told<'_, CommandError>) {
        match told {
            Told::Phase { name, what } => self.phase(name, what),
            Told::Done { what, took } => self.done(what, *took),
            Told::Line(line) => self.line(line),
            Told::Rollout(snapshot) => self.rollout(snapshot),
            Told::Note(note) => self.note(note),
            Told::Problem(why) => self.problem(why),
        }
    }

    fn phase(&self, name: &str, what: &str) {
        match self.ui.json {
            true => self
                .ui
                .line(&json!({"type": "phase", "phase": name, "what": what})),
            false => self.ui.note(&format!("\n{what}")),
        }
    }

    fn done(&self, what: &str, took: Option<Duration>) {
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

    fn line(&self, line: &str) {
        match self.ui.json {
            true => self.ui.line(&json!({"type": "line", "line": line})),
            false => self.ui.note(&format!("  {line}")),
        }
    }

    fn note(&self, note: &str) {
        match self.ui.json {
            true => self.ui.line(&json!({"type": "note", "note": note})),
            false => self.ui.note(&format!("note: {note}")),
        }
    }

    fn problem(&self, why: &CommandError) {
        match self.ui.json {
            true => self
                .ui
                .line(&json!({"type": "problem", "errors": why.lines, "hints": why.hints})),
            false => self.ui.error(why),
        }
    }

    /// A line for each change of what is seen.
    fn rollout(&self, snapshot: &Snapshot) {
        let revisions = snapshot.view.revisions.iter().map(|it| {
            let name = it.task_definition.rsplit(':').next().unwrap_or_default();
            let mark = if it.primary { "*" } else { "" };
            format!(
                "revision {name}{mark}: {} of {} running, {} healthy",
                it.running, it.desired, it.healthy
            )
        });
        let line = revisions.collect::<Vec<_>>().join(" | ");
        if line.is_empty() || line == *self.last.borrow() {
            return;
        }
        self.last.borrow_mut().clone_from(&line);
        match self.ui.json {
            true => self.ui.line(&json!({
                "type": "rollout", "seconds": snapshot.elapsed.as_secs(), "going_back": snapshot.going_back,
                "status": snapshot.view.rollout.as_ref().map(|it| it.status), "revisions": snapshot.view.revisions,
            })),
            false => self.done(&line, Some(snapshot.elapsed)),
        }
    }
}
