//! Apply as it happens: a live tree on a terminal, plain lines elsewhere, JSON Lines with --json.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bella_engine::address::Address;
use bella_engine::progress::{Outcome, Progress, Verb};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;

use super::id::short;
use super::usual::{Told, Usual};
use crate::interrupt::Voice;
use crate::ui::{Paint, Ui};

/// A wait is worth a line after this, and again each time as much has passed.
const QUIET_WAIT: Duration = Duration::from_secs(20);

/// Listens to apply.
pub(crate) struct Listener<'a> {
    ui: &'a Ui,
    usual: Usual,
    state: Mutex<State>,
}

struct State {
    total: usize,
    ended: usize,
    tree: Option<Tree>,
    said: BTreeMap<Address, Duration>,
    /// What runs, or ran last, at an address.
    verbs: BTreeMap<Address, Verb>,
}

/// One spinner a running step, and a line below that counts.
struct Tree {
    all: MultiProgress,
    count: ProgressBar,
    running: BTreeMap<(Address, &'static str), ProgressBar>,
}

impl<'a> Listener<'a> {
    /// For a plan of `total` steps, which usually take so long.
    pub(crate) fn new(ui: &'a Ui, total: usize, usual: Usual) -> Self {
        let tree = ui.live.then(|| {
            let all = MultiProgress::new();
            let count = all.add(ProgressBar::new(total as u64));
            count.set_style(style("{bar:24} {pos}/{len} steps, {elapsed}"));
            Tree {
                all,
                count,
                running: BTreeMap::new(),
            }
        });
        Self {
            ui,
            usual,
            state: Mutex::new(State {
                total,
                ended: 0,
                tree,
                said: BTreeMap::new(),
                verbs: BTreeMap::new(),
            }),
        }
    }

    /// Takes one event.
    pub(crate) fn hear(&self, progress: &Progress) {
        if self.ui.json {
            self.ui.line(&event(progress, &self.usual));
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Started { address, verb } => {
                state.started(address, *verb, self.usual.of(address, *verb));
            }
            Progress::Waiting {
                address,
                what,
                waited,
            } => state.waiting(self.ui, address, what, *waited, &self.usual),
            Progress::Ended {
                address,
                verb,
                outcome,
                took,
            } => state.ended(self.ui, address, *verb, outcome, *took),
        }
    }

    /// What speaks beside the tree, and as long as need be after it; silent where talk is.
    pub(crate) fn voice(&self) -> Voice {
        if self.ui.quiet || self.ui.json {
            return Box::new(|_| ());
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let tree = state.tree.as_ref().map(|tree| tree.all.clone());
        Box::new(move |text| {
            let _closed = match &tree {
                Some(tree) => tree.println(text),
                None => writeln!(std::io::stderr().lock(), "{text}"),
            };
        })
    }

    /// Clears the tree.
    pub(crate) fn finish(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = &state.tree {
            tree.count.finish_and_clear();
            // A terminal that cannot be cleared keeps its last lines.
            let _kept = tree.all.clear();
        }
    }
}

impl State {
    fn started(&mut self, address: &Address, verb: Verb, usual: Option<Told>) {
        self.verbs.insert(address.clone(), verb);
        let Some(tree) = &mut self.tree else {
            return;
        };
        let bar = tree
            .all
            .insert_before(&tree.count, ProgressBar::new_spinner());
        bar.set_style(style("{spinner} {msg} ({elapsed}{prefix})"));
        if let Some(words) = usual.and_then(Told::words) {
            bar.set_prefix(format!(", {words}"));
        }
        bar.set_message(format!("{} {address}", doing(verb)));
        bar.enable_steady_tick(Duration::from_millis(120));
        tree.running.insert((address.clone(), verb.word()), bar);
    }

    fn waiting(&mut self, ui: &Ui, address: &Address, what: &str, waited: Duration, usual: &Usual) {
        if let Some(tree) = &self.tree {
            let mut bars = tree
                .running
                .iter()
                .filter(|((running, _), _)| running == address);
            if let Some(((_, verb), bar)) = bars.next() {
                bar.set_message(format!("{} {address}: {what}", waiting(verb)));
            }
            return;
        }
        let said = self.said.entry(address.clone()).or_default();
        if waited >= *said + QUIET_WAIT {
            *said = waited;
            let verb = self.verbs.get(address);
            let told = verb.and_then(|verb| usual.of(address, *verb));
            let words = told.and_then(Told::words);
            ui.note(&format!(
                "      {address}: waiting {} s{}: {what}",
                waited.as_secs(),
                words.map_or(String::new(), |words| format!(" ({words})"))
            ));
        }
    }

    fn ended(&mut self, ui: &Ui, address: &Address, verb: Verb, outcome: &Outcome, took: Duration) {
        self.ended += 1;
        let place = format!(
            "[{:>width$}/{}]",
            self.ended,
            self.total,
            width = self.total.to_string().len()
        );
        let seconds = format!("{:.1} s", took.as_secs_f64());
        let text = match outcome {
            Outcome::Done(id) => {
                format!(
                    "{place} {} {address} ({}, {seconds})",
                    ui.paint(Paint::Green, done(verb)),
                    short(id)
                )
            }
            Outcome::Failed(error) => {
                format!(
                    "{place} {} {address} after {seconds}: {error}",
                    ui.paint(Paint::Red, "failed ")
                )
            }
            // The summary lists what was skipped.
            Outcome::Skipped(_) => return,
        };
        match &mut self.tree {
            Some(tree) => {
                if let Some(bar) = tree.running.remove(&(address.clone(), verb.word())) {
                    bar.finish_and_clear();
                }
                tree.count.inc(1);
                // Talk goes through the tree so that it stays below.
                let _closed = tree.all.println(text);
            }
            None => ui.note(&text),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn doing(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "creating",
        Verb::Update => "updating",
        Verb::Delete => "deleting",
        Verb::Await => "awaiting",
    }
}

/// The same for a verb that is known by its word.
fn waiting(word: &str) -> &'static str {
    [Verb::Create, Verb::Update, Verb::Delete]
        .into_iter()
        .find(|verb| verb.word() == word)
        .map_or("awaiting", doing)
}

fn done(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "created",
        Verb::Update => "updated",
        Verb::Delete => "deleted",
        Verb::Await => "ready  ",
    }
}

fn event(progress: &Progress, usual: &Usual) -> serde_json::Value {
    match progress {
        Progress::Started { address, verb } => {
            let mut line = json!({
                "type": "step", "address": address, "action": verb.word(), "state": "started",
            });
            if let Some(told) = usual.of(address, *verb) {
                line["usual_seconds"] = json!(told.time.as_secs_f64());
            }
            line
        }
        Progress::Waiting {
            address,
            what,
            waited,
        } => {
            json!({"type": "waiting", "address": address, "what": what, "seconds": waited.as_secs()})
        }
        Progress::Ended {
            address,
            verb,
            outcome,
            took,
        } => {
            let (state, key, value) = match outcome {
                Outcome::Done(id) => ("done", "id", id.clone()),
                Outcome::Failed(error) => ("failed", "error", error.to_string()),
                Outcome::Skipped(why) => ("skipped", "reason", why.clone()),
            };
            json!({
                "type": "step", "address": address, "action": verb.word(), "state": state,
                key: value, "seconds": took.as_secs_f64(),
            })
        }
    }
}
