//! What other stack files than the shipped ones become.

use bella_stack::{Node, Stack, blueprint, load_with, not_yet_provisioned, tags, unreachable};
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

/// What a stack that is not for development has to have.
const WHOLE: &str = "service: { secrets: [app] }\ndatabase: {}\n";

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
fn production_is_protected_and_keeps_its_logs() {
    let nodes = blueprint(&stack(
        "environment: production\ndatabase: {}\nservice: { architecture: x86_64, port: 9000, secrets: [app] }",
    ));
    let seen = [
        property(&nodes, "load_balancer.public", "/deletion_protection"),
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
        "environment: development
domain: { zone: bella.example, name: book.bella.example }
service: { secrets: [app, calendar-key], environment: { PUBLIC_BASE_URL: \"https://calls.bella.example\", ADMIN_USER: ann } }",
    ));
    assert_eq!(
        property(&nodes, "security_group_rule.balancer_https", "/to_port"),
        json!(443)
    );
    let container = |pointer: &str| {
        property(
            &nodes,
            "task_definition.service",
            &format!("/container/{pointer}"),
        )
    };
    assert_eq!(
        container("environment/PUBLIC_BASE_URL"),
        json!("https://calls.bella.example")
    );
    assert_eq!(container("environment/ADMIN_USER"), json!("ann"));
    assert_eq!(container("secrets/ADMIN_USER"), Value::Null);
    assert_eq!(
        container("secrets/CALENDAR_KEY"),
        json!("${secret.calendar_key.arn}")
    );
    let groups = property(&nodes, "load_balancer.public", "/security_groups");
    assert!(
        groups
            .as_array()
            .is_some_and(|groups| groups.contains(&json!(
                "${security_group_rule.balancer_https.security_group}"
            )))
    );
}

/// A golden line of every node of these kinds.
fn lines(nodes: &[Node], kinds: &[&str]) -> String {
    let of_kind =
        |node: &&Node| kinds.contains(&node.address.split('.').next().unwrap_or_default());
    let line = |node: &Node| format!("{} {}\n", node.address, node.properties);
    nodes.iter().filter(of_kind).map(line).collect()
}

#[test]
fn behind_nat_gateways_tasks_are_in_private_subnets() {
    let file =
        |rest: &str| format!("environment: development\nnetwork: {{ egress: nat-gateway{rest} }}");
    let kinds = [
        "elastic_ip",
        "nat_gateway",
        "route",
        "route_table",
        "route_table_association",
    ];
    let one = blueprint(&stack(&file("")));
    assert_eq!(
        lines(&one, &kinds),
        "route_table.public {\"vpc\":\"${vpc.main.id}\"}
route.public_internet {\"destination_cidr\":\"0.0.0.0/0\",\"gateway\":\"${internet_gateway.main.id}\",\"route_table\":\"${route_table.public.id}\"}
route_table.private {\"vpc\":\"${vpc.main.id}\"}
route_table_association.public_a {\"route_table\":\"${route.public_internet.route_table}\",\"subnet\":\"${subnet.public_a.id}\"}
route_table_association.private_a {\"route_table\":\"${route.private_internet.route_table}\",\"subnet\":\"${subnet.private_a.id}\"}
route_table_association.public_b {\"route_table\":\"${route.public_internet.route_table}\",\"subnet\":\"${subnet.public_b.id}\"}
route_table_association.private_b {\"route_table\":\"${route.private_internet.route_table}\",\"subnet\":\"${subnet.private_b.id}\"}
elastic_ip.nat_a {}
nat_gateway.public_a {\"elastic_ip\":\"${elastic_ip.nat_a.id}\",\"subnet\":\"${route_table_association.public_a.subnet}\"}
route.private_internet {\"destination_cidr\":\"0.0.0.0/0\",\"nat_gateway\":\"${nat_gateway.public_a.id}\",\"route_table\":\"${route_table.private.id}\"}
"
    );
    assert_eq!(
        property(&one, "ecs_service.service", "/assign_public_ip"),
        json!(false)
    );
    assert_eq!(
        property(&one, "ecs_service.service", "/subnets"),
        json!([
            "${route_table_association.private_a.subnet}",
            "${route_table_association.private_b.subnet}"
        ])
    );
    assert_eq!(unreachable(&one), []);

    let each = blueprint(&stack(&file(", nat_per_zone: true")));
    assert_eq!(
        lines(&each, &["nat_gateway", "route"]),
        "route.public_internet {\"destination_cidr\":\"0.0.0.0/0\",\"gateway\":\"${internet_gateway.main.id}\",\"route_table\":\"${route_table.public.id}\"}
nat_gateway.public_a {\"elastic_ip\":\"${elastic_ip.nat_a.id}\",\"subnet\":\"${route_table_association.public_a.subnet}\"}
route.private_a_internet {\"destination_cidr\":\"0.0.0.0/0\",\"nat_gateway\":\"${nat_gateway.public_a.id}\",\"route_table\":\"${route_table.private_a.id}\"}
nat_gateway.public_b {\"elastic_ip\":\"${elastic_ip.nat_b.id}\",\"subnet\":\"${route_table_association.public_b.subnet}\"}
route.private_b_internet {\"destination_cidr\":\"0.0.0.0/0\",\"nat_gateway\":\"${nat_gateway.public_b.id}\",\"route_table\":\"${route_table.private_b.id}\"}
"
    );
    assert_eq!(unreachable(&each), []);
}

#[test]
fn a_cache_of_nodes_has_a_group_of_them() {
    let of = |cache: &str| blueprint(&stack(&format!("environment: development\ncache: {cache}")));
    let kinds = [
        "cache_subnet_group",
        "replication_group",
        "serverless_cache",
    ];
    assert_eq!(
        lines(&of("{ mode: node, engine: redis, node: cache.t4g.small, nodes: 2 }"), &kinds),
        "cache_subnet_group.main {\"description\":\"call sessions\",\"subnets\":[\"${subnet.private_a.id}\",\"${subnet.private_b.id}\"],\"vpc\":\"${vpc.main.id}\"}
replication_group.main {\"automatic_failover\":true,\"description\":\"call sessions\",\"engine\":\"redis\",\"engine_version\":\"7.1\",\"multi_az\":true,\"node_type\":\"cache.t4g.small\",\"nodes\":2,\"security_groups\":[\"${security_group_rule.cache_from_task.security_group}\"],\"subnet_group\":\"${cache_subnet_group.main.name}\"}
"
    );
    let one = of("{ mode: node }");
    assert_eq!(
        property(&one, "replication_group.main", "/automatic_failover"),
        json!(false)
    );
    assert_eq!(
        property(
            &one,
            "task_definition.service",
            "/container/environment/REDIS_URL"
        ),
        json!("rediss://${replication_group.main.primary_endpoint}:${replication_group.main.port}")
    );
    assert_eq!(lines(&of("{ mode: none }"), &kinds), "");
}

#[test]
fn a_cache_beside_the_service_is_in_its_task_alone() {
    let of = |engine: &str| {
        let cache = format!(
            "environment: development\ndatabase: {{}}\ncache: {{ mode: sidecar, engine: {engine} }}"
        );
        blueprint(&stack(&cache))
    };
    let nodes = of("valkey");
    let service = "task_definition.service";
    assert_eq!(
        property(&nodes, service, "/sidecars"),
        json!({ "cache": {
            "image": "public.ecr.aws/valkey/valkey:8-alpine",
            "command": ["valkey-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru"],
            "memory": 96,
            "log_group": "${log_group.service.name}",
            "log_region": "ca-central-1",
            "log_stream_prefix": "cache",
        } })
    );
    assert_eq!(
        property(&nodes, service, "/container/environment/REDIS_URL"),
        json!("redis://127.0.0.1:6379")
    );
    assert_eq!(
        property(&of("redis"), service, "/sidecars/cache/command/0"),
        json!("redis-server")
    );
    let others = nodes.iter().filter(|node| node.address != service);
    for node in others {
        assert!(!node.properties.to_string().contains("valkey"), "{node:?}");
    }
}

/// Takes the items that refer to something out of all lists.
fn forget(value: &mut Value, gone: &str) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.as_str().is_some_and(|text| text.starts_with(gone)));
        }
        Value::Object(map) => map.values_mut().for_each(|item| forget(item, gone)),
        _ => {}
    }
}

/// Each rule and route of a stack taken away: what can then not be reached, and that something can not.
#[test]
fn every_rule_and_route_is_needed() {
    let whole = blueprint(&stack(&format!(
        "environment: development\nnetwork: {{ egress: nat-gateway }}\ncache: {{ mode: node }}\n{WHOLE}"
    )));
    assert_eq!(unreachable(&whole), []);
    let mut seen = String::new();
    for node in &whole {
        let kind = node.address.split('.').next().unwrap_or_default();
        if !["security_group_rule", "route"].contains(&kind) {
            continue;
        }
        let mut without: Vec<Node> = whole
            .iter()
            .filter(|other| *other != node)
            .cloned()
            .collect();
        let gone = format!("${{{}.", node.address);
        without
            .iter_mut()
            .for_each(|other| forget(&mut other.properties, &gone));
        seen.push_str(&format!("{}\n", node.address));
        for gap in unreachable(&without) {
            seen.push_str(&format!("  {gap}\n"));
        }
    }
    assert_eq!(seen, include_str!("reach.txt"), "\n{seen}");
}

#[test]
fn recipients_are_told_by_severity_and_conditions_on_money_become_budgets() {
    let nodes = blueprint(&stack(
        "environment: development
recipients: { critical: [https://events.pager.example/key/1, ann@bella.example] }
alarms:
  - { name: down, when: health_check_failure, for: 1m, severity: critical, runbook: service-down }
  - { name: dear, when: \"monthly_cost >= $149.50\", severity: critical, runbook: cost-spike }
  - { name: busy, when: cpu > 80%, runbook: busy }",
    ));
    assert_eq!(
        lines(&nodes, &["sns_topic", "sns_subscription", "composite_alarm", "budget"]),
        "sns_topic.critical {}
sns_subscription.critical_events_pager_example_key_1 {\"endpoint\":\"https://events.pager.example/key/1\",\"protocol\":\"https\",\"topic\":\"${sns_topic.critical.arn}\"}
sns_subscription.critical_ann_bella_example {\"endpoint\":\"ann@bella.example\",\"protocol\":\"email\",\"topic\":\"${sns_topic.critical.arn}\"}
sns_topic.warning {}
sns_subscription.warning_platform_bella_example {\"endpoint\":\"platform@bella.example\",\"protocol\":\"email\",\"topic\":\"${sns_topic.warning.arn}\"}
budget.monthly {\"filter_tag\":{\"key\":\"bella:stack\",\"value\":\"bella-test\"},\"limit_usd\":40,\"notifications\":[{\"emails\":[\"platform@bella.example\"],\"threshold_percent\":50,\"type\":\"ACTUAL\"},{\"emails\":[\"platform@bella.example\"],\"threshold_percent\":80,\"type\":\"ACTUAL\"},{\"emails\":[\"platform@bella.example\"],\"threshold_percent\":100,\"type\":\"ACTUAL\"},{\"emails\":[\"platform@bella.example\"],\"threshold_percent\":100,\"type\":\"FORECASTED\"}],\"period\":\"MONTHLY\"}
budget.dear {\"filter_tag\":{\"key\":\"bella:stack\",\"value\":\"bella-test\"},\"limit_usd\":149.5,\"notifications\":[{\"emails\":[\"ann@bella.example\"],\"threshold_percent\":100,\"type\":\"ACTUAL\"}],\"period\":\"MONTHLY\"}
"
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
    let some = stack(
        "environment: development
ttl: 8h",
    );
    assert_eq!(not_yet_provisioned(&some), ["ttl"]);
    let none: [&str; 0] = [];
    assert_eq!(
        not_yet_provisioned(&stack("environment: development\ncache: {}")),
        none
    );
}

#[test]
fn the_life_of_an_ephemeral_stack_is_a_tag() {
    let ttl = |rest: &str| tags(&stack(rest)).get("bella:ttl").cloned();
    assert_eq!(
        ttl("environment: development\nttl: 8h").as_deref(),
        Some("8h")
    );
    assert_eq!(ttl("environment: development"), None);
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
    let whole = format!("{HEAD}environment: development\nservice: {{ cpu: 512, memory: 1024 }}");
    let again = format!(
        "# a comment\nservice: {{ memory: 1024, cpu: 512.0 }}\nenvironment: 'development'\n{HEAD}"
    );
    let child = "extends: parent/base.yaml\nservice: { cpu: 512 }\nttl: null";
    let base =
        format!("{HEAD}environment: development\nttl: 8h\nservice:\n  cpu: 256\n  memory: 1024\n");
    let split = digest(&[("stack.yaml", child), ("parent/base.yaml", &base)]);
    let other = format!("{HEAD}environment: development\nservice: {{ cpu: 512, memory: 2048 }}");
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

#[test]
fn the_migration_task_is_told_what_is_allowed() {
    let allowed = |rest: &str| {
        let nodes = blueprint(&stack(&format!(
            "environment: development\ndatabase: {{}}\n{rest}"
        )));
        let at = "/container/environment/ALLOW_MIGRATIONS";
        property(&nodes, "task_definition.migrate", at)
    };
    assert_eq!(allowed(""), Value::Null);
    let two = "service: { secrets: [app], allow_migrations: [0007_drop_outbox, 0008_rename] }";
    assert_eq!(allowed(two), "0007_drop_outbox,0008_rename");
}
