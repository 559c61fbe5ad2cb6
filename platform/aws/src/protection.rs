//! Which stacks are not removed without being asked twice.

use bella_engine::live::{Live, Object};
use bella_engine::resource::Tags;

/// The tag that says what a stack is for.
const ENVIRONMENT_TAG: &str = "bella:environment";

/// The value of that tag of a stack whose data nobody needs later.
const DEVELOPMENT: &str = "development";

/// The tag of a stack that is to live for some hours only.
const TTL_TAG: &str = "bella:ttl";

/// The value of that tag that protects a stack from teardown.
pub const PRODUCTION: &str = "production";

/// The object whose live tag marks the stack as production, if there is one: what the stack file
/// says by now does not matter, what runs does.
#[must_use]
pub fn production_mark(live: &Live) -> Option<&Object> {
    live.objects.iter().find(|object| {
        object
            .tags
            .get(ENVIRONMENT_TAG)
            .is_some_and(|environment| environment == PRODUCTION)
    })
}

/// Whether a data store of the stack leaves a last copy when it goes.
///
/// That is a final snapshot or a recovery window. All do, but for development and ephemeral stacks;
/// `tags` are those the stack file asks for, which count where nothing lives yet.
#[must_use]
pub fn keeps_copies(live: &Live, tags: &Tags) -> bool {
    let disposable = |tags: &Tags| {
        tags.contains_key(TTL_TAG)
            || tags
                .get(ENVIRONMENT_TAG)
                .is_some_and(|environment| environment == DEVELOPMENT)
    };
    let mut tagged = live.objects.iter().map(|object| &object.tags);
    let marked: Vec<&Tags> = tagged
        .by_ref()
        .filter(|tags| tags.contains_key(ENVIRONMENT_TAG))
        .collect();
    match marked.is_empty() {
        true => !disposable(tags),
        false => !marked.into_iter().all(disposable),
    }
}
