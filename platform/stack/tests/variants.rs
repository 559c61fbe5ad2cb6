//! What other stack files than the shipped ones become.

use bella_stack::{Node, Stack, blueprint, load_with, not_yet_provisioned};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

const HEAD: &str = "
stack: bella-test
region: ca-central-1
owner: platform@bella.example
budget: { monthly_usd: 40 }
";

fn stack(rest: &str) -> Stack {
    let text = format!("{HEAD}{rest}");
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.into_bytes())]);
    let loaded = load_with(&source, Path::new("stack.yaml"));
    loaded.unwrap_or_else(|problems| panic!("{problems}")).stack
}

fn addresses(nodes: &[Node]) -> BTreeSet<&str> {
    nodes.iter().map(|node| node.address.as_str()).collect()
}

fn property(nodes: &[Node], address: &str, pointer: &str) -> Value {
    let node = nodes.iter().find(|node| node.address == address);
    let node = node.unwrap_or_else(|| panic!("there is no {address}"));
    node.properties
        .pointer(pointer)
        .cloned()
        .unwrap_or(Value::Null)
}

#[test]
fn a_stack_without_data_stores_has_no_groups_for_them() {
    let nodes = blueprint(&stack("environment: development\ncache: { mode: sidecar }"));
    let groups: Vec<&str> = addresses(&nodes)
        .into_iter()
        .filter(|a| a.starts_with("security_group"))
        .collect();
    assert_eq!(
        groups,
        [
            "security_group.balancer",
            "security_group.task",
            "security_group_rule.balancer_http",
            "security_group_rule.balancer_to_task",
            "security_group_rule.task_from_balancer",
            "security_group_rule.task_to_https",
        ]
    );
}

#[test]
fn production_is_protected_observed_and_keeps_its_logs() {
    let nodes = blueprint(&stack(
        "environment: production\nservice: { architecture: x86_64, port: 9000 }",
    ));
    let seen = [
        property(&nodes, "load_balancer.public", "/deletion_protection"),
        property(&nodes, "ecs_cluster.main", "/container_insights"),
        property(&nodes, "log_group.service", "/retention_in_days"),
        property(&nodes, "task_definition.service", "/architecture"),
        property(
            &nodes,
            "task_definition.service",
            "/container/environment/BIND",
        ),
        property(
            &nodes,
            "task_definition.service",
            "/container/environment/ENVIRONMENT",
        ),
        property(&nodes, "ecs_service.service", "/capacity_provider"),
        property(&nodes, "target_group.service", "/port"),
        property(
            &nodes,
            "security_group_rule.task_from_balancer",
            "/from_port",
        ),
    ];
    let expected = json!([
        true,
        "enabled",
        30,
        "X86_64",
        "0.0.0.0:9000",
        "production",
        "FARGATE",
        9000,
        9000
    ]);
    assert_eq!(json!(seen), expected);
}

#[test]
fn a_third_zone_adds_subnets_and_moves_none() {
    let two = blueprint(&stack("environment: development"));
    let three = blueprint(&stack(
        "environment: development\nnetwork: { availability_zones: 3 }",
    ));
    let added: Vec<&str> = addresses(&three)
        .difference(&addresses(&two))
        .copied()
        .collect();
    assert_eq!(
        added,
        [
            "route_table_association.private_d",
            "route_table_association.public_d",
            "subnet.private_d",
            "subnet.public_d"
        ]
    );
    for name in ["public_a", "public_b", "private_a", "private_b"] {
        let address = format!("subnet.{name}");
        assert_eq!(
            property(&two, &address, "/cidr"),
            property(&three, &address, "/cidr"),
            "{address}"
        );
    }
    assert_eq!(
        property(&three, "subnet.public_d", "/availability_zone"),
        json!("ca-central-1d")
    );
}

#[test]
fn a_domain_opens_https_and_the_files_own_variables_win() {
    let nodes = blueprint(&stack(
        "environment: staging
domain: { zone: bella.example, name: book.bella.example }
service: { environment: { PUBLIC_BASE_URL: \"https://book.bella.example\" } }",
    ));
    assert_eq!(
        property(&nodes, "security_group_rule.balancer_https", "/to_port"),
        json!(443)
    );
    let url = property(
        &nodes,
        "task_definition.service",
        "/container/environment/PUBLIC_BASE_URL",
    );
    assert_eq!(url, json!("https://book.bella.example"));
    let groups = property(&nodes, "load_balancer.public", "/security_groups");
    assert!(
        groups
            .as_array()
            .is_some_and(|groups| groups.contains(&json!(
                "${security_group_rule.balancer_https.security_group}"
            )))
    );
}

#[test]
fn raw_resources_come_last_as_they_were_written() {
    let stack = stack(
        "environment: development\nresources: { sqs_queue.audit: { vpc: \"${vpc.main.id}\", fifo: true } }",
    );
    let nodes = blueprint(&stack);
    let last = nodes.last().expect("a stack has resources");
    assert_eq!(
        (last.address.as_str(), &last.properties),
        (
            "sqs_queue.audit",
            &json!({ "vpc": "${vpc.main.id}", "fifo": true })
        )
    );
}

#[test]
fn every_accepted_part_that_is_not_made_is_named() {
    let all = stack(
        "environment: staging
ttl: 8h
service: { scaling: { max: 3 }, secrets: [app] }
database: {}
cache: {}
domain: { zone: bella.example, name: bella.example }
alarms: [{ name: down, when: health_check_failure, runbook: service-down }]
auto_shutdown: { shutdown_time: \"20:00\", startup_time: \"08:00\" }",
    );
    let parts = [
        "service.scaling",
        "service.secrets",
        "database",
        "cache",
        "domain",
        "alarms",
        "auto_shutdown",
        "ttl",
    ];
    assert_eq!(not_yet_provisioned(&all), parts);
    assert!(
        not_yet_provisioned(&stack("environment: development\ncache: { mode: none }")).is_empty()
    );
}

#[test]
fn the_digest_follows_the_values_and_not_the_writing() {
    let digest = |files: &[(&str, &str)]| {
        let source: BTreeMap<PathBuf, Vec<u8>> = files
            .iter()
            .map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec()))
            .collect();
        let loaded = load_with(&source, Path::new(files[0].0));
        loaded
            .unwrap_or_else(|problems| panic!("{problems}"))
            .digest
    };
    let whole = format!("{HEAD}environment: staging\nservice: {{ cpu: 512, memory: 1024 }}");
    let again = format!(
        "# a comment\nservice: {{ memory: 1024, cpu: 512.0 }}\nenvironment: 'staging'\n{HEAD}"
    );
    let child = "extends: parent/base.yaml\nservice: { cpu: 512 }\nttl: null";
    let base =
        format!("{HEAD}environment: staging\nttl: 8h\nservice:\n  cpu: 256\n  memory: 1024\n");
    let split = digest(&[("stack.yaml", child), ("parent/base.yaml", &base)]);
    let other = format!("{HEAD}environment: staging\nservice: {{ cpu: 512, memory: 2048 }}");
    assert_eq!(
        digest(&[("stack.yaml", &whole)]),
        digest(&[("stack.yaml", &again)])
    );
    assert_eq!(digest(&[("stack.yaml", &whole)]), split);
    assert_ne!(
        digest(&[("stack.yaml", &whole)]),
        digest(&[("stack.yaml", &other)])
    );
}
