//! The stack files of the repository, and the resources they become.

use bella_stack::{
    Loaded, Node, OUTPUTS as OUTPUTS_OF_STACKS, Stack, blueprint, blueprint_running, load,
    missing_variables, not_yet_provisioned,
    stack::{Cache, CacheMode, Egress, Isolation},
    unreachable,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

fn shipped(name: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../stacks/{name}.yaml"));
    load(&path).unwrap_or_else(|problems| panic!("{problems}"))
}

fn dev() -> Loaded {
    shipped("dev")
}

/// The stack files of the repository.
const SHIPPED: [&str; 4] = ["dev", "staging", "prod", "preview"];

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
fn the_stack_files_become_these_resources() {
    let mut differing = String::new();
    for name in SHIPPED {
        let seen: Vec<String> = blueprint(&shipped(name).stack).iter().map(short).collect();
        let seen = seen.join("\n") + "\n";
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{name}.txt"));
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if seen != expected {
            differing.push_str(&format!("=== {name}.txt\n{seen}"));
        }
    }
    assert!(
        differing.is_empty(),
        "blueprints differ from their goldens:\n{differing}"
    );
}

#[test]
fn what_is_not_made_yet_is_said() {
    let parts = SHIPPED.map(|name| not_yet_provisioned(&shipped(name).stack));
    let none: Vec<&str> = Vec::new();
    assert_eq!(parts, [none.clone(), none.clone(), none, vec!["ttl"]]);
}

#[test]
fn everything_that_has_to_be_reached_is() {
    for name in SHIPPED {
        assert_eq!(unreachable(&blueprint(&shipped(name).stack)), [], "{name}");
    }
}

#[test]
fn every_alarm_has_its_runbook() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
    for node in SHIPPED
        .iter()
        .flat_map(|name| blueprint(&shipped(name).stack))
    {
        let description = node.properties["description"].as_str().unwrap_or_default();
        let Some((_, rest)) = description.split_once("Runbook: ") else {
            assert!(
                !node.address.starts_with("metric_alarm."),
                "{}",
                node.address
            );
            continue;
        };
        let page = rest.split(' ').next().unwrap_or_default();
        let text = std::fs::read_to_string(folder.join(format!("{page}.md"))).unwrap_or_default();
        for part in ["## Signal", "## Check", "## Act", "## Verify"] {
            assert!(
                text.contains(part),
                "{} needs {page}.md with {part}",
                node.address
            );
        }
    }
}

#[test]
fn the_service_gets_every_variable_it_needs() {
    for name in SHIPPED {
        let missing = missing_variables(&blueprint(&shipped(name).stack));
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}

/// What an image changes, and where: address, pointer, without one, with one.
fn changed_by_an_image(name: &str) -> Vec<String> {
    let stack = shipped(name).stack;
    let (without, with) = (blueprint(&stack), blueprint_running(&stack, Some(IMAGE)));
    assert_eq!(without.len(), with.len());
    let mut changes = Vec::new();
    for (one, other) in without.iter().zip(&with) {
        assert_eq!(one.address, other.address);
        differences(
            &one.address,
            &one.properties,
            &other.properties,
            &mut changes,
        );
    }
    changes
}

const IMAGE: &str = "registry.example/bella@sha256:00";

fn differences(at: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one.as_object(), other.as_object()) {
        (Some(one), Some(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let null = &Value::Null;
                let of =
                    |map: &serde_json::Map<String, Value>| map.get(key).unwrap_or(null).clone();
                differences(&format!("{at}.{key}"), &of(one), &of(other), found);
            }
        }
        _ if one != other => found.push(format!("{at} {one} {other}")),
        _ => {}
    }
}

