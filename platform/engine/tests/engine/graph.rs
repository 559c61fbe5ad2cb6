//! The desired graph: everything wrong with it at once, and the order of what is right.

use bella_engine::graph::Graph;
use serde_json::{Value, json};

use crate::bed::{addresses, graph};
use crate::fake::kinds::KINDS;
use crate::scenarios::stack;

fn problems(declared: &[(&str, Value)]) -> Vec<String> {
    let declared = declared
        .iter()
        .map(|(address, props)| ((*address).to_owned(), props.clone()));
    let problems = Graph::new(KINDS, declared).expect_err("problems");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_problem_is_told_at_once() {
    let found = problems(&[
        ("net", json!({})),
        ("lake.main", json!({})),
        ("net.main", json!({"cidr": "10", "colour": "blue"})),
        ("net.other", json!({"label": "x"})),
        ("subnet.a", json!({"net": "${net.gone.id}", "cidr": "10.1"})),
        ("gate.web", json!({"port": 80})),
        ("gate.web", json!({"port": 81})),
        (
            "rule.web",
            json!({"net": "x", "port": 80, "target": "${gate.web.colour}"}),
        ),
        ("rule.dns", json!({"net": "${net.main}", "port": 53})),
    ]);
    assert_eq!(
        found,
        [
            "net: `net` is not an address: it has the form kind.name",
            "lake.main: unknown kind `lake`; known kinds: net, subnet, rule, gate, store, revision, service, record",
            "net.main: unknown field `colour`, expected `cidr` or `label`",
            "net.other: missing field `cidr`",
            "gate.web: is declared twice",
            "rule.dns: ${net.main} is not a reference; a reference is ${kind.name.output}",
            "rule.web: refers to ${gate.web.colour}, but the outputs of gate are: arn, name",
            "subnet.a: refers to ${net.gone.id}, and the stack has no net.gone",
        ]
    );
}

#[test]
fn a_circle_is_told_without_those_that_only_hang_on_it() {
    let rule = |target: &str, port: u16| json!({"net": "x", "port": port, "target": target});
    let found = problems(&[
        ("rule.a", rule("${rule.b.target}", 1)),
        ("rule.b", rule("${rule.c.target}", 2)),
        ("rule.c", rule("${rule.a.target}", 3)),
        ("rule.hanger", rule("${rule.a.target}", 4)),
        ("rule.free", rule("arn:x", 5)),
    ]);
    assert_eq!(
        found,
        ["rule.a: these refer to each other in a circle: rule.a, rule.b, rule.c"]
    );
}

#[test]
fn nodes_come_after_what_they_refer_to() {
    let declared = stack(&[]);
    let graph = graph(&declared);
    let mut placed = std::collections::BTreeSet::new();
    for node in graph.in_order() {
        for reference in &node.references {
            assert!(
                placed.contains(&reference.address),
                "{} before {reference}",
                node.address
            );
        }
        placed.insert(node.address.clone());
    }
    assert_eq!(placed, addresses(&declared));
}
