//! What would make a stack cheaper, for the reader of its report to decide on.

use crate::stack::{Architecture, AutoShutdown, Capacity, Day, Egress, Environment, Stack};

/// A change of a stack file that may save money, and what it gives up.
#[derive(Clone, Debug, PartialEq)]
pub struct Cheaper {
    /// The key of the stack file and its new value.
    pub change: &'static str,
    /// What is given up for it.
    pub gives_up: &'static str,
    /// The stack with it.
    pub stack: Stack,
}

/// The changes that a stack has not made yet, each alone. What they save, its prices tell; of a stack that does not stay there are none.
#[must_use]
pub fn cheaper(stack: &Stack) -> Vec<Cheaper> {
    if stack.ttl.is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut with = |change, gives_up, edit: &dyn Fn(&mut Stack)| {
        let mut other = stack.clone();
        edit(&mut other);
        if other != *stack {
            found.push(Cheaper {
                change,
                gives_up,
                stack: other,
            });
        }
    };
    let is_live = stack.environment == Environment::Production;
    with(
        "service.architecture: arm64",
        "images of the other architecture",
        &|it| {
            it.service.architecture = Architecture::Arm64;
        },
    );
    with(
        "network.egress: public-ip",
        "tasks in private subnets",
        &|it| {
            it.network.egress = Egress::PublicIp;
        },
    );
    if is_live {
        return found;
    }
    with(
        "service.capacity: fargate-spot",
        "tasks that AWS never stops",
        &|it| {
            it.service.capacity = Capacity::FargateSpot;
        },
    );
    with(
        "database.multi_az: false",
        "a standby in another zone",
        &|it| {
            if let Some(database) = &mut it.database {
                database.multi_az = false;
            }
        },
    );
    if stack.auto_shutdown.is_none() {
        with(
            "auto_shutdown: 20:00 to 08:00 and weekends",
            "nights and weekends",
            &|it| {
                it.auto_shutdown = Some(working_hours());
            },
        );
    }
    found
}

fn working_hours() -> AutoShutdown {
    let at = |text: &str| text.parse().expect("a time of day");
    AutoShutdown {
        shutdown_time: at("20:00"),
        startup_time: at("08:00"),
        timezone: "UTC".parse().expect("a zone of every database"),
        days: vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri],
        remove: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::cheaper;
    use crate::Stack;

    fn changes(name: &str) -> Vec<&'static str> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
        let stack: Stack = crate::load(&path.join(name))
            .expect("a shipped stack")
            .stack;
        cheaper(&stack).iter().map(|one| one.change).collect()
    }

    #[test]
    fn what_is_done_already_is_not_advised() {
        assert_eq!(changes("dev.yaml"), Vec::<&str>::new());
        assert_eq!(
            changes("staging.yaml"),
            ["auto_shutdown: 20:00 to 08:00 and weekends"]
        );
        assert_eq!(
            changes("prod.yaml"),
            Vec::<&str>::new(),
            "nothing that callers would feel"
        );
        assert_eq!(
            changes("preview.yaml"),
            Vec::<&str>::new(),
            "it does not stay"
        );
    }
}
