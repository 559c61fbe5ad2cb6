//! A guest leaves nothing on its host's servers.

use std::time::Duration;

use bella_aws::deploy::Job;
use bella_aws::host::HOST_TAG;
use bella_engine::live::Live;
use bella_engine::planner::{ADDRESS_TAG, NAME_TAG};
use bella_stack::{MIGRATION, is_placeholder};

use crate::listing;

/// How long the database may take to go: the time to start a task, mostly.
pub const LEAVES_WITHIN: Duration = Duration::from_secs(10 * 60);

/// What a stack has on another one's servers.
#[derive(Clone, Debug)]
pub enum Leaving {
    /// Nothing: it is no guest, or nothing was ever deployed to it.
    Nothing,
    /// A database, which this task drops with its roles.
    Database {
        /// The stack whose server it is on.
        host: String,
        /// The task.
        job: Box<Job>,
    },
    /// Perhaps a database, and no service beside which a task could run that drops it.
    Unreachable {
        /// The stack whose server it is on.
        host: String,
    },
}

/// What has to go before a stack's objects do, by what is there.
#[must_use]
pub fn leaving(live: &Live) -> Leaving {
    let hosts = live.objects.iter();
    let Some(host) = hosts.filter_map(|it| it.tags.get(HOST_TAG)).next() else {
        return Leaving::Nothing;
    };
    let mut definitions = live.objects.iter().filter(|object| {
        object.address.to_string() == MIGRATION
            && object.props.as_ref().is_some_and(|it| {
                let image = it["container"]["image"].as_str();
                !is_placeholder(image.unwrap_or_default())
            })
    });
    let Some(definition) = definitions.next() else {
        return Leaving::Nothing;
    };
    let mut tags = definition.tags.clone();
    tags.retain(|key, _| key != ADDRESS_TAG && key != NAME_TAG);
    let host = host.clone();
    match listing::job(live, tags, &definition.id) {
        Some(job) => Leaving::Database {
            host,
            job: Box::new(Job {
                command: vec!["drop-database".to_owned()],
                ..job
            }),
        },
        None => Leaving::Unreachable { host },
    }
}

#[cfg(test)]
mod tests {
    use super::{Leaving, leaving};
    use bella_engine::address::Address;
    use bella_engine::live::{Live, Object};
    use bella_engine::resource::{Phase, Tags};
    use serde_json::{Value, json};

    fn object(address: &str, props: Value) -> Object {
        Object {
            kind: address.split('.').next().unwrap_or_default().to_owned(),
            address: Address::parse(address).expect("an address"),
            claimed: true,
            id: format!("arn:{address}"),
            props: Some(props),
            outputs: std::iter::empty::<(String, String)>().collect(),
            tags: Tags::from([
                ("bella:host".to_owned(), "staging".to_owned()),
                ("bella:address".to_owned(), address.to_owned()),
            ]),
            phase: Phase::Ready,
            created: None,
            protected: None,
        }
    }

    fn definition(image: &str) -> Object {
        object(
            "task_definition.migrate",
            json!({"container": {"image": image}}),
        )
    }

    fn service() -> Object {
        let place = json!({"cluster": "c", "subnets": ["s"], "security_groups": ["g"], "assign_public_ip": true});
        object("ecs_service.service", place)
    }

    fn said(objects: Vec<Object>) -> String {
        let live = Live { objects };
        match leaving(&live) {
            Leaving::Nothing => "nothing".to_owned(),
            Leaving::Database { host, job } => format!(
                "{host}: {} {} in {} {:?} {:?} {}",
                job.task_definition,
                job.command[0],
                job.cluster,
                job.subnets,
                job.security_groups,
                job.tags.len()
            ),
            Leaving::Unreachable { host } => format!("unreachable on {host}"),
        }
    }

    #[test]
    fn a_guest_that_ran_has_a_database() {
        assert_eq!(
            said(vec![service(), definition("r@sha256:1")]),
            "staging: arn:task_definition.migrate drop-database in c [\"s\"] [\"g\"] 1"
        );
        assert_eq!(
            said(vec![definition("r@sha256:1")]),
            "unreachable on staging"
        );
        assert_eq!(said(vec![service(), definition("r:bootstrap")]), "nothing");
        assert_eq!(said(vec![service()]), "nothing");
        assert_eq!(said(Vec::new()), "nothing");
        let mut other = definition("r@sha256:1");
        other.tags.remove("bella:host");
        assert_eq!(said(vec![other]), "nothing");
    }
}
