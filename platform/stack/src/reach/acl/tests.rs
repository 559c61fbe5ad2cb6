use std::collections::BTreeMap;

use bella_engine::address::Address;
use bella_engine::live::{Live, Object};
use bella_engine::resource::{Outputs, Phase};
use serde_json::{Value, json};

use super::{AclRule, NetworkAcl, covers, unreachable_by_acls, without};

fn object(address: &str, id: &str, outputs: &[(&str, &str)], properties: Value) -> Object {
    let address = Address::parse(address).expect("an address");
    let outputs = outputs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Object {
        kind: address.kind().to_owned(),
        address,
        claimed: true,
        id: id.to_owned(),
        props: Some(properties),
        outputs: outputs.collect::<Outputs>(),
        tags: BTreeMap::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    }
}

fn subnet(name: &str, id: &str, cidr: &str) -> Object {
    object(
        &format!("subnet.{name}"),
        id,
        &[("id", id)],
        json!({"cidr": cidr}),
    )
}

/// Tasks in one subnet, the database in another, callers through a load balancer in a third.
fn live() -> Live {
    let definition = "arn:aws:ecs:r:1:task-definition/app:1";
    let (balancer, target) = ("arn:aws:elb:balancer", "arn:aws:elb:target");
    Live {
        objects: vec![
            subnet("task", "subnet-11111111", "10.0.16.0/20"),
            subnet("data", "subnet-22222222", "10.0.32.0/20"),
            subnet("public", "subnet-33333333", "10.0.0.0/20"),
            object(
                "db_subnet_group.main",
                "group-main",
                &[("name", "group-main")],
                json!({"subnets": ["subnet-22222222"]}),
            ),
            object(
                "db_instance.main",
                "bella-main",
                &[("endpoint", "bella-main.rds.example")],
                json!({"subnet_group": "group-main"}),
            ),
            object(
                "load_balancer.public",
                balancer,
                &[("arn", balancer)],
                json!({"subnets": ["subnet-33333333"]}),
            ),
            object(
                "target_group.service",
                target,
                &[("arn", target)],
                json!({}),
            ),
            object(
                "listener.http",
                "arn:aws:elb:listener",
                &[],
                json!({"load_balancer": balancer, "target_group": target, "port": 80}),
            ),
            object(
                "task_definition.service",
                definition,
                &[("arn", definition)],
                json!({"container": {"environment": {"DATABASE_HOST": "bella-main.rds.example"}}}),
            ),
            object(
                "ecs_service.service",
                "arn:aws:ecs:r:1:service/c/s",
                &[],
                json!({
                    "task_definition": definition, "subnets": ["subnet-11111111"], "container_port": 8000,
                    "target_group": target,
                }),
            ),
        ],
    }
}

fn rule(number: i32, egress: bool, allows: bool, cidr: &str, ports: Option<(u16, u16)>) -> AclRule {
    AclRule {
        number,
        egress,
        allows,
        protocol: if ports.is_some() { "6" } else { "-1" }.to_owned(),
        cidr: cidr.to_owned(),
        ports,
    }
}

const ALL: &str = "0.0.0.0/0";

/// An ACL as AWS makes it for a VPC: everything is let through, by rule 100.
fn open(id: &str, subnets: &[&str]) -> NetworkAcl {
    let both = [false, true];
    let rules = both.into_iter().flat_map(|egress| {
        [
            rule(100, egress, true, ALL, None),
            rule(32767, egress, false, ALL, None),
        ]
    });
    NetworkAcl {
        id: id.to_owned(),
        is_default: subnets.is_empty(),
        subnets: subnets.iter().map(|&id| id.to_owned()).collect(),
        rules: rules.collect(),
    }
}

fn told(acls: &[NetworkAcl]) -> Vec<String> {
    let gaps = unreachable_by_acls(&live(), acls);
    gaps.iter().map(ToString::to_string).collect()
}

fn data_with(rules: Vec<AclRule>) -> Vec<String> {
    let mut of_data = open("acl-data", &["subnet-22222222"]);
    of_data.rules.extend(rules);
    told(&[open("acl-rest", &[]), of_data])
}

#[test]
fn what_the_default_lets_through_is_open() {
    assert_eq!(told(&[open("acl-1", &[])]), [""; 0]);
    assert_eq!(told(&[]), [""; 0], "what is not known is not judged");
}

