//! Ownership tags, read back.

use bella_engine::address::Address;
use bella_engine::planner::{ADDRESS_TAG, STACK_TAG};
use bella_engine::resource::Tags;

/// In place of a stack's name: a look for one object by its id shows it whoever owns it. No stack
/// can have that name.
pub(crate) const ANYBODY: &str = "*";

/// The address an object of `stack` carries; `None` when its tags do not prove that it is ours.
#[must_use]
pub fn owned(stack: &str, tags: &Tags) -> Option<Address> {
    if stack == ANYBODY {
        let tagged = tags
            .get(ADDRESS_TAG)
            .and_then(|tag| Address::parse(tag).ok());
        return Some(tagged.unwrap_or_else(|| Address::unclaimed("object", "untagged")));
    }
    let ours = tags.get(STACK_TAG).is_some_and(|tag| tag == stack);
    let address = Address::parse(tags.get(ADDRESS_TAG)?).ok()?;
    ours.then_some(address)
}
