//! A container beside the one that a task is for.

use std::collections::BTreeMap;

use aws_sdk_ecs::error::BuildError;
use aws_sdk_ecs::types::{
    ContainerCondition, ContainerDefinition, ContainerDependency, ContainerRestartPolicy,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ecs_logs::Logs;

/// A container without which the task goes on. It listens on the task's own loopback address, since containers of a task share their
/// network; its root file system cannot be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    /// Image, by tag or better by digest.
    pub image: String,
    /// Arguments that take the place of the image's own.
    pub command: Vec<String>,
    /// MiB of the task's memory that it may hold; more, and it is killed.
    pub memory: u32,
    /// Name of the log group.
    pub log_group: String,
    /// Region of the log group.
    pub log_region: String,
    /// Beginning of the names of log streams.
    pub log_stream_prefix: String,
}

/// Seconds that it has to have run before ECS starts it anew when it ends: the least that ECS takes.
const RESTART_AFTER: i32 = 60;

impl Sidecar {
    /// As a request carries it.
    pub(super) fn wire(&self, name: &str) -> Result<ContainerDefinition, BuildError> {
        let again = ContainerRestartPolicy::builder()
            .enabled(true)
            .restart_attempt_period(RESTART_AFTER);
        let container = ContainerDefinition::builder()
            .name(name)
            .image(&self.image)
            .essential(false)
            .memory(self.memory.cast_signed())
            .restart_policy(again.build()?)
            .log_configuration(self.logs().wire()?)
            .readonly_root_filesystem(true)
            .set_command(Some(self.command.clone()));
        Ok(container.build())
    }

    /// As ECS writes it in JSON.
    pub(super) fn document(&self, name: &str) -> Value {
        json!({
            "name": name,
            "image": self.image,
            "essential": false,
            "memory": self.memory,
            "restartPolicy": {"enabled": true, "restartAttemptPeriod": RESTART_AFTER},
            "logConfiguration": self.logs().document(),
            "readonlyRootFilesystem": true,
            "command": self.command,
        })
    }

    fn logs(&self) -> Logs<'_> {
        Logs {
            group: &self.log_group,
            region: &self.log_region,
            stream_prefix: &self.log_stream_prefix,
        }
    }

    fn read(wire: &ContainerDefinition) -> Self {
        let logs = Logs::read(wire);
        Self {
            image: wire.image().unwrap_or_default().to_owned(),
            command: wire.command().to_vec(),
            memory: wire.memory().map_or(0, i32::cast_unsigned),
            log_group: logs.group.to_owned(),
            log_region: logs.region.to_owned(),
            log_stream_prefix: logs.stream_prefix.to_owned(),
        }
    }
}

/// The container that a task is for: the essential one, in whichever order AWS names them.
pub(crate) fn main_of(containers: &[ContainerDefinition]) -> Option<&ContainerDefinition> {
    containers
        .iter()
        .find(|container| container.essential() != Some(false))
}

/// Those beside it, by name.
pub(super) fn read(containers: &[ContainerDefinition]) -> BTreeMap<String, Sidecar> {
    let beside = containers
        .iter()
        .filter(|container| container.essential() == Some(false));
    beside
        .map(|container| {
            (
                container.name().unwrap_or_default().to_owned(),
                Sidecar::read(container),
            )
        })
        .collect()
}

/// ECS starts these before the container that has this, and ends them after it.
pub(super) fn dependencies(
    sidecars: &BTreeMap<String, Sidecar>,
) -> Result<Vec<ContainerDependency>, BuildError> {
    let on = sidecars.keys().map(|name| {
        ContainerDependency::builder()
            .container_name(name)
            .condition(ContainerCondition::Start)
            .build()
    });
    on.collect()
}