#[test]
fn a_rule_that_denies_is_named_with_its_number() {
    const INTO: &str = "ecs_service.service cannot reach db_instance.main on port 5432: network ACL acl-data does not let it into subnet.data (rule 90)";
    let table: [(&str, AclRule, &[&str]); 9] = [
        (
            "its port",
            rule(90, false, false, ALL, Some((5432, 5432))),
            &[INTO],
        ),
        (
            "its subnet",
            rule(90, false, false, "10.0.16.0/20", None),
            &[INTO],
        ),
        (
            "its VPC",
            rule(90, false, false, "10.0.0.0/16", Some((5000, 6000))),
            &[INTO],
        ),
        (
            "another port",
            rule(90, false, false, ALL, Some((5433, 6000))),
            &[],
        ),
        (
            "another subnet",
            rule(90, false, false, "10.0.48.0/20", None),
            &[],
        ),
        (
            "one address of it",
            rule(90, false, false, "10.0.16.7/32", None),
            &[],
        ),
        (
            "after the rule that allows",
            rule(110, false, false, ALL, Some((5432, 5432))),
            &[],
        ),
        (
            "the answers",
            rule(90, true, false, ALL, Some((1024, 65535))),
            &[
                "ecs_service.service cannot reach db_instance.main on port 5432: network ACL acl-data does not let its answers out of subnet.data (rule 90)",
            ],
        ),
        (
            "what nobody asks for",
            rule(90, true, false, ALL, Some((5432, 5432))),
            &[
                "ecs_service.service cannot reach db_instance.main on port 5432: network ACL acl-data does not let its answers out of subnet.data (rule 90)",
            ],
        ),
    ];
    for (what, rule, said) in table {
        assert_eq!(data_with(vec![rule]), said, "{what}");
    }
    let udp = AclRule {
        protocol: "17".to_owned(),
        ..rule(90, false, false, ALL, Some((5432, 5432)))
    };
    assert_eq!(data_with(vec![udp]), [""; 0]);
}

#[test]
fn what_no_rule_allows_is_denied() {
    let of_data = NetworkAcl {
        rules: vec![
            rule(10, false, true, "10.0.16.0/20", Some((5432, 5432))),
            rule(32767, false, false, ALL, None),
            rule(32767, true, false, ALL, None),
        ],
        ..open("acl-data", &["subnet-22222222"])
    };
    let answers = "ecs_service.service cannot reach db_instance.main on port 5432: network ACL acl-data does not let its answers out of subnet.data (no rule allows its answers)";
    assert_eq!(told(&[open("acl-rest", &[]), of_data.clone()]), [answers]);
    let mut opened = of_data;
    // Two rules that have all of the ports together.
    opened.rules.extend([
        rule(20, true, true, "10.0.16.0/20", Some((1024, 40000))),
        rule(30, true, true, ALL, Some((40001, 65535))),
    ]);
    assert_eq!(told(&[open("acl-rest", &[]), opened]), [""; 0]);
}

#[test]
fn callers_and_the_internet_are_paths_too() {
    let mut public = open("acl-public", &["subnet-33333333"]);
    public
        .rules
        .push(rule(1, false, false, ALL, Some((80, 80))));
    let mut task = open("acl-task", &["subnet-11111111"]);
    task.rules.push(rule(1, true, false, ALL, Some((443, 443))));
    task.rules
        .push(rule(2, false, false, ALL, Some((8000, 8000))));
    assert_eq!(
        told(&[open("acl-rest", &[]), public, task]),
        [
            "ecs_service.service cannot reach db_instance.main on port 5432: network ACL acl-task does not let its answers into subnet.task (rule 2)",
            "ecs_service.service cannot reach the internet on port 443: network ACL acl-task does not let it out of subnet.task (rule 1)",
            "ecs_service.service cannot reach the internet on port 443: network ACL acl-task does not let its answers into subnet.task (rule 2)",
            "load_balancer.public cannot reach ecs_service.service on port 8000: network ACL acl-task does not let it into subnet.task (rule 2)",
            "the internet cannot reach load_balancer.public on port 80: network ACL acl-public does not let it into subnet.public (rule 1)",
        ]
    );
}

#[test]
fn ranges_are_cut_and_compared() {
    assert_eq!(without((1024, 65535), (0, 65535)), []);
    assert_eq!(without((10, 20), (12, 15)), [(10, 11), (16, 20)]);
    assert_eq!(without((10, 20), (30, 40)), [(10, 20)]);
    assert_eq!(without((10, 20), (0, 10)), [(11, 20)]);
    for (outer, inner, is) in [
        (ALL, "10.0.0.0/8", true),
        (ALL, ALL, true),
        ("10.0.0.0/8", ALL, false),
        ("10.0.16.0/20", "10.0.16.0/20", true),
        ("10.0.16.0/20", "10.0.31.255/32", true),
        ("10.0.16.0/20", "10.0.32.0/32", false),
        ("10.0.16.0", "10.0.16.0/32", false),
    ] {
        assert_eq!(covers(outer, inner), is, "{outer} {inner}");
    }
}
