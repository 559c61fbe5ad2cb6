use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The label that names the ECS task of a container.
const TASK: &str = "com.amazonaws.ecs.task-arn";

/// What a container is made from: the part of Docker's create request that means something to a process.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Spec {
    pub(super) image: String,
    pub(super) env: Option<Vec<String>>,
    pub(super) cmd: Option<Words>,
    pub(super) entrypoint: Option<Words>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) working_dir: Option<String>,
    pub(super) user: Option<String>,
    pub(super) tty: Option<bool>,
    pub(super) host_config: Option<HostConfig>,
    pub(super) networking_config: Option<Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct HostConfig {
    /// `volume-or-path:target[:mode]`.
    pub(super) binds: Option<Vec<String>>,
    pub(super) network_mode: Option<String>,
    /// By container port, the ports of the machine.
    pub(super) port_bindings: Option<BTreeMap<String, Option<Vec<Value>>>>,
}

/// A command line, given as a list or as one word.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    Many(Vec<String>),
    One(String),
}

impl Words {
    pub(super) fn list(&self) -> Vec<String> {
        match self {
            Self::Many(words) => words.clone(),
            Self::One(word) => vec![word.clone()],
        }
    }
}

impl Spec {
    pub(super) fn command(&self) -> Vec<String> {
        self.cmd.as_ref().map(Words::list).unwrap_or_default()
    }

    pub(super) fn entry(&self) -> Vec<String> {
        self.entrypoint
            .as_ref()
            .map(Words::list)
            .unwrap_or_default()
    }

    /// The value of an environment variable.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let mut pairs = self.env.iter().flatten();
        pairs
            .find_map(|pair| pair.split_once('=').filter(|(n, _)| *n == name))
            .map(|(_, value)| value)
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        Some(self.labels.as_ref()?.get(name)?.as_str())
    }

    /// Whether the two are containers of one ECS task with a network interface of its own. Tasks whose ports are the machine's have
    /// none.
    pub(super) fn shares_network_of(&self, other: &Self) -> bool {
        let task = self.label(TASK);
        let ports = self
            .host_config
            .as_ref()
            .and_then(|host| host.port_bindings.as_ref());
        task.is_some() && task == other.label(TASK) && ports.is_none_or(BTreeMap::is_empty)
    }

    /// Named volumes by where the container sees them.
    pub(super) fn volumes(&self) -> Vec<(String, String)> {
        let binds = self.host_config.as_ref().and_then(|h| h.binds.as_ref());
        binds
            .into_iter()
            .flatten()
            .filter_map(|bind| {
                let mut parts = bind.split(':');
                let (source, target) = (parts.next()?, parts.next()?);
                (!source.starts_with('/')).then(|| (source.to_owned(), target.to_owned()))
            })
            .collect()
    }

    /// The networks the container joins, by name.
    pub(super) fn networks(&self) -> Vec<String> {
        let named = self
            .networking_config
            .as_ref()
            .and_then(|n| n["EndpointsConfig"].as_object())
            .map(|ends| ends.keys().cloned().collect::<Vec<_>>())
            .unwrap_or_default();
        if !named.is_empty() {
            return named;
        }
        let mode = self
            .host_config
            .as_ref()
            .and_then(|h| h.network_mode.clone());
        vec![match mode.as_deref() {
            None | Some("" | "default") => "bridge".to_owned(),
            Some(mode) => mode.to_owned(),
        }]
    }
}
