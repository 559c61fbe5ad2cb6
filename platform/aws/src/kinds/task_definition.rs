//! A task definition: what an ECS task runs. Every change registers a revision.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, CpuArchitecture, NetworkMode, OsFamily, RuntimePlatform,
    SortOrder, TaskDefinition as Wire, TaskDefinitionFamilyStatus, TaskDefinitionField,
    TaskDefinitionStatus,
};
use bella_engine::address::Address;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Disposition, Example, Identity, Made, Observed, Outputs, Owner, Phase, Resource, Tags,
};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::ecs_container::Container;
use super::ecs_sidecar::{self, Sidecar};
use super::when::timestamp;
use super::{ecs_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// What a Fargate task runs: a container, those beside it, its size and its roles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskDefinition {
    /// CPU units, 1024 a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384.
    pub cpu: u32,
    /// MiB of memory; which values fit depends on `cpu`.
    pub memory: u32,
    /// `ARM64` or `X86_64`.
    pub architecture: String,
    /// ARN of the role that ECS pulls the image, reads secrets and writes logs with.
    pub execution_role: String,
    /// ARN of the role that the program itself has.
    pub task_role: String,
    /// The container.
    pub container: Container,
    /// Containers beside it, by name: started before it, started anew when they end, and ended after it.
    #[serde(default)]
    pub sidecars: BTreeMap<String, Sidecar>,
}

impl TaskDefinition {
    fn containers(&self, who: &Identity) -> Result<Vec<ContainerDefinition>, CloudError> {
        let mut containers = vec![self.container.wire(who, &self.sidecars)?];
        for (name, sidecar) in &self.sidecars {
            containers.push(sidecar.wire(name).map_err(|err| {
                CloudError::new(
                    Fault::Rejected,
                    "ecs",
                    "RegisterTaskDefinition",
                    err.to_string(),
                )
            })?);
        }
        Ok(containers)
    }
}

