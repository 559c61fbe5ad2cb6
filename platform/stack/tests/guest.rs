//! Stacks on another one's servers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bella_stack::stack::{Domain, Host, Stack};
use bella_stack::{Node, blueprint_running, database_logins, door, host_lacks, load_with, tags};
use serde_json::Value;

const IMAGE: &str = "123456789012.dkr.ecr.ca-central-1.amazonaws.com/pr-42@sha256:1";

fn guest(rest: &str) -> Stack {
    let text = format!(
        "
stack: pr-42
environment: development
region: ca-central-1
owner: platform@bella.example
budget: {{ monthly_usd: 40 }}
service: {{ secrets: [app] }}
database: {{}}
cache: {{ mode: serverless }}
ephemeral: {{ isolation: shared, host: bella-staging }}
ttl: 8h
{rest}"
    );
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.into_bytes())]);
    let loaded = load_with(&source, Path::new("stack.yaml"));
    loaded.unwrap_or_else(|problems| panic!("{problems}")).stack
}

/// A host with a cache of nodes, although the guest's file says serverless.
fn host() -> Host {
    let outputs = [
        ("vpc.main.id", "vpc-1"),
        ("listener.http.arn", "arn:listener"),
        ("load_balancer.public.dns_name", "lb.example.com"),
        ("load_balancer.public.hosted_zone", "Z1"),
        ("db_instance.main.endpoint", "db.example.com"),
        ("db_instance.main.master_secret", "arn:master"),
        (
            "replication_group.main.primary_endpoint",
            "cache.example.com",
        ),
        ("replication_group.main.port", "6379"),
    ];
    Host {
        outputs: outputs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
        security_groups: vec!["sg-task".to_owned()],
        assign_public_ip: false,
        port: 8000,
        domain: None,
    }
}

fn at(mut stack: Stack, host: Host) -> Stack {
    stack.ephemeral.at = Some(host);
    stack
}

fn property<'a>(nodes: &'a [Node], address: &str, pointer: &str) -> &'a Value {
    let node = nodes.iter().find(|node| node.address == address);
    let node = node.unwrap_or_else(|| panic!("there is no {address}"));
    let found = node.properties.pointer(pointer);
    found.unwrap_or_else(|| panic!("{address} has no {pointer}"))
}

#[test]
fn a_guest_makes_nothing_that_takes_minutes() {
    let nodes = blueprint_running(&at(guest(""), host()), Some(IMAGE));
    let own: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
    let expected = [
        "budget.monthly",
        "ecr_repository.service",
        "ecs_cluster.main",
        "ecs_service.service",
        "iam_role.execution",
        "iam_role.migrate",
        "iam_role.task",
        "listener_rule.service",
        "log_group.service",
        "secret.app",
        "secret.database",
        "target_group.service",
        "task_definition.migrate",
        "task_definition.service",
    ];
    assert_eq!(own, expected.into());
    let told = [
        ("ecs_service.service", "/subnets/0", "subnet-a"),
        ("ecs_service.service", "/security_groups/0", "sg-task"),
        ("ecs_service.service", "/capacity_provider", "FARGATE_SPOT"),
        (
            "ecs_service.service",
            "/target_group",
            "${listener_rule.service.target_group}",
        ),
        ("ecs_service.service", "/cluster", "${ecs_cluster.main.arn}"),
        ("target_group.service", "/vpc", "vpc-1"),
        ("listener_rule.service", "/listener", "arn:listener"),
        ("listener_rule.service", "/host", "pr-42.lb.example.com"),
    ];
    for (address, pointer, value) in told {
        assert_eq!(
            property(&nodes, address, pointer),
            value,
            "{address} {pointer}"
        );
    }
    let variables = [
        ("DATABASE_HOST", "db.example.com"),
        ("DATABASE_NAME", "guest_pr_42"),
        ("PUBLIC_BASE_URL", "http://pr-42.lb.example.com"),
        ("REDIS_PREFIX", "pr-42:"),
        ("REDIS_URL", "rediss://cache.example.com:6379"),
    ];
    let service = "task_definition.service";
    for (name, value) in variables {
        let pointer = format!("/container/environment/{name}");
        assert_eq!(property(&nodes, service, &pointer), value, "{name}");
    }
    let migrate = "task_definition.migrate";
    assert_eq!(
        property(&nodes, migrate, "/container/command/1"),
        "--create-database"
    );
    assert_eq!(
        property(&nodes, migrate, "/container/environment/SERVICE_ROLE"),
        "guest_pr_42"
    );
    assert_eq!(
        property(&nodes, migrate, "/container/secrets/DATABASE_PASSWORD"),
        "arn:master:password::"
    );
    let logins = database_logins(&guest(""));
    assert_eq!(logins, ["guest_pr_42_app", "guest_pr_42_app_b"]);
    assert_eq!(tags(&guest(""))["bella:host"], "bella-staging");
}

/// Whatever refers to something refers to what the guest makes itself, also where nobody has looked at the host.
#[test]
fn nothing_refers_to_what_is_not_there() {
    for stack in [guest(""), at(guest(""), host())] {
        let nodes = blueprint_running(&stack, None);
        let own: BTreeSet<&str> = nodes.iter().map(|node| node.address.as_str()).collect();
        let mut seen = 0;
        for node in &nodes {
            let text = node.properties.to_string();
            for reference in text.split("${").skip(1) {
                let (inside, _) = reference.split_once('}').expect("it is closed");
                let (address, _) = inside.rsplit_once('.').expect("an output");
                assert!(
                    own.contains(address),
                    "{} refers to {address}",
                    node.address
                );
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen}");
    }
}

#[test]
fn a_host_with_a_domain_gives_the_name() {
    let mut named = host();
    named.domain = Some(Domain {
        zone: "bella.example".parse().expect("a zone"),
        name: "staging.bella.example".parse().expect("a name"),
    });
    let stack = at(guest(""), named);
    let nodes = blueprint_running(&stack, None);
    let name = "pr-42.staging.bella.example";
    assert_eq!(property(&nodes, "listener_rule.service", "/host"), name);
    assert_eq!(property(&nodes, "dns_record.guest", "/name"), name);
    assert_eq!(
        property(&nodes, "dns_record.guest", "/alias/target"),
        "lb.example.com"
    );
    assert_eq!(door(&stack), None);
    let nameless = door(&at(guest(""), host()));
    assert_eq!(nameless.as_deref(), Some("http://lb.example.com"));
}

#[test]
fn what_the_host_does_not_have_is_named() {
    assert!(host_lacks(&guest("")).is_empty());
    assert!(host_lacks(&at(guest(""), host())).is_empty());
    let mut bare = host();
    bare.outputs
        .retain(|name, _| !name.starts_with("db_instance"));
    let lacking = host_lacks(&at(guest(""), bare));
    assert_eq!(lacking, BTreeSet::from(["db_instance.main".to_owned()]));
    // Without a cache there, calls are kept in the one task's memory.
    let mut cacheless = host();
    cacheless
        .outputs
        .retain(|name, _| !name.starts_with("replication_group"));
    let stack = at(guest(""), cacheless);
    assert!(host_lacks(&stack).is_empty());
    let nodes = blueprint_running(&stack, None);
    let service = nodes
        .iter()
        .find(|node| node.address == "task_definition.service");
    let container = &service.expect("a definition").properties["container"];
    assert!(container["environment"].get("REDIS_URL").is_none());
}
