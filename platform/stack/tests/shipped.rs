//! The stack files of the repository, and the resources they become.

use bella_stack::{
    Loaded, Node, OUTPUTS as OUTPUTS_OF_STACKS, blueprint, blueprint_running, load,
    not_yet_provisioned,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

fn dev() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks/dev.yaml");
    load(&path).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A node in one line: `address key=value …`, text without quotation marks.
fn short(node: &Node) -> String {
    let mut line = node.address.clone();
    let properties = node
        .properties
        .as_object()
        .expect("properties are an object");
    let sorted: BTreeMap<&String, &Value> = properties.iter().collect();
    for (key, value) in sorted {
        let value = value
            .as_str()
            .map_or_else(|| sorted_json(value).to_string(), str::to_owned);
        line.push_str(&format!(" {key}={value}"));
    }
    line
}

fn sorted_json(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<String, Value> = map
                .iter()
                .map(|(k, v)| (k.clone(), sorted_json(v)))
                .collect();
            sorted.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted_json).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_development_stack_becomes_these_resources() {
    let seen: Vec<String> = blueprint(&dev().stack).iter().map(short).collect();
    let seen = seen.join("\n") + "\n";
    assert!(
        seen == include_str!("dev.txt"),
        "the blueprint differs from dev.txt:\n{seen}"
    );
}

#[test]
fn the_development_stack_says_what_is_not_made_yet() {
    let parts = not_yet_provisioned(&dev().stack);
    assert_eq!(
        parts,
        [
            "budget.notify",
            "service.scaling",
            "service.secrets",
            "database",
            "cache",
            "auto_shutdown"
        ]
    );
}

#[test]
fn an_image_is_run_by_as_many_tasks_as_always_run() {
    let image = "registry.example/bella@sha256:00";
    let stack = dev().stack;
    let with_image = blueprint_running(&stack, Some(image));
    let property = |address: &str, pointer: &str| {
        let node = with_image.iter().find(|node| node.address == address);
        node.and_then(|node| node.properties.pointer(pointer))
            .cloned()
    };
    assert_eq!(
        property("task_definition.service", "/container/image"),
        Some(image.into())
    );
    assert_eq!(
        property("ecs_service.service", "/desired_count"),
        Some(1.into())
    );
    let without = blueprint(&stack);
    let changed: Vec<&str> = with_image
        .iter()
        .zip(&without)
        .filter(|(one, other)| one != other)
        .map(|(node, _)| node.address.as_str())
        .collect();
    assert_eq!(changed, ["task_definition.service", "ecs_service.service"]);
}

#[test]
fn the_digest_is_of_what_the_files_say_together() {
    let loaded = dev();
    let names: Vec<_> = loaded
        .files
        .iter()
        .filter_map(|path| path.file_name())
        .collect();
    assert_eq!(names, ["dev.yaml", "base.yaml"]);
    assert!(
        loaded.digest.len() == 64 && loaded.digest.chars().all(|c| c.is_ascii_hexdigit()),
        "{}",
        loaded.digest
    );
    assert_eq!(loaded.digest, dev().digest);
}

/// What each kind can be asked for once it exists.
const OUTPUTS: &[(&str, &[&str])] = &[
    ("vpc", &["id"]),
    ("internet_gateway", &["id", "vpc"]),
    ("subnet", &["id"]),
    ("route_table", &["id"]),
    ("route", &["route_table"]),
    ("route_table_association", &["subnet"]),
    ("vpc_endpoint", &["id"]),
    ("security_group", &["id"]),
    ("security_group_rule", &["security_group"]),
    ("iam_role", &["arn", "name"]),
    ("log_group", &["name", "arn"]),
    ("ecr_repository", &["name", "arn", "uri"]),
    (
        "load_balancer",
        &["arn", "dns_name", "hosted_zone", "full_name"],
    ),
    ("target_group", &["arn", "full_name"]),
    ("listener", &["arn", "target_group"]),
    ("ecs_cluster", &["arn", "name"]),
    ("task_definition", &["arn", "family"]),
    ("ecs_service", &["arn", "name"]),
];

/// Every reference in a value: address and output.
fn references(value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::String(text) => {
            for part in text.split("${").skip(1) {
                let (inside, _) = part
                    .split_once('}')
                    .unwrap_or_else(|| panic!("`{text}` is not closed"));
                let (address, output) = inside
                    .rsplit_once('.')
                    .unwrap_or_else(|| panic!("`{text}` names no output"));
                found.insert((address.to_owned(), output.to_owned()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => map.values().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn assert_known(from: &str, found: &BTreeSet<(String, String)>, addresses: &BTreeSet<&str>) {
    for (address, output) in found {
        assert!(
            addresses.contains(address.as_str()),
            "{from} refers to {address}"
        );
        let kind = address.split('.').next().expect("an address has a kind");
        let outputs = OUTPUTS.iter().find(|(known, _)| *known == kind);
        assert!(
            outputs.is_some_and(|(_, known)| known.contains(&output.as_str())),
            "{from} refers to {address}, which has no {output}"
        );
    }
}

#[test]
fn every_output_of_a_stack_leads_somewhere() {
    let nodes = blueprint(&dev().stack);
    let addresses: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    for (name, text) in OUTPUTS_OF_STACKS {
        let mut found = BTreeSet::new();
        references(&Value::from(*text), &mut found);
        assert_known(name, &found, &addresses);
    }
}

#[test]
fn every_reference_leads_somewhere_and_none_in_a_circle() {
    let nodes = blueprint(&dev().stack);
    let addresses: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    assert_eq!(addresses.len(), nodes.len(), "two nodes have one address");
    let mut waiting: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for node in &nodes {
        let mut found = BTreeSet::new();
        references(&node.properties, &mut found);
        assert_known(&node.address, &found, &addresses);
        waiting.insert(
            &node.address,
            found.into_iter().map(|(address, _)| address).collect(),
        );
    }
    let mut made: BTreeSet<&str> = BTreeSet::new();
    while made.len() < nodes.len() {
        let ready: Vec<&str> = waiting
            .iter()
            .filter(|(address, needs)| {
                !made.contains(*address) && needs.iter().all(|need| made.contains(need.as_str()))
            })
            .map(|(address, _)| *address)
            .collect();
        assert!(
            !ready.is_empty(),
            "a circle among {:?}",
            addresses.difference(&made)
        );
        made.extend(ready);
    }
}

#[test]
fn every_kind_of_this_release_is_used() {
    let nodes = blueprint(&dev().stack);
    let used: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node.address.split('.').next())
        .collect();
    let known: BTreeSet<&str> = OUTPUTS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(used, known);
}
