//! What of a stack runs.

use bella_engine::address::Address;
use bella_engine::cloud::CloudError;
use bella_engine::live::Live;
use serde::Serialize;

use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use jiff::Timestamp;

/// Where the parts of a stack are that can rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its cluster, by ARN.
    pub cluster: String,
    /// Its service, by ARN.
    pub service: String,
    /// What scaling calls the service, where the number of tasks is scaled.
    pub scaled: Option<String>,
    /// Its database's identifier.
    pub database: Option<String>,
}

impl Place {
    /// As a look shows them; `None` where there is no service.
    #[must_use]
    pub fn of(live: &Live, service: &Address, database: &Address) -> Option<Self> {
        let object = live
            .objects
            .iter()
            .find(|object| object.address == *service)?;
        let props = object.props.as_ref()?;
        let scaled = live.objects.iter().find(|one| {
            let target = one.props.as_ref();
            one.kind == "scaling_target"
                && target.is_some_and(|target| {
                    object
                        .outputs
                        .get("name")
                        .is_some_and(|name| target["service"] == **name)
                })
        });
        let database = live
            .objects
            .iter()
            .find(|object| object.address == *database);
        Some(Self {
            cluster: props["cluster"].as_str()?.to_owned(),
            service: object.id.clone(),
            scaled: scaled.map(|target| target.id.clone()),
            database: database.map(|database| database.id.clone()),
        })
    }
}

/// What runs at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Tasks that ECS is to keep running.
    pub wanted_tasks: u32,
    /// Tasks that run, or are on their way to or from it.
    pub tasks: u32,
    /// Of these, those that run.
    pub running_tasks: u32,
    /// Tasks that scaling keeps at the least; `None` where nothing scales them.
    pub least_tasks: Option<u32>,
    /// The database's status in RDS's words; `None` where there is none.
    pub database: Option<String>,
    /// When AWS starts a database that it finds stopped by then.
    pub database_restarts: Option<Timestamp>,
}

/// What a stack is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Tasks run, and the database with them.
    On,
    /// Nothing runs.
    Off,
    /// On its way up.
    Starting,
    /// On its way down.
    Stopping,
    /// The database runs and no task is wanted: before the first deployment, and before a start.
    DatabaseOnly,
    /// Tasks are wanted and the database does not run.
    TasksOnly,
}

/// Statuses in which RDS takes connections and lets itself be stopped.
const OPEN: [&str; 3] = ["available", "storage-optimization", "storage-full"];

impl Seen {
    /// Whether the database, if there is one, takes connections.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.database
            .as_deref()
            .is_none_or(|status| OPEN.contains(&status))
    }

    /// Whether the database, if there is one, takes connections or will without being told.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.is_open() || self.database.as_deref() == Some("starting")
    }

    /// Whether the database, if there is one, is stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.database
            .as_deref()
            .is_none_or(|status| status == "stopped")
    }

    /// What all of it comes to.
    #[must_use]
    pub fn state(&self) -> State {
        let wanted = self.wanted_tasks > 0;
        match self.database.as_deref() {
            Some("starting") => return State::Starting,
            Some("stopping") => return State::Stopping,
            _ => {}
        }
        match (wanted, self.is_open(), self.is_stopped()) {
            (true, true, _) if self.running_tasks >= self.wanted_tasks => State::On,
            (true, true, _) => State::Starting,
            (true, false, _) => State::TasksOnly,
            (false, _, true) if self.tasks == 0 => State::Off,
            (false, _, _) if self.tasks > 0 => State::Stopping,
            (false, _, _) => State::DatabaseOnly,
        }
    }
}

/// Looks.
///
/// # Errors
/// AWS refuses to describe the service, its scaling or the database.
pub async fn see(aws: &Aws, place: &Place) -> Result<Seen, CloudError> {
    let mut seen = Seen::default();
    let call = aws
        .ecs
        .describe_services()
        .cluster(&place.cluster)
        .services(&place.service);
    let answer = call.send().await.map_err(refused)?;
    if let Some(service) = answer.services().first() {
        let count = |number: i32| u32::try_from(number).unwrap_or(0);
        seen.wanted_tasks = count(service.desired_count());
        seen.running_tasks = count(service.running_count());
        seen.tasks = seen.running_tasks + count(service.pending_count());
    }
    if let Some(id) = &place.scaled {
        let call = aws
            .autoscaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs);
        let answer = call.resource_ids(id).send().await.map_err(refused)?;
        let least = answer
            .scalable_targets()
            .first()
            .map(|target| target.min_capacity());
        seen.least_tasks = least.map(|least| u32::try_from(least).unwrap_or(0));
    }
    if let Some(id) = &place.database {
        let call = aws.rds.describe_db_instances().db_instance_identifier(id);
        let answer = call.send().await.map_err(refused)?;
        let instance = answer.db_instances().first();
        seen.database = Some(
            instance
                .and_then(|it| it.db_instance_status())
                .unwrap_or("unknown")
                .to_owned(),
        );
        seen.database_restarts = instance.and_then(|it| timestamp(it.automatic_restart_time()));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::{Seen, State};

    #[test]
    fn a_stack_is_in_one_state() {
        let cases = [
            (1, 1, 1, Some("available"), State::On),
            (1, 0, 0, Some("available"), State::Starting),
            (2, 1, 2, Some("available"), State::Starting),
            (0, 0, 0, Some("stopped"), State::Off),
            (0, 1, 1, Some("stopped"), State::Stopping),
            (0, 0, 0, Some("stopping"), State::Stopping),
            (0, 0, 0, Some("starting"), State::Starting),
            (0, 0, 0, Some("available"), State::DatabaseOnly),
            (0, 0, 0, Some("backing-up"), State::DatabaseOnly),
            (1, 1, 1, Some("stopped"), State::TasksOnly),
            (1, 1, 1, None, State::On),
            (0, 0, 0, None, State::Off),
        ];
        for (wanted_tasks, running_tasks, tasks, database, state) in cases {
            let seen = Seen {
                wanted_tasks,
                running_tasks,
                tasks,
                database: database.map(str::to_owned),
                ..Seen::default()
            };
            assert_eq!(seen.state(), state, "{seen:?}");
        }
    }
}
