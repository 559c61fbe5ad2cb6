//! What goes wrong, and when: one counter over changing calls and ledger writes.

use std::collections::BTreeSet;

use bella_engine::cloud::{CloudError, Fault};
use tokio::sync::watch;

/// What goes wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woe {
    Nothing,
    /// The process dies before or after its `at`-th changing call or ledger write.
    Die {
        at: usize,
        after: bool,
    },
    /// So many changing calls are told to wait; the next is carried out, and the process dies.
    Late {
        refused: usize,
    },
    /// The answer to the `at`-th changing call is lost; the work is done or not.
    Lost {
        at: usize,
        done: bool,
    },
    /// The `at`-th changing call is denied, and so is its every repetition.
    Deny {
        at: usize,
    },
    /// Every call is refused with that fault the first time it is made.
    Shaky(Fault),
    /// So is every call that names something else or what was made before, as not found: not every
    /// part of the cloud has heard of it yet.
    Unheard,
}

/// Carries a [`Woe`] out.
pub(crate) struct Trouble {
    woe: Woe,
    ticks: usize,
    calls: usize,
    struck: bool,
    refused: BTreeSet<String>,
    denied: Option<(String, String)>,
    dead: watch::Sender<bool>,
}

/// What a call has to do.
pub(crate) enum Verdict {
    Pass,
    Die,
    Refuse(CloudError),
    /// Do the work, then say nothing of it.
    DoAndLose(CloudError),
}

impl Trouble {
    pub(crate) fn new(woe: Woe) -> Self {
        Self {
            woe,
            ticks: 0,
            calls: 0,
            struck: false,
            refused: BTreeSet::new(),
            denied: None,
            dead: watch::Sender::new(false),
        }
    }

    /// Whether the trouble came to pass.
    pub(crate) fn struck(&self) -> bool {
        self.struck
    }

    /// Changing calls made.
    pub(crate) fn calls(&self) -> usize {
        self.calls
    }

    /// The address whose call was denied.
    pub(crate) fn denied(&self) -> Option<&str> {
        self.denied.as_ref().map(|(address, _)| address.as_str())
    }

    pub(crate) fn death(&self) -> watch::Receiver<bool> {
        self.dead.subscribe()
    }

    /// Before a changing call: `address` names the object, `operation` the call.
    pub(crate) fn before_call(&mut self, address: &str, operation: &str) -> Verdict {
        let at = self.calls;
        self.calls += 1;
        let error =
            |fault| CloudError::new(fault, "fake", operation, format!("trouble at {address}"));
        if self.before_tick() {
            return Verdict::Die;
        }
        match self.woe {
            Woe::Lost { at: wanted, done } if at == wanted => {
                self.struck = true;
                let lost = error(Fault::Ambiguous);
                return if done {
                    Verdict::DoAndLose(lost)
                } else {
                    Verdict::Refuse(lost)
                };
            }
            Woe::Late { refused } if at < refused => return Verdict::Refuse(error(Fault::NotYet)),
            Woe::Deny { at: wanted } => {
                let call = (address.to_owned(), operation.to_owned());
                if at == wanted {
                    self.struck = true;
                    self.denied = Some(call.clone());
                }
                if self.denied.as_ref() == Some(&call) {
                    return Verdict::Refuse(error(Fault::Denied));
                }
            }
            Woe::Shaky(fault) if self.refused.insert(format!("{operation} {address}")) => {
                self.struck = true;
                return Verdict::Refuse(error(fault));
            }
            Woe::Unheard
                if names_something(address, operation)
                    && self.refused.insert(format!("{operation} {address}")) =>
            {
                self.struck = true;
                return Verdict::Refuse(error(Fault::NotFound));
            }
            _ => {}
        }
        Verdict::Pass
    }

    /// Before a changing call or a ledger write: whether the process dies here.
    pub(crate) fn before_tick(&mut self) -> bool {
        let at = self.ticks;
        self.ticks += 1;
        self.burn(at, false)
    }

    /// After the call or write that was number `tick`.
    pub(crate) fn after_tick(&mut self, tick: usize) -> bool {
        self.burn(tick, true)
    }

    /// The number of the next call or write.
    pub(crate) fn next_tick(&self) -> usize {
        self.ticks
    }

    fn burn(&mut self, now: usize, is_after: bool) -> bool {
        let burns = match self.woe {
            Woe::Die { at, after } => at == now && after == is_after,
            Woe::Late { refused } => is_after && self.calls > refused,
            _ => false,
        };
        if burns {
            self.struck = true;
            self.dead.send_replace(true);
        }
        burns
    }
}

/// A net's create labels what it made in a call of its own, and what has no references is made first.
fn names_something(address: &str, operation: &str) -> bool {
    let is_made = ["make", "register"].contains(&operation);
    match address.split('.').next() {
        Some("net") => operation == "strip",
        Some("gate" | "revision") => !is_made,
        _ => true,
    }
}
