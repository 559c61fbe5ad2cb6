use serde_json::{Value, json};

use super::rolled::place;
use super::stack::Stack;

/// Parts of a description that a registration does not take.
const READ_ONLY: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "tags",
];

pub(super) fn an_image_that_is_missing(stack: &Stack) {
    let zeros = "0".repeat(64);
    let image = |now: &str| {
        let (repository, _) = now.split_once('@').expect("a digest");
        format!("{repository}@sha256:{zeros}")
    };
    let finding = run(stack, image);
    named(&finding, "image_missing", "is not in the registry");
}

pub(super) fn an_image_for_another_processor(stack: &Stack) {
    let finding = run(stack, |now| {
        put(
            stack,
            now,
            "elsewhere",
            &json!({
                "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                "manifests": [{
                    "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2,
                    "digest": format!("sha256:{}", "1".repeat(64)),
                    "platform": {"os": "linux", "architecture": "s390x"},
                }],
            }),
        )
    });
    named(&finding, "wrong_architecture", "is not built for");
}

pub(super) fn a_registry_that_is_away(stack: &Stack) {
    let zeros = "0".repeat(64);
    let finding = run(stack, |_| format!("127.0.0.1:9/away/app@sha256:{zeros}"));
    named(&finding, "unknown", "none of the known causes");
}

pub(super) fn an_image_that_is_none(stack: &Stack) {
    let finding = run(stack, |now| {
        put(
            stack,
            now,
            "none",
            &json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}),
        )
    });
    named(&finding, "unknown", "none of the known causes");
}

/// Checks a finding: its cause, words of its sentence, that it has evidence, and a command.
fn named(finding: &Value, cause: &str, words: &str) {
    assert_eq!(finding["cause"], cause, "{finding:#}");
    let sentence = finding["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains(words), "{finding:#}");
    let evidence = finding["evidence"].as_array().expect("a list");
    assert!(evidence.len() >= 2, "{finding:#}");
    let said = evidence[0]["text"].as_str().unwrap_or_default();
    assert!(said.contains("CannotPullContainerError"), "{finding:#}");
    let command = finding["fix"]["command"].as_str().unwrap_or_default();
    assert!(!command.is_empty(), "{finding:#}");
}

/// Puts a manifest into the repository of an image; the image by digest.
fn put(stack: &Stack, image: &str, tag: &str, manifest: &Value) -> String {
    let (repository, _) = image.split_once('@').expect("a digest");
    let (_, name) = repository.split_once('/').expect("a path");
    let digest = stack.cloud.manifest(name, tag, manifest);
    format!("{repository}@{digest}")
}

/// Has the service run its definition with another image until `why` has proven a cause, and then as before; callers are
/// answered all the while.
fn run(stack: &Stack, image: impl Fn(&str) -> String) -> Value {
    let callers = stack.callers();
    let (cluster, service) = place(stack);
    let asked = json!({"cluster": cluster, "services": [service]});
    let told = stack.cloud.json("ecs", "DescribeServices", &asked);
    let before = told["services"][0]["taskDefinition"].clone();
    let asked = json!({"taskDefinition": before});
    let told = stack.cloud.json("ecs", "DescribeTaskDefinition", &asked);
    let mut definition = told["taskDefinition"].clone();
    let parts = definition.as_object_mut().expect("a definition");
    parts.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    let now = definition["containerDefinitions"][0]["image"].clone();
    let now = now.as_str().expect("an image");
    definition["containerDefinitions"][0]["image"] = image(now).into();
    let made = stack
        .cloud
        .json("ecs", "RegisterTaskDefinition", &definition);
    let revision = &made["taskDefinition"]["taskDefinitionArn"];
    let update = |definition: &Value| {
        let update = json!({"cluster": cluster, "service": service, "taskDefinition": definition});
        stack.cloud.json("ecs", "UpdateService", &update);
    };
    update(revision);
    let finding = stack.until("a cause is proven", || {
        let report = stack.why();
        match report["finding"]["proven"] == true {
            true => Ok(report["finding"].clone()),
            false => Err(format!("{report:#}")),
        }
    });
    update(&before);
    stack.until("the version before is back", || {
        let report = stack.why();
        let revision = &report["view"]["revisions"][0];
        let is_back = revision["task_definition"] == before && revision["complete"] == true;
        match is_back && revision["healthy"] == 1 {
            true => Ok(()),
            false => Err(format!("{report:#}")),
        }
    });
    callers.were_answered(&format!("{finding:#}"));
    finding
}
