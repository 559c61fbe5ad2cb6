//! Who moved: the stack file or the cloud. Told from what the ledger says was last applied.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ADDRESS_TAG, Planner, Wanted, with_tags};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::diff::{FieldChange, at, select};
use crate::live::Object;
use crate::plan::{Origin, PlannedField};
use crate::reference::{is_unresolved, references, resolve};
use crate::resource::{Owner, find_kind};

impl<C: Cloud> Planner<'_, C> {
    /// Tells of each field who moved. A value known after apply follows what it refers to.
    pub(super) fn attribute(
        &self,
        wanted: &Wanted<'_, C>,
        object: &Object,
        fields: Vec<FieldChange>,
    ) -> Vec<PlannedField> {
        let applied = self.request.applied.map(|applied| {
            let noted = applied.objects.get(&wanted.node.address);
            noted.or_else(|| applied.objects.get(&object.address))
        });
        let wants = with_tags(&wanted.node.properties, &wanted.tags);
        fields
            .into_iter()
            .map(|change| {
                let origin = match applied {
                    None => Origin::Unknown,
                    Some(None) => Origin::Unknown,
                    // Only a rename makes these differ, and no property notes them.
                    Some(Some(_))
                        if wanted.kind.owner() == Owner::Record && is_address(&change) =>
                    {
                        Origin::Stack
                    }
                    Some(Some(last))
                        if tag_aware(last, &change.path) != tag_aware(&wants, &change.path) =>
                    {
                        Origin::Stack
                    }
                    Some(Some(_)) if is_unresolved(&change.to) => self.upstream(&change.to),
                    Some(Some(_)) => Origin::Drift,
                };
                PlannedField { change, origin }
            })
            .collect()
    }

    /// Why there is something to make at an address. An object that was there is gone; a child, which
    /// is known by what it hangs on, may also be wanted elsewhere than it is.
    pub(super) fn origin_of_create(&self, wanted: &Wanted<'_, C>) -> Origin {
        let Some(applied) = self.request.applied else {
            return Origin::Unknown;
        };
        let Some(last) = applied.objects.get(&wanted.node.address) else {
            return Origin::Stack;
        };
        if !matches!(wanted.kind.owner(), Owner::Parent(_)) {
            return Origin::Drift;
        }
        let identity = wanted.kind.immutable();
        if select(last, identity) != select(&wanted.node.properties, identity) {
            return Origin::Stack;
        }
        let place = select(&wanted.props, identity);
        match is_unresolved(&place) {
            true => self.upstream(&place),
            false => Origin::Drift,
        }
    }

    pub(super) fn upstream(&self, value: &Value) -> Origin {
        let sources: BTreeSet<Address> = references(value)
            .into_iter()
            .map(|reference| reference.address)
            .collect();
        self.plan
            .changes
            .iter()
            .filter(|change| sources.contains(&change.address))
            .map(|change| change.origin)
            .min()
            .unwrap_or(Origin::Stack)
    }

    /// The address under which the ledger knows a child with these immutable properties; the child
    /// itself carries none.
    pub(super) fn noted_as(&self, object: &Object) -> Option<Address> {
        if object.claimed {
            return None;
        }
        let kind = find_kind(self.request.catalog, &object.kind)?;
        let outputs = |address: &Address| {
            let live = &self.request.live.objects;
            live.iter()
                .find(|live| live.claimed && live.address == *address)
                // A child of a child: the one between has no tag either, and is known the same way.
                .or_else(|| {
                    let between = |live: &&Object| {
                        live.kind == address.kind() && live.kind != object.kind && !live.claimed
                    };
                    let mut between = live.iter().filter(between);
                    between.find(|live| self.noted_as(live).as_ref() == Some(address))
                })
                .map(|live| &live.outputs)
                .or_else(|| self.plan.known.get(address))
        };
        let live = object.props.as_ref().unwrap_or(&Value::Null);
        let identity = select(live, kind.immutable());
        let is_it = |noted: &Value| {
            let noted = resolve(noted, &|reference| {
                outputs(&reference.address)?.get(&reference.output).cloned()
            });
            select(&noted, kind.immutable()) == identity
        };
        self.request
            .applied?
            .objects
            .iter()
            .filter(|(address, _)| address.kind() == object.kind)
            .find(|(_, noted)| is_it(noted))
            .map(|(address, _)| address.clone())
    }
}

pub(super) fn overall(fields: &[PlannedField]) -> Origin {
    fields
        .iter()
        .map(|field| field.origin)
        .min()
        .unwrap_or(Origin::Unknown)
}

fn is_address(change: &FieldChange) -> bool {
    change.path.strip_prefix("tags.") == Some(ADDRESS_TAG)
}

/// `at`, but a tag's key may itself have dots.
fn tag_aware<'a>(value: &'a Value, path: &str) -> &'a Value {
    match path.strip_prefix("tags.") {
        Some(key) => value
            .get("tags")
            .and_then(|tags| tags.get(key))
            .unwrap_or(&Value::Null),
        None => at(value, path),
    }
}
