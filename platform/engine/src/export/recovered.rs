//! Live values in terms of each other: where no declaration says what refers to what, an id or ARN
//! of one object in the properties of another is a reference.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::address::Address;
use crate::live::is_echo;

/// An object whose outputs others may hold.
pub(super) struct Holder<'a> {
    pub(super) address: &'a Address,
    pub(super) props: &'a Value,
    /// Declared outputs by name, those that only repeat a property left out.
    pub(super) outputs: BTreeMap<&'a str, &'a str>,
}

/// Shorter texts stand for themselves: a port or a name such as `app` says nothing of its origin.
const TELLING: usize = 8;

impl<'a> Holder<'a> {
    /// An object with those of its `outputs` that are its own and telling.
    pub(super) fn new(
        address: &'a Address,
        props: &'a Value,
        outputs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let telling =
            |(name, value): &(&str, &str)| value.len() >= TELLING && !is_echo(Some(props), name);
        Self {
            address,
            props,
            outputs: outputs.filter(telling).collect(),
        }
    }
}

/// The properties of every holder, with the outputs of others replaced by references. None of
/// them closes a circle.
pub(super) fn properties(holders: &[Holder<'_>]) -> BTreeMap<Address, Value> {
    let mut uses: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for user in holders {
        let mut properties = user.props.clone();
        for used in holders {
            if used.address == user.address || reaches(&uses, used.address, user.address) {
                continue;
            }
            let mut held = false;
            for (output, value) in &used.outputs {
                let reference = format!("${{{}.{output}}}", used.address);
                held |= replace(&mut properties, value, &reference);
            }
            if held {
                uses.entry(user.address).or_default().insert(used.address);
            }
        }
        found.insert(user.address.clone(), properties);
    }
    found
}

fn reaches(uses: &BTreeMap<&Address, BTreeSet<&Address>>, from: &Address, to: &Address) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(uses.get(at).into_iter().flatten());
        }
    }
    false
}

/// Whole texts, and ARNs and host names at the beginning or inside of one.
fn replace(value: &mut Value, held: &str, reference: &str) -> bool {
    match value {
        Value::String(text) if text == held => {
            reference.clone_into(text);
            true
        }
        Value::String(text)
            if (held.starts_with("arn:") || held.contains('.')) && within(text, held) =>
        {
            *text = text.replace(held, reference);
            true
        }
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, item| replace(item, held, reference) | any),
        Value::Object(map) => map
            .values_mut()
            .fold(false, |any, item| replace(item, held, reference) | any),
        _ => false,
    }
}

/// Whether `held` stands in `text` as a whole: no name goes on before or after it.
fn within(text: &str, held: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices(held).count() > 0
        && text.match_indices(held).all(|(at, _)| {
            !text[..at].ends_with(goes_on) && !text[at + held.len()..].starts_with(goes_on)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_and_arns_become_references_and_no_circle_closes() {
        let [vpc, role, queue] =
            ["vpc.main", "role.a", "queue.b"].map(|text| Address::parse(text).expect("an address"));
        let (range, trust, back) = (
            json!({"cidr": "10.0.0.0/16"}),
            json!({"vpc": "vpc-12345678", "allow": ["arn:aws:sqs:q/*", "arn:aws:sqs:q2"], "short": "q"}),
            json!({"owner": "arn:aws:iam:role"}),
        );
        let holders = [
            Holder::new(&vpc, &range, [("id", "vpc-12345678")].into_iter()),
            Holder::new(&role, &trust, [("arn", "arn:aws:iam:role")].into_iter()),
            Holder::new(
                &queue,
                &back,
                [("arn", "arn:aws:sqs:q"), ("name", "q")].into_iter(),
            ),
        ];
        let found = properties(&holders);
        assert_eq!(
            found[&role],
            json!({"vpc": "${vpc.main.id}", "allow": ["${queue.b.arn}/*", "arn:aws:sqs:q2"], "short": "q"})
        );
        assert_eq!(found[&queue], back, "the role uses the queue already");
    }
}
