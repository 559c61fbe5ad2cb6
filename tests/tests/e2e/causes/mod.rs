//! What keeps a version from serving, provoked with real tasks: what `deploy` says of it, what `why` says afterwards, and
//! that the version before answered meanwhile.
//!
//! - [`rolled`]: versions that `bella deploy` rolls out
//! - [`updated`]: revisions that somebody else has the service run
//! - [`stack`]: the stack they are rolled out to

mod rolled;
mod stack;
mod updated;

/// One stack for all, since each is a rollout of its own; what is wrong is put right before the next.
#[test]
fn every_cause_is_named_with_its_fix_and_the_version_before_serves() {
    let stack = stack::Stack::new();
    rolled::a_program_that_crashes(&stack);
    rolled::a_bad_environment(&stack);
    rolled::a_secret_without_a_key(&stack);
    rolled::a_program_that_answers_elsewhere(&stack);
    rolled::a_program_that_holds_too_much(&stack);
    rolled::a_database_that_is_away(&stack);
    updated::an_image_that_is_missing(&stack);
    updated::an_image_for_another_processor(&stack);
    updated::a_registry_that_is_away(&stack);
    updated::an_image_that_is_none(&stack);
}
