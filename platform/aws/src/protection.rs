//! Which stacks are not removed without being asked twice.

use bella_engine::live::{Live, Object};

/// The tag that says what a stack is for.
const ENVIRONMENT_TAG: &str = "bella:environment";

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
