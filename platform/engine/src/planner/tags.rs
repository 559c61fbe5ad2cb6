//! Tags: what an object has to carry, and how it differs from what it carries.

use serde_json::{Value, json};

use super::{ADDRESS_TAG, NAME_TAG, Planner, STACK_TAG, Wanted};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::diff::FieldChange;
use crate::live::Object;
use crate::name::Naming;
use crate::resource::{Kind, Owner, Tags};

const OUR_PREFIX: &str = "bella:";

impl<C: Cloud> Planner<'_, C> {
    /// Adds differing tags to `fields`, of a record beside the object its address; answers the keys
    /// to remove when any differ.
    pub(super) fn tag_changes(
        &self,
        wanted: &Wanted<'_, C>,
        object: &Object,
        fields: &mut Vec<FieldChange>,
    ) -> Option<Vec<String>> {
        let (differing, gone) = match wanted.kind.owner() {
            Owner::Tags => tag_difference(&wanted.tags, &object.tags),
            Owner::Parent(_) => return None,
            Owner::Record => {
                let (old, new) = (object.address.to_string(), wanted.node.address.to_string());
                let moved = (old != new).then(|| field(ADDRESS_TAG, Some(&old), Some(&new)));
                (moved.into_iter().collect(), Vec::new())
            }
        };
        let differs = !differing.is_empty();
        fields.extend(differing);
        differs.then_some(gone)
    }
}

/// The tags that an object of that kind and address carries; none where it is owned otherwise.
pub(crate) fn tags_of<C: Cloud>(kind: &dyn Kind<C>, address: &Address, shared: &Tags) -> Tags {
    if kind.owner() != Owner::Tags {
        return Tags::new();
    }
    let mut tags = shared.clone();
    tags.insert(ADDRESS_TAG.to_owned(), address.to_string());
    if let (Naming::Unnamed, Some(stack)) = (kind.naming(), tags.get(STACK_TAG)) {
        let name = format!("{stack}-{}", address.name().replace('_', "-"));
        tags.insert(NAME_TAG.to_owned(), name);
    }
    tags
}

/// What differs between the tags wanted and those an object has, with the keys to remove: tags of
/// our own that are wanted no longer. Other people's tags stay.
pub(crate) fn tag_difference(wanted: &Tags, have: &Tags) -> (Vec<FieldChange>, Vec<String>) {
    let differing = wanted
        .iter()
        .filter(|(key, value)| have.get(*key) != Some(value));
    let mut fields: Vec<FieldChange> = differing
        .map(|(key, value)| field(key, have.get(key), Some(value)))
        .collect();
    let mut gone = Vec::new();
    for (key, value) in have {
        if key.starts_with(OUR_PREFIX) && !wanted.contains_key(key) {
            fields.push(field(key, Some(value), None));
            gone.push(key.clone());
        }
    }
    (fields, gone)
}

fn field(key: &str, from: Option<&String>, to: Option<&String>) -> FieldChange {
    FieldChange {
        path: format!("tags.{key}"),
        from: json!(from),
        to: json!(to),
        forces_replacement: false,
    }
}

/// Properties with the tags beside them, as the ledger keeps them.
pub(crate) fn with_tags(properties: &Value, tags: &Tags) -> Value {
    let mut noted = properties.clone();
    if let (Some(map), false) = (noted.as_object_mut(), tags.is_empty()) {
        map.insert("tags".to_owned(), json!(tags));
    }
    noted
}
