//! The container of a task definition, and how AWS writes it down.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{
    ContainerDefinition, KeyValuePair, PortMapping, Secret, TransportProtocol,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Identity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ecs_logs::Logs;
use super::ecs_sidecar::{self, Sidecar};

/// The container that a task is for; when it ends, the task does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Its name, by which a service finds it.
    pub name: String,
    /// Image, by tag or better by digest; null keeps the image that runs.
    #[serde(default)]
    pub image: Option<String>,
    /// TCP port on which it listens.
    pub port: u16,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Environment variables whose values ECS reads when the task starts: name to the ARN of a
    /// secret, of one key in it, or of a parameter.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// Name of the log group.
    pub log_group: String,
    /// Region of the log group.
    pub log_region: String,
    /// Beginning of the names of log streams.
    pub log_stream_prefix: String,
    /// Whether its root file system cannot be written; default true.
    #[serde(default = "yes")]
    pub read_only_root_filesystem: bool,
    /// Seconds between the request to stop and the kill, 2 to 120; default 30.
    #[serde(default = "thirty")]
    pub stop_timeout_seconds: u32,
    /// Arguments that take the place of the image's own; empty for the image's own, null leaves
    /// what is there.
    #[serde(default)]
    pub command: Option<Vec<String>>,
}

fn yes() -> bool {
    true
}

fn thirty() -> u32 {
    30
}

impl Container {
    /// As a request carries it, after those beside it; refused without an image.
    pub(super) fn wire(
        &self,
        who: &Identity,
        sidecars: &BTreeMap<String, Sidecar>,
    ) -> Result<ContainerDefinition, CloudError> {
        let refuse = |message: String| {
            CloudError::new(Fault::Rejected, "ecs", "RegisterTaskDefinition", message)
        };
        let Some(image) = &self.image else {
            let message = format!(
                "{} has no image, and no earlier revision to take one from: set container.image, or deploy one",
                who.address
            );
            return Err(refuse(message));
        };
        let port = i32::from(self.port);
        let port = PortMapping::builder()
            .container_port(port)
            .host_port(port)
            .protocol(TransportProtocol::Tcp);
        let after = ecs_sidecar::dependencies(sidecars).map_err(|err| refuse(err.to_string()))?;
        let environment = self.environment.iter();
        let environment = environment
            .map(|(name, value)| KeyValuePair::builder().name(name).value(value).build());
        let secrets = self.secrets.iter();
        let secrets =
            secrets.map(|(name, from)| Secret::builder().name(name).value_from(from).build());
        let secrets: Result<Vec<Secret>, _> = secrets.collect();
        Ok(ContainerDefinition::builder()
            .name(&self.name)
            .image(image)
            .essential(true)
            .port_mappings(port.build())
            .set_environment(Some(environment.collect()))
            .set_secrets(Some(secrets.map_err(|err| refuse(err.to_string()))?))
            .log_configuration(self.logs().wire().map_err(|err| refuse(err.to_string()))?)
            .set_depends_on((!after.is_empty()).then_some(after))
            .readonly_root_filesystem(self.read_only_root_filesystem)
            .stop_timeout(self.stop_timeout_seconds.cast_signed())
            .set_command(self.command.clone().filter(|command| !command.is_empty()))
            .build())
    }

    /// As ECS writes it in JSON; without an image of its own it has the one that runs.
    pub(super) fn document(
        &self,
        running: Option<&str>,
        sidecars: &BTreeMap<String, Sidecar>,
    ) -> Value {
        let pairs = |key: &str, pairs: &BTreeMap<String, String>| -> Value {
            let pair = |(name, value): (&String, &String)| json!({"name": name, key: value});
            pairs.iter().map(pair).collect()
        };
        let mut document = json!({
            "name": self.name,
            "image": self.image.as_deref().or(running),
            "essential": true,
            "portMappings": [{"containerPort": self.port, "hostPort": self.port, "protocol": "tcp"}],
            "environment": pairs("value", &self.environment),
            "secrets": pairs("valueFrom", &self.secrets),
            "logConfiguration": self.logs().document(),
            "readonlyRootFilesystem": self.read_only_root_filesystem,
            "stopTimeout": self.stop_timeout_seconds,
        });
        if let Some(command) = self.command.as_ref().filter(|command| !command.is_empty()) {
            document["command"] = json!(command);
        }
        if !sidecars.is_empty() {
            let after = |name| json!({"containerName": name, "condition": "START"});
            document["dependsOn"] = sidecars.keys().map(after).collect();
        }
        document
    }

    fn logs(&self) -> Logs<'_> {
        Logs {
            group: &self.log_group,
            region: &self.log_region,
            stream_prefix: &self.log_stream_prefix,
        }
    }

    /// From an answer, without what AWS adds there: `hostPort`, empty lists, zeroes (row 45).
    pub(super) fn read(wire: &ContainerDefinition) -> Self {
        let logs = Logs::read(wire);
        let port = wire
            .port_mappings()
            .first()
            .and_then(PortMapping::container_port);
        let pair = |pair: &KeyValuePair| Some((pair.name()?.to_owned(), pair.value()?.to_owned()));
        let secret = |secret: &Secret| (secret.name().to_owned(), secret.value_from().to_owned());
        Self {
            name: wire.name().unwrap_or_default().to_owned(),
            image: wire.image().map(str::to_owned),
            port: port
                .and_then(|port| u16::try_from(port).ok())
                .unwrap_or_default(),
            environment: wire.environment().iter().filter_map(pair).collect(),
            secrets: wire.secrets().iter().map(secret).collect(),
            log_group: logs.group.to_owned(),
            log_region: logs.region.to_owned(),
            log_stream_prefix: logs.stream_prefix.to_owned(),
            read_only_root_filesystem: wire.readonly_root_filesystem().unwrap_or(false),
            stop_timeout_seconds: wire.stop_timeout().map_or_else(thirty, i32::cast_unsigned),
            command: Some(wire.command().to_vec()),
        }
    }
}
