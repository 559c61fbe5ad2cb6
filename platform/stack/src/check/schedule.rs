//! Stacks that stop or end by themselves.

use super::Scope;
use crate::{stack::Environment, value::Refusal};

pub(super) fn check(scope: &mut Scope<'_>) {
    let production = scope.stack.environment == Environment::Production;
    ttl(scope, production);
    auto_shutdown(scope, production);
}

fn ttl(scope: &mut Scope<'_>, production: bool) {
    let Some(ttl) = scope.stack.ttl else { return };
    if production {
        let refusal = Refusal::new(
            "a production stack does not end by itself",
            "no ttl, or environment: staging or development",
        );
        scope.refuse(&[&["ttl"], &["environment"]], refusal);
    } else if ttl.seconds() == 0 {
        scope.refuse(
            &[&["ttl"]],
            Refusal::new(
                "a stack cannot live for no time",
                "more than 0s, such as 8h",
            ),
        );
    }
}

fn auto_shutdown(scope: &mut Scope<'_>, production: bool) {
    let Some(schedule) = &scope.stack.auto_shutdown else {
        return;
    };
    if production {
        let message = "a production stack answers the telephone at all hours";
        let refusal = Refusal::new(
            message,
            "no auto_shutdown, or environment: staging or development",
        );
        return scope.refuse(&[&["auto_shutdown"], &["environment"]], refusal);
    }
    if schedule.shutdown_time == schedule.startup_time {
        let message = format!(
            "the stack cannot start and stop at {}",
            schedule.startup_time
        );
        let refusal = Refusal::new(message, "two different times of day");
        scope.refuse(
            &[
                &["auto_shutdown", "startup_time"],
                &["auto_shutdown", "shutdown_time"],
            ],
            refusal,
        );
    }
}
