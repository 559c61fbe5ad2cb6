//! What the planner refuses: losing data, and two objects in a place for one.

use serde_json::Value;

use super::{Planner, Wanted};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::diff::select;
use crate::live::Object;
use crate::name::Naming;
use crate::order::Wired;
use crate::plan::{Action, PlannedField, Refusal};
use crate::resource::{Disposition, Kind, find_kind};

impl<C: Cloud> Planner<'_, C> {
    /// Whether several data stores carry the address and nothing may be chosen. A replacement that
    /// was consented to and cut off leaves two of which one fits: with the same consent, that one.
    pub(super) fn two_stores(&mut self, wanted: &Wanted<'_, C>, candidates: &[usize]) -> bool {
        if wanted.kind.disposition() != Disposition::DataStore || candidates.len() < 2 {
            return false;
        }
        let address = &wanted.node.address;
        let fitting = candidates.iter().filter(|c| self.fits(wanted, **c)).count();
        if fitting == 1 && self.request.unprotect.contains(address) {
            return false;
        }
        let ids: Vec<&str> = candidates
            .iter()
            .map(|position| self.object(*position).id.as_str())
            .collect();
        self.refusals.push(Refusal::TwoStores {
            address: address.clone(),
            ids: ids.join(" and "),
        });
        let outputs = self.object(candidates[0]).outputs.clone();
        self.plan.known.insert(address.clone(), outputs);
        true
    }

    pub(super) fn may_replace(
        &mut self,
        wanted: &Wanted<'_, C>,
        object: &Object,
        fields: &[PlannedField],
    ) -> bool {
        let before = self.refusals.len();
        let address = wanted.node.address.clone();
        self.check_protection(&address, wanted.kind, object, "replaced");
        let mut forcing: Vec<&str> = fields
            .iter()
            .filter(|field| field.change.forces_replacement)
            .map(|field| field.change.path.as_str())
            .collect();
        let exclusive = wanted.kind.exclusive();
        let live = object.props.as_ref().unwrap_or(&Value::Null);
        let same =
            !exclusive.is_empty() && select(&wanted.props, exclusive) == select(live, exclusive);
        let same_name = object.address == address
            && match wanted.kind.naming() {
                Naming::Unnamed => false,
                Naming::Path { .. } => true,
                Naming::Hashed { generations, .. } => !generations || forcing.is_empty(),
            };
        if same || same_name {
            if forcing.is_empty() {
                forcing.push("its failed state");
            }
            self.refusals.push(Refusal::CannotCoexist {
                address,
                id: object.id.clone(),
                fields: forcing.join(", "),
                exclusive: if same {
                    exclusive.join(" and ")
                } else {
                    "name".to_owned()
                },
            });
        }
        self.refusals.len() == before
    }

    pub(super) fn check_protection(
        &mut self,
        address: &Address,
        kind: &dyn Kind<C>,
        object: &Object,
        verb: &'static str,
    ) {
        let why = match (&object.protected, kind.disposition()) {
            (Some(why), _) => why.clone(),
            // Taking down the whole stack is asked for in so many words, its data with it.
            (None, Disposition::DataStore) if !self.request.graph.is_empty() => {
                "it holds data".to_owned()
            }
            _ => return,
        };
        if !self.request.unprotect.contains(address) {
            self.refusals.push(Refusal::Protected {
                address: address.clone(),
                id: object.id.clone(),
                verb,
                why,
                renamed: None,
            });
        }
    }

    /// Says of each object that may not go which new one it may have become.
    pub(super) fn renames(&mut self) {
        let made = self.plan.changes.iter();
        let made: Vec<&Address> = made
            .filter(|change| change.action == Action::Create)
            .map(|change| &change.address)
            .collect();
        for refusal in &mut self.refusals {
            if let Refusal::Protected {
                address,
                verb: "deleted",
                renamed,
                ..
            } = refusal
            {
                let same = |new: &&&Address| new.kind() == address.kind();
                *renamed = made.iter().find(same).map(|new| (*new).clone());
            }
        }
    }

    /// Refuses what cannot be made beside an object that this plan removes.
    pub(super) fn occupied(&mut self) {
        let made = self
            .plan
            .changes
            .iter()
            .filter(|change| matches!(change.action, Action::Create | Action::Replace));
        let mut found = Vec::new();
        for change in made {
            let exclusive = find_kind(self.request.catalog, &change.kind).map(Kind::exclusive);
            let exclusive = exclusive.unwrap_or_default();
            let place = select(&change.desired, exclusive);
            let in_it = |object: &&Object| {
                !exclusive.is_empty()
                    && object.kind == change.kind
                    && change.id.as_ref() != Some(&object.id)
                    && object
                        .props
                        .as_ref()
                        .is_some_and(|live| select(live, exclusive) == place)
            };
            let going = self.wired.iter().filter_map(|wired| match wired {
                Wired::Delete { live, .. } => Some(self.object(*live)),
                Wired::Make { .. } => None,
            });
            found.extend(going.filter(in_it).map(|object| Refusal::Occupied {
                address: change.address.clone(),
                by: object.address.clone(),
                id: object.id.clone(),
                exclusive: exclusive.join(" and "),
            }));
        }
        self.refusals.extend(found);
    }
}
