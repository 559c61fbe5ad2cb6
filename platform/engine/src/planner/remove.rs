//! What goes: duplicates, old revisions, what nobody declares.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Planner, Wanted, revision};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::order::Wired;
use crate::plan::{Action, Change, Origin, Step, Work};
use crate::resource::{Disposition, Phase, Tags, find_kind};

impl<C: Cloud> Planner<'_, C> {
    /// Objects beside the chosen one: duplicates go, old revisions go beyond the number kept.
    pub(super) fn surplus(
        &mut self,
        wanted: &Wanted<'_, C>,
        chosen: usize,
        candidates: &[usize],
        renewed: bool,
    ) {
        let mut rest: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|c| *c != chosen)
            .collect();
        let mut reason = "another object carries this address";
        if let Disposition::Revisioned { keep } = wanted.kind.disposition() {
            if renewed {
                rest.push(chosen);
            }
            rest.sort_by_key(|position| std::cmp::Reverse(revision(&self.object(*position).id)));
            rest = rest.split_off(keep.min(rest.len()));
            reason = "an old revision, beyond those kept for rollback";
        }
        for position in rest {
            self.delete(&wanted.node.address, position, reason);
        }
    }

    /// Live objects that no node wants.
    pub(super) fn leftovers(&mut self) {
        for position in 0..self.request.live.objects.len() {
            let object = self.object(position);
            if self.taken.contains(&position) || object.phase == Phase::Deleting {
                continue;
            }
            let noted = self.noted_as(object);
            let again = noted
                .as_ref()
                .is_some_and(|it| self.request.graph.get(it).is_some());
            let reason = if again {
                "another one takes its place"
            } else if object.claimed || noted.is_some() {
                "the stack no longer declares it"
            } else {
                "nothing declares it, and it hangs on an object of this stack"
            };
            let address = noted.unwrap_or_else(|| object.address.clone());
            self.delete(&address, position, reason);
        }
    }

    pub(super) fn delete(&mut self, address: &Address, position: usize, reason: &str) {
        let object = self.object(position);
        if let Some(kind) = find_kind(self.request.catalog, &object.kind) {
            self.check_protection(address, kind, object, "deleted");
        }
        self.plan.changes.push(Change {
            address: address.clone(),
            kind: object.kind.clone(),
            action: Action::Delete,
            origin: match self.request.applied {
                None => Origin::Unknown,
                Some(_) if !object.claimed && *address == object.address => Origin::Drift,
                Some(_) => Origin::Stack,
            },
            id: Some(object.id.clone()),
            fields: Vec::new(),
            reason: Some(reason.to_owned()),
            desired: Value::Null,
            live: match (object.claimed, &object.props) {
                (false, Some(props)) if *address == object.address => props.clone(),
                _ => Value::Null,
            },
        });
        self.delete_step(position, false);
        if let Some(step) = self.plan.steps.last_mut() {
            step.address = address.clone();
            if self.request.graph.get(address).is_some()
                && let Work::Delete { replaced, .. } = &mut step.work
            {
                *replaced = true;
            }
        }
    }

    pub(super) fn delete_step(&mut self, position: usize, replaced: bool) {
        let object = self.object(position);
        self.plan.steps.push(Step {
            address: object.address.clone(),
            kind: object.kind.clone(),
            work: Work::Delete {
                id: object.id.clone(),
                replaced,
                keep_copy: self.request.keep_copies,
            },
            after: BTreeSet::new(),
            tags: Tags::new(),
        });
        let made_by = replaced.then(|| self.plan.steps.len() - 2);
        self.wired.push(Wired::Delete {
            live: position,
            made_by,
        });
    }
}