#[test]
fn an_image_starts_tasks_and_changes_nothing_else() {
    let images = |definition: &str| {
        format!(
            "task_definition.{definition}.container.image \"${{ecr_repository.service.uri}}:bootstrap\" \"{IMAGE}\""
        )
    };
    assert_eq!(
        changed_by_an_image("dev"),
        [
            images("service"),
            "ecs_service.service.desired_count 0 null".to_owned(),
            images("migrate"),
            "schedule.start_scaling.target.input.MinCapacity 0 1".to_owned(),
        ]
    );
    assert_eq!(
        changed_by_an_image("prod"),
        [
            images("service"),
            "ecs_service.service.desired_count 0 null".to_owned(),
            images("migrate"),
            "scaling_target.service.min_capacity 0 1".to_owned(),
            "metric_alarm.service_down.actions_enabled false null".to_owned(),
        ]
    );
    assert_eq!(
        changed_by_an_image("preview"),
        [
            images("service"),
            "ecs_service.service.desired_count 0 1".to_owned(),
            images("migrate"),
        ]
    );
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

/// What each kind can be asked for once it exists: its own outputs, and properties that it repeats.
const OUTPUTS: &[(&str, &[&str])] = &[
    ("budget", &["name", "arn"]),
    ("cache_subnet_group", &["name", "arn"]),
    (
        "certificate",
        &[
            "arn",
            "validation_name",
            "validation_type",
            "validation_value",
        ],
    ),
    ("composite_alarm", &["arn", "name"]),
    ("dashboard", &["name", "arn"]),
    (
        "db_instance",
        &["identifier", "arn", "endpoint", "port", "master_secret"],
    ),
    ("db_parameter_group", &["name", "arn"]),
    ("db_subnet_group", &["name", "arn"]),
    ("dns_record", &["name", "zone_id", "fqdn"]),
    ("ecr_repository", &["name", "arn", "uri"]),
    ("ecs_cluster", &["arn", "name"]),
    ("ecs_service", &["arn", "name"]),
    ("elastic_ip", &["id", "public_ip"]),
    ("iam_role", &["arn", "name"]),
    ("internet_gateway", &["id", "vpc"]),
    ("listener_rule", &["arn", "host", "target_group"]),
    ("listener", &["arn", "target_group", "certificate"]),
    (
        "load_balancer",
        &["arn", "dns_name", "hosted_zone", "full_name"],
    ),
    ("log_group", &["name", "arn"]),
    ("metric_alarm", &["arn", "name"]),
    ("nat_gateway", &["id", "subnet", "public_ip"]),
    (
        "replication_group",
        &["id", "arn", "primary_endpoint", "port"],
    ),
    ("route", &["route_table"]),
    ("route_table", &["id"]),
    ("route_table_association", &["subnet"]),
    ("scaling_policy", &["arn"]),
    ("scaling_target", &["resource", "service"]),
    ("schedule", &["arn", "group"]),
    ("schedule_group", &["name", "arn"]),
    ("secret", &["arn", "name"]),
    ("security_group", &["id"]),
    ("security_group_rule", &["security_group"]),
    ("serverless_cache", &["name", "arn", "endpoint", "port"]),
    ("sns_subscription", &["topic"]),
    ("sns_topic", &["arn", "name"]),
    ("sqs_queue", &["url", "arn", "name"]),
    ("subnet", &["id"]),
    ("target_group", &["arn", "full_name"]),
    ("task_definition", &["arn", "family"]),
    ("vpc", &["id"]),
    ("vpc_endpoint", &["id"]),
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
    let mut guest = shipped("preview").stack;
    guest.ephemeral.isolation = Isolation::Shared;
    let nodes = [blueprint(&shipped("prod").stack), blueprint(&guest)].concat();
    let addresses: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    for (name, text) in OUTPUTS_OF_STACKS {
        let mut found = BTreeSet::new();
        references(&Value::from(*text), &mut found);
        assert_known(name, &found, &addresses);
    }
}

/// Asserts that every reference is of a resource that there is, and that the resources can be made in some order.
fn assert_makeable(nodes: &[Node]) {
    let addresses: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    assert_eq!(addresses.len(), nodes.len(), "two nodes have one address");
    let mut waiting: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for node in nodes {
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

/// Production with everything that the shipped files do without.
fn with_all() -> Stack {
    let mut stack = shipped("prod").stack;
    stack.network.egress = Egress::NatGateway;
    stack.cache = Some(Cache {
        mode: CacheMode::Node,
        nodes: Some(2),
        ..Cache::default()
    });
    stack
}

#[test]
fn every_reference_leads_somewhere_and_none_in_a_circle() {
    for name in SHIPPED {
        assert_makeable(&blueprint(&shipped(name).stack));
    }
    assert_makeable(&blueprint(&with_all()));
}

#[test]
fn every_kind_is_used_by_some_stack() {
    let stacks = SHIPPED.map(|name| shipped(name).stack);
    let all = with_all();
    let mut guest = shipped("preview").stack;
    guest.ephemeral.isolation = Isolation::Shared;
    let stacks = stacks.iter().chain([&all, &guest]);
    let nodes: Vec<Node> = stacks.flat_map(blueprint).collect();
    let used: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node.address.split('.').next())
        .collect();
    let known: BTreeSet<&str> = OUTPUTS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(used, known);
}

/// Between registering and rolling out, nothing but the two definitions is another's.
#[test]
fn a_deployment_changes_definitions_before_it_changes_the_service() {
    let held = "arn:aws:ecs:ca-central-1:123456789012:task-definition/held:3";
    for name in SHIPPED {
        let stack = shipped(name).stack;
        for now in [None, Some("repository@sha256:1")] {
            let before = bella_stack::blueprint_running(&stack, now);
            let after =
                bella_stack::blueprint_registering(&stack, now, "repository@sha256:2", held);
            let differing: Vec<(&str, String)> = before
                .iter()
                .zip(&after)
                .filter(|(old, new)| old != new)
                .map(|(_, new)| match &new.properties["container"]["image"] {
                    Value::Null => (
                        new.address.as_str(),
                        new.properties["task_definition"].to_string(),
                    ),
                    image => (new.address.as_str(), image.to_string()),
                })
                .collect();
            let next = "\"repository@sha256:2\"".to_owned();
            let expected = [
                ("task_definition.service", next.clone()),
                ("ecs_service.service", format!("\"{held}\"")),
                ("task_definition.migrate", next),
            ];
            assert_eq!(differing, expected, "{name}, {now:?}");
        }
    }
}

#[test]
fn whatever_the_hour_a_deployment_wants_tasks() {
    for name in SHIPPED {
        let nodes = bella_stack::blueprint_awake(&shipped(name).stack, "image");
        let of = |address: &str, count: &str| {
            let node = nodes.iter().find(|node| node.address == address);
            node.map(|node| node.properties[count].as_u64())
        };
        let tasks = of("ecs_service.service", "desired_count").expect("a service");
        assert!(tasks >= Some(1), "{name}: {tasks:?}");
        let least = of("scaling_target.service", "min_capacity");
        assert!(
            least.is_none() || least >= Some(Some(1)),
            "{name}: {least:?}"
        );
    }
}
