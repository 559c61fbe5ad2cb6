//! Ownership tags, read back.

use bella_engine::address::Address;
use bella_engine::planner::{ADDRESS_TAG, STACK_TAG};
use bella_engine::resource::Tags;

/// The address an object of `stack` carries; `None` when its tags do not prove that it is ours.
#[must_use]
pub fn owned(stack: &str, tags: &Tags) -> Option<Address> {
    let ours = tags.get(STACK_TAG).is_some_and(|tag| tag == stack);
    let address = Address::parse(tags.get(ADDRESS_TAG)?).ok()?;
    ours.then_some(address)
}
