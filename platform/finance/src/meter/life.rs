//! What one object used, and since when.

use bella_engine::address::Address;
use bella_engine::usage::Quantity;
use jiff::{SignedDuration, Timestamp};

use crate::finding::{About, Finding};

/// Between AWS's timestamp of a creation and the ledger's event of it lies the time that the
/// creation takes; beyond this the ledger does not know the beginning.
const CREATING: SignedDuration = SignedDuration::from_hours(1);

/// Who says that a state began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Witness {
    /// A timestamp of AWS.
    Aws,
    /// An event of the ledger.
    Ledger,
    /// The stack's schedule: nobody looked whether it was kept.
    Schedule,
}

/// What an object is in.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It uses this in an hour; a stopped one uses less.
    Uses(Vec<Quantity>),
    /// It does not exist.
    Gone,
}

/// From a moment on, a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The first moment.
    pub at: Timestamp,
    /// Who says so.
    pub by: Witness,
    /// The state.
    pub state: State,
}

/// An object's states over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Whose.
    pub address: Address,
    /// When AWS says it was created, of the object that exists now.
    pub created: Option<Timestamp>,
    /// What was observed, in any order.
    pub steps: Vec<Step>,
    /// What it uses in an hour as AWS shows it now; [`State::Gone`] where it shows nothing, `None`
    /// where nobody looked.
    pub present: Option<State>,
}

/// A stretch of time in one state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch<'a> {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) uses: &'a [Quantity],
}

impl Life {
    /// The stretches up to `now`, in order, without gaps but where the object was gone.
    pub(super) fn stretches(
        &self,
        now: Timestamp,
        findings: &mut Vec<Finding>,
    ) -> Vec<Stretch<'_>> {
        let mut steps: Vec<(Timestamp, &State)> = Vec::new();
        for step in &self.steps {
            if step.at > now && step.by == Witness::Schedule {
                continue;
            }
            if step.at > now {
                findings.push(self.note(
                    About::Clock,
                    format!(
                        "has an event at {}, after this clock's {now}; it is not counted yet",
                        step.at
                    ),
                ));
                continue;
            }
            steps.push((step.at, &step.state));
        }
        steps.sort_by_key(|(at, _)| *at);
        self.reach_back(&mut steps, now, findings);
        self.compare(&steps, findings);
        let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let stretches = steps.iter().zip(ends).filter_map(|((from, state), until)| {
            let State::Uses(uses) = state else {
                return None;
            };
            (*from < until).then_some(Stretch {
                from: *from,
                until,
                uses,
            })
        });
        stretches.collect()
    }

    /// Fills in what AWS's timestamp says and the steps do not.
    fn reach_back<'a>(
        &'a self,
        steps: &mut Vec<(Timestamp, &'a State)>,
        now: Timestamp,
        findings: &mut Vec<Finding>,
    ) {
        let Some(created) = self.created else {
            if steps.is_empty() && matches!(self.present, Some(State::Uses(_))) {
                findings.push(self.note(
                    About::UnknownInterval,
                    "exists, and neither AWS nor the ledger says since when: what it cost so far is not known"
                        .to_owned(),
                ));
            }
            return;
        };
        if created > now {
            let text = format!(
                "was created at {created}, after this clock's {now}: it is not counted yet"
            );
            findings.push(self.note(About::Clock, text));
            return;
        }
        // The steps of the object that exists now: those after the last that says it is gone.
        let since = steps.iter().rposition(|(_, state)| **state == State::Gone);
        let since = since.map_or(0, |gone| gone + 1);
        match steps.get(since) {
            Some((first, _)) if *first <= created => {}
            Some((first, state)) => {
                if first.duration_since(created) > CREATING {
                    findings.push(self.note(
                        About::UnknownInterval,
                        format!(
                            "was created at {created} by AWS's timestamp, and the ledger knows it from {first} \
                             on: in between it is counted as it was then, and stops are not known"
                        ),
                    ));
                }
                let earlier = (created, *state);
                let after_gone = since
                    .checked_sub(1)
                    .is_none_or(|gone| steps[gone].0 <= created);
                if after_gone {
                    steps.insert(since, earlier);
                }
            }
            None => {
                let Some(state @ State::Uses(_)) = &self.present else {
                    return;
                };
                findings.push(self.note(
                    About::UnknownInterval,
                    format!(
                        "was created at {created} by AWS's timestamp, and the ledger has nothing of it: it is \
                         counted as it is now, and sizes and stops before are not known"
                    ),
                ));
                let last_gone = steps.last().map(|(at, _)| *at);
                steps.push((last_gone.map_or(created, |gone| created.max(gone)), state));
            }
        }
    }

    /// Says where the present is not what the last step says.
    fn compare(&self, steps: &[(Timestamp, &State)], findings: &mut Vec<Finding>) {
        let (Some(present), Some((at, last))) = (&self.present, steps.last()) else {
            return;
        };
        if present != *last {
            let what = match (present, last) {
                (State::Gone, _) => "is gone",
                (_, State::Gone) => "exists",
                _ => "uses other quantities",
            };
            findings.push(self.note(
                About::UnknownInterval,
                format!(
                    "{what} now, and nothing says since when: it is counted as it was from {at} on"
                ),
            ));
        }
    }

    fn note(&self, about: About, text: String) -> Finding {
        Finding::new(about, self.address.to_string(), text)
    }
}