impl Resource for TaskDefinition {
    type Cloud = Aws;
    const KIND: &'static str = "task_definition";
    const SERVICE: &'static str = "ecs";
    const OUTPUTS: &'static [&'static str] = &["arn", "family"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::Revisioned { keep: 5 };
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DeleteTaskDefinitions",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitionFamilies",
        "ecs:ListTaskDefinitions",
        "ecs:RegisterTaskDefinition",
        ecs_tags::ACTIONS[0],
        ecs_tags::ACTIONS[1],
        "iam:PassRole",
    ];

    /// A definition is free; what runs from it is not.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    /// So many task-hours, on spot capacity where the way is `FARGATE_SPOT`.
    fn running(&self, hours: Decimal, way: &str) -> Vec<Quantity> {
        let spot = if way == "FARGATE_SPOT" {
            "SpotUsage-"
        } else {
            ""
        };
        let arm = if self.architecture == "ARM64" {
            "ARM-"
        } else {
            ""
        };
        let of = |component, size: u32, unit, usage_type| {
            let share = hours * Decimal::from(size) / Decimal::from(1024);
            Quantity::new(component, share, unit, "AmazonECS", usage_type)
        };
        let (cpus, memory) = (
            format!("{spot}Fargate-{arm}vCPU-Hours:perCPU"),
            format!("{spot}Fargate-{arm}GB-Hours"),
        );
        vec![
            of("vCPU", self.cpu, "vCPU-hour", cpus),
            of("memory", self.memory, "GB-hour", memory),
        ]
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let families = match look.focus() {
            Some(Identity { id: Some(arn), .. }) => {
                let (definition, tags) = describe(&look.aws, arn).await?;
                let seen = owned(look.stack(), &tags);
                let seen = seen.and_then(|address| observe(&address, &definition, &tags));
                return Ok(seen.into_iter().collect());
            }
            Some(who) => vec![who.name.clone()],
            None => families(look).await?,
        };
        let reads = families.into_iter().map(|family| {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let read: Read<_> = Box::pin(async move { revisions(&aws, &stack, &family).await });
            read
        });
        Ok(at_once::all(reads.collect())
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let platform = RuntimePlatform::builder()
            .cpu_architecture(CpuArchitecture::from(self.architecture.as_str()))
            .operating_system_family(OsFamily::Linux)
            .build();
        let call = aws
            .ecs
            .register_task_definition()
            .family(&who.name)
            .requires_compatibilities(Compatibility::Fargate)
            .network_mode(NetworkMode::Awsvpc)
            .cpu(self.cpu.to_string())
            .memory(self.memory.to_string())
            .runtime_platform(platform)
            .execution_role_arn(&self.execution_role)
            .task_role_arn(&self.task_role)
            .set_container_definitions(Some(self.containers(who)?))
            .set_tags(Some(ecs_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.task_definition;
        let arn = made
            .and_then(|made| made.task_definition_arn)
            .unwrap_or_default();
        let outputs = [("arn", arn.clone()), ("family", who.name.clone())];
        Ok(Made::usable(arn, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        let message = format!(
            "{} is a revision, and a revision never changes; run the command again",
            who.id()?
        );
        Err(CloudError::new(
            Fault::Rejected,
            "ecs",
            "RegisterTaskDefinition",
            message,
        ))
    }

    /// Deregisters the revision, then deletes it: a revision that is only deregistered stays for
    /// ever. AWS ends the deletion once no task runs from it.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let arn = who.id()?;
        let call = aws.ecs.deregister_task_definition().task_definition(arn);
        match call.send().await.map_err(refused) {
            Err(error) if error.fault != Fault::NotFound => return Err(error),
            _ => {}
        }
        let call = aws.ecs.delete_task_definitions().task_definitions(arn);
        match call.send().await.map_err(refused) {
            // Deregistered is gone for all purposes; a refused clean-up is no failure.
            Err(error) if error.patience().is_some() => Err(error),
            _ => Ok(()),
        }
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ecs_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("arn", "{}.arn"),
        ("family", "{}.family"),
        ("revision", "{}.revision"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let platform = Body::new()
            .set("cpu_architecture", self.architecture.as_str())
            .set("operating_system_family", "LINUX");
        let running = exported.live["container"]["image"].as_str();
        let beside = self.sidecars.iter();
        let mut containers = vec![self.container.document(running, &self.sidecars)];
        containers.extend(beside.map(|(name, sidecar)| sidecar.document(name)));
        let body = Body::new()
            .set("family", exported.output("family"))
            .list("requires_compatibilities", ["FARGATE"])
            .set("network_mode", "awsvpc")
            .set("cpu", self.cpu)
            .set("memory", self.memory)
            .set("execution_role_arn", self.execution_role.as_str())
            .set("task_role_arn", self.task_role.as_str())
            .document("container_definitions", json!(containers))
            .block("runtime_platform", platform)
            .tags(exported.tags);
        vec![Block::new("aws_ecs_task_definition", exported.id, body)]
    }

    fn example() -> Example {
        let mut properties = sample::task("one");
        properties["sidecars"] = json!({"beside": sample::sidecar()});
        Example {
            parents: sample::task_parents(),
            properties,
            changes: vec![
                ("cpu", json!(512)),
                ("memory", json!(2048)),
                ("architecture", json!("ARM64")),
                ("execution_role", json!("${iam_role.other.arn}")),
                ("task_role", json!("${iam_role.other.arn}")),
                ("container.name", json!("web")),
                ("container.image", json!("public.ecr.aws/nginx/nginx:1.29")),
                ("container.port", json!(8080)),
                (
                    "container.environment",
                    json!({"VARIANT": "two", "MORE": "yes"}),
                ),
                (
                    "container.secrets",
                    json!({
                        "TOKEN": "arn:aws:secretsmanager:ca-central-1:123456789012:secret:token-AbCdEf",
                    }),
                ),
                ("container.log_group", json!("${log_group.other.name}")),
                ("container.log_region", json!("us-east-1")),
                ("container.log_stream_prefix", json!("web")),
                ("container.read_only_root_filesystem", json!(true)),
                ("container.stop_timeout_seconds", json!(60)),
                ("container.command", json!(["nginx"])),
                (
                    "sidecars.beside.image",
                    json!("public.ecr.aws/docker/library/busybox:1.37"),
                ),
                ("sidecars.beside.command", json!(["sleep", "600"])),
                ("sidecars.beside.memory", json!(96)),
                (
                    "sidecars.beside.log_group",
                    json!("${log_group.other.name}"),
                ),
                ("sidecars.beside.log_region", json!("us-east-1")),
                ("sidecars.beside.log_stream_prefix", json!("other")),
                ("sidecars", json!({})),
            ],
        }
    }
}

async fn families(look: &Look) -> Result<Vec<String>, CloudError> {
    let call = look
        .aws
        .ecs
        .list_task_definition_families()
        .family_prefix(format!("{}-", look.stack()))
        .status(TaskDefinitionFamilyStatus::Active);
    let mut pages = call.into_paginator().send();
    let mut families = Vec::new();
    while let Some(page) = pages.next().await {
        families.extend(page.map_err(refused)?.families.unwrap_or_default());
    }
    Ok(families)
}

async fn describe(aws: &Aws, arn: &str) -> Result<(Wire, Tags), CloudError> {
    let call = aws.ecs.describe_task_definition().task_definition(arn);
    let answer = call
        .include(TaskDefinitionField::Tags)
        .send()
        .await
        .map_err(refused)?;
    let tags = ecs_tags::read(answer.tags());
    let missing = || {
        CloudError::new(
            Fault::NotFound,
            "ecs",
            "DescribeTaskDefinition",
            format!("{arn} is not there"),
        )
    };
    Ok((answer.task_definition.ok_or_else(missing)?, tags))
}

/// The active revisions of a family, newest first. Only the newest of ours is read; those below
/// it share its address and tags. A newer one without our tags is somebody else's and left out.
async fn revisions(
    aws: &Aws,
    stack: &str,
    family: &str,
) -> Result<Vec<Observed<TaskDefinition>>, CloudError> {
    let call = aws
        .ecs
        .list_task_definitions()
        .family_prefix(family)
        .status(TaskDefinitionStatus::Active)
        .sort(SortOrder::Desc);
    let mut pages = call.into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        arns.extend(
            page.map_err(refused)?
                .task_definition_arns
                .unwrap_or_default(),
        );
    }
    arns.retain(|arn| family_of(arn) == family);
    // What runs depends on it, so it is not left to the order of an answer alone.
    arns.sort_by_key(|arn| std::cmp::Reverse(revision_of(arn)));
    let mut found: Vec<Observed<TaskDefinition>> = Vec::new();
    for arn in arns {
        if let Some(newest) = found.first() {
            let older = older(&arn, family, newest.address.clone(), newest.tags.clone());
            found.push(older);
            continue;
        }
        match describe(aws, &arn).await {
            Ok((definition, tags)) => {
                let address = owned(stack, &tags);
                found.extend(address.and_then(|address| observe(&address, &definition, &tags)));
            }
            Err(error) if error.fault == Fault::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn family_of(arn: &str) -> &str {
    let name = arn.rsplit('/').next().unwrap_or_default();
    name.rsplit_once(':').map_or(name, |(family, _)| family)
}

/// `12` of `arn:…:task-definition/bella-app:12`.
fn revision_of(arn: &str) -> u64 {
    let number = arn.rsplit(':').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

fn outputs(arn: &str, family: &str) -> Outputs {
    [("arn", arn), ("family", family)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

fn older(
    arn: &str,
    family: &str,
    address: Option<Address>,
    tags: Tags,
) -> Observed<TaskDefinition> {
    Observed {
        id: arn.to_owned(),
        address,
        props: None,
        outputs: outputs(arn, family),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    }
}

/// An active revision; a deregistered one is not there (row 39).
fn observe(address: &Address, definition: &Wire, tags: &Tags) -> Option<Observed<TaskDefinition>> {
    if definition.status() != Some(&TaskDefinitionStatus::Active) {
        return None;
    }
    let arn = definition.task_definition_arn()?;
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let platform = definition.runtime_platform();
    let architecture = platform.and_then(RuntimePlatform::cpu_architecture);
    Some(Observed {
        id: arn.to_owned(),
        address: Some(address.clone()),
        props: Some(TaskDefinition {
            cpu: number(definition.cpu()),
            memory: number(definition.memory()),
            architecture: architecture
                .unwrap_or(&CpuArchitecture::X8664)
                .as_str()
                .to_owned(),
            execution_role: text(definition.execution_role_arn()),
            task_role: text(definition.task_role_arn()),
            container: Container::read(ecs_sidecar::main_of(definition.container_definitions())?),
            sidecars: ecs_sidecar::read(definition.container_definitions()),
        }),
        outputs: outputs(arn, definition.family().unwrap_or_default()),
        tags: tags.clone(),
        phase: Phase::Ready,
        created: timestamp(definition.registered_at()),
        protected: None,
    })
}
