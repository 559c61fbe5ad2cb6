//! Stacks that are guests of another.

use super::Scope;
use crate::{stack::Environment, value::Refusal};

pub(super) fn check(scope: &mut Scope<'_>) {
    let stack = scope.stack;
    let host = stack.ephemeral.host.as_ref();
    if !stack.ephemeral.is_guest() {
        if host.is_some() {
            let refusal = Refusal::new("only a guest has a host", "isolation: shared, or no host");
            scope.refuse(&[&["ephemeral", "host"]], refusal);
        }
        return;
    }
    if host.is_none() {
        let refusal = Refusal::new(
            "a guest needs a host",
            "ephemeral.host, the name of a stack in the same account and region",
        );
        scope.refuse(&[&["ephemeral", "isolation"]], refusal);
    }
    if host == Some(&stack.stack) {
        let refusal = Refusal::new("no stack is its own guest", "the name of another stack");
        scope.refuse(&[&["ephemeral", "host"], &["stack"]], refusal);
    }
    if stack.environment == Environment::Production {
        let refusal = Refusal::new(
            "production is nobody's guest",
            "isolation: full, or environment: staging or development",
        );
        scope.refuse(&[&["ephemeral", "isolation"], &["environment"]], refusal);
    }
    let sections: [(&[&str], bool); 3] = [
        (&["domain"], stack.domain.is_some()),
        (&["auto_shutdown"], stack.auto_shutdown.is_some()),
        (&["alarms"], !stack.alarms.is_empty()),
    ];
    for (section, is_there) in sections {
        if is_there {
            let message = format!("a guest has no {} of its own", section[0]);
            let refusal = Refusal::new(message, "isolation: full, or none");
            scope.refuse(&[section, &["ephemeral", "isolation"]], refusal);
        }
    }
}
