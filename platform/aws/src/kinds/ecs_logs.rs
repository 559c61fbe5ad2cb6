//! Where a container's output goes, and how AWS writes it down.

use aws_sdk_ecs::error::BuildError;
use aws_sdk_ecs::types::{ContainerDefinition, LogConfiguration, LogDriver};
use serde_json::{Value, json};

/// A log group of CloudWatch, and the beginning of stream names in it.
#[derive(Debug, Default)]
pub(crate) struct Logs<'a> {
    pub(crate) group: &'a str,
    pub(crate) region: &'a str,
    pub(crate) stream_prefix: &'a str,
}

const GROUP: &str = "awslogs-group";
const REGION: &str = "awslogs-region";
const PREFIX: &str = "awslogs-stream-prefix";

impl<'a> Logs<'a> {
    /// Empty where a container logs elsewhere.
    pub(crate) fn read(container: &'a ContainerDefinition) -> Self {
        let options = container
            .log_configuration()
            .and_then(LogConfiguration::options);
        let option = |key| {
            options
                .and_then(|all| all.get(key))
                .map_or("", String::as_str)
        };
        Self {
            group: option(GROUP),
            region: option(REGION),
            stream_prefix: option(PREFIX),
        }
    }

    pub(super) fn wire(&self) -> Result<LogConfiguration, BuildError> {
        LogConfiguration::builder()
            .log_driver(LogDriver::Awslogs)
            .options(GROUP, self.group)
            .options(REGION, self.region)
            .options(PREFIX, self.stream_prefix)
            .build()
    }

    pub(super) fn document(&self) -> Value {
        json!({
            "logDriver": "awslogs",
            "options": {GROUP: self.group, REGION: self.region, PREFIX: self.stream_prefix},
        })
    }
}
