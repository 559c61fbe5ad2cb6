//! What a kind says about itself holds together. Needs no sandbox.

use std::collections::BTreeSet;

use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::address::Address;
use bella_engine::diff::at;
use bella_engine::graph::Graph;
use bella_engine::name::{Naming, name};
use bella_engine::resource::{Kind, Owner, find_kind};
use bella_engine::usage::{Assumptions, Quantity, Usage};

use crate::schema::{is_within, leaves};
use crate::setting::{Setting, another};

/// Longest name that AWS takes for each kind that has one (its API reference, bytes).
const LONGEST_NAMES: &[(&str, usize)] = &[
    ("security_group", 255),
    ("iam_role", 64),
    ("log_group", 512),
    ("ecr_repository", 256),
    ("load_balancer", 32),
    ("target_group", 32),
    ("ecs_cluster", 255),
    ("task_definition", 255),
    ("ecs_service", 255),
    ("metric_alarm", 255),
    ("composite_alarm", 255),
    ("dashboard", 255),
    ("sns_topic", 256),
    ("sqs_queue", 80),
    ("schedule_group", 64),
    ("budget", 100),
    ("s3_bucket", 63),
    ("secret", 512),
    ("db_subnet_group", 255),
    ("db_parameter_group", 255),
    ("db_instance", 63),
    ("cache_subnet_group", 255),
    ("replication_group", 40),
    ("serverless_cache", 40),
];

/// Mutable properties that have no second value by themselves, and where they are tested instead.
const APART: &[(&str, &str, &str)] = &[
    (
        "listener",
        "protocol",
        "edge.rs: HTTPS comes with a certificate",
    ),
    (
        "listener",
        "redirect.protocol",
        "edge.rs: a listener that redirects",
    ),
    (
        "listener",
        "redirect.port",
        "edge.rs: a listener that redirects",
    ),
    (
        "listener",
        "redirect.status",
        "edge.rs: a listener that redirects",
    ),
    (
        "route",
        "gateway",
        "apart.rs: a VPC has one internet gateway",
    ),
    (
        "route",
        "nat_gateway",
        "edge.rs: it takes the place of the internet gateway",
    ),
    (
        "dns_record",
        "alias.target",
        "edge.rs: a record that is an alias",
    ),
    (
        "dns_record",
        "alias.hosted_zone",
        "edge.rs: a record that is an alias",
    ),
    (
        "dns_record",
        "alias.evaluate_health",
        "edge.rs: a record that is an alias",
    ),
    (
        "ecs_service",
        "container_name",
        "apart.rs: it follows the task definition",
    ),
    (
        "ecs_service",
        "container_port",
        "apart.rs: it follows the task definition",
    ),
    (
        "scaling_policy",
        "custom_metric.namespace",
        "shapes.rs: it takes the place of the predefined metric",
    ),
    (
        "scaling_policy",
        "custom_metric.metric_name",
        "shapes.rs: it takes the place of the predefined metric",
    ),
    (
        "scaling_policy",
        "custom_metric.dimensions",
        "shapes.rs: it takes the place of the predefined metric",
    ),
    (
        "scaling_policy",
        "custom_metric.statistic",
        "shapes.rs: it takes the place of the predefined metric",
    ),
    (
        "metric_alarm",
        "extended_statistic",
        "shapes.rs: it takes the place of the statistic",
    ),
    (
        "metric_alarm",
        "metrics",
        "shapes.rs: they take the place of the one metric",
    ),
    ("db_instance", "engine_version", "data.rs: it only goes up"),
    ("db_instance", "storage_gb", "data.rs: it only grows"),
    (
        "db_instance",
        "manage_master_password",
        "data.rs: without it somebody has to give a password",
    ),
    (
        "replication_group",
        "engine_version",
        "data.rs: it only goes up",
    ),
    (
        "serverless_cache",
        "major_engine_version",
        "data.rs: it only goes up",
    ),
];

#[test]
fn every_kind_holds_together() {
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for kind in KINDS {
        if !names.insert(kind.kind()) {
            wrong.push(format!("{}: another kind has that name", kind.kind()));
        }
        let mut say = |what: String| wrong.push(format!("{}: {what}", kind.kind()));
        words(*kind, &mut say);
        paths(*kind, &mut say);
        example(*kind, &mut say);
        longest_name(*kind, &mut say);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn words(kind: &dyn Kind<Aws>, say: &mut dyn FnMut(String)) {
    if let Err(why) = Address::parse(&format!("{}.x", kind.kind())) {
        say(why.to_string());
    }
    if let Owner::Parent(parent) = kind.owner()
        && find_kind(KINDS, parent).is_none()
    {
        say(format!("it hangs on `{parent}`, which is no kind"));
    }
    let actions: BTreeSet<&str> = kind.actions().iter().copied().collect();
    if actions.is_empty() || actions.len() < kind.actions().len() {
        say("ACTIONS is empty or names one twice".to_owned());
    }
    let is_action = |action: &&str| {
        action.split_once(':').is_some_and(|(service, operation)| {
            let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            service.chars().all(lower)
                && operation.starts_with(|c: char| c.is_ascii_uppercase())
                && operation.chars().all(|c| c.is_ascii_alphanumeric())
        })
    };
    for action in actions.iter().filter(|action| !is_action(action)) {
        say(format!("`{action}` is not of the form service:Operation"));
    }
    let own: BTreeSet<&str> = kind.outputs().iter().copied().collect();
    if own.is_empty() || own.len() < kind.outputs().len() {
        say("OUTPUTS is empty or names one twice".to_owned());
    }
}

/// IMMUTABLE names properties; EXCLUSIVE too.
fn paths(kind: &dyn Kind<Aws>, say: &mut dyn FnMut(String)) {
    let leaves = leaves(&kind.schema());
    let lists = [
        ("IMMUTABLE", kind.immutable()),
        ("EXCLUSIVE", kind.exclusive()),
    ];
    for (list, paths) in lists {
        for path in paths {
            if !leaves.iter().any(|leaf| is_within(leaf, path)) {
                say(format!("{list} names `{path}`, which is no property"));
            }
        }
    }
    if matches!(kind.owner(), Owner::Parent(_)) && kind.immutable().is_empty() {
        say("it hangs on a parent and nothing recognises it: IMMUTABLE is empty".to_owned());
    }
}

/// The example loads with its parents, and changes every mutable leaf to another value.
fn example(kind: &dyn Kind<Aws>, say: &mut dyn FnMut(String)) {
    let setting = Setting::of(kind);
    let changes = &setting.example.changes;
    let shape = match kind.normalize(&setting.example.properties) {
        Ok(shape) => shape,
        Err(why) => return say(format!("its example is refused: {why}")),
    };
    if let Err(problems) = Graph::new(KINDS, setting.whole()) {
        problems.iter().for_each(|problem| say(problem.to_string()));
    }
    let is_fixed = |leaf: &str| kind.immutable().iter().any(|path| is_within(leaf, path));
    let leaves = leaves(&kind.schema());
    for leaf in leaves.iter().filter(|leaf| !is_fixed(leaf)) {
        let is_changed = changes.iter().any(|(path, _)| is_within(path, leaf));
        let is_apart = APART
            .iter()
            .any(|(name, path, _)| *name == kind.kind() && path == leaf);
        match (is_changed, is_apart) {
            (false, false) => say(format!("its example has no second value for `{leaf}`")),
            (true, true) => say(format!(
                "its example changes `{leaf}`, so APART must not name it"
            )),
            _ => {}
        }
    }
    for (path, value) in changes {
        if is_fixed(path) || !leaves.iter().any(|leaf| is_within(path, leaf)) {
            say(format!(
                "its example changes `{path}`, which is no mutable property"
            ));
        }
        if at(&shape, path).is_null() {
            say(format!(
                "its example leaves `{path}` unmanaged, so drift of it cannot be shown"
            ));
        }
        if at(&shape, path) == value {
            say(format!("its example changes `{path}` to what it is"));
        }
        if let Err(problems) = Graph::new(KINDS, setting.changed(path, value)) {
            problems
                .iter()
                .for_each(|problem| say(format!("with another `{path}`: {problem}")));
        }
    }
    for path in kind.immutable() {
        another(kind, &shape, path);
    }
    match kind.usage(&shape, &Assumptions::default()) {
        Err(why) => say(format!("its usage is unknown: {why}")),
        Ok(Usage::Free) => {}
        Ok(Usage::Running(running)) if !running.of.is_empty() => {}
        Ok(Usage::Running(_)) => say("it runs nothing".to_owned()),
        Ok(Usage::Metered(quantities)) => {
            let is_known = |one: &Quantity| {
                !one.quantity.is_sign_negative() && !one.service.is_empty() && !one.unit.is_empty()
            };
            if quantities.is_empty() || !quantities.iter().all(is_known) {
                say(format!("its usage is {quantities:?}"));
            }
        }
    }
}

/// The name of the longest stack and a long address is one that AWS takes.
fn longest_name(kind: &dyn Kind<Aws>, say: &mut dyn FnMut(String)) {
    let limit = LONGEST_NAMES.iter().find(|(name, _)| *name == kind.kind());
    let (limit, naming) = match (limit, kind.naming()) {
        (None, Naming::Unnamed) => return,
        (Some((_, limit)), naming) if naming != Naming::Unnamed => (*limit, naming),
        (None, _) => return say("LONGEST_NAMES has no limit for its name".to_owned()),
        (Some(_), _) => return say("LONGEST_NAMES has a limit for a name it has not".to_owned()),
    };
    let address = format!(
        "{}.{}",
        kind.kind(),
        "a_name-as-long-as-names-get-".repeat(2) + "end"
    );
    let address = Address::parse(&address).expect("made of allowed letters");
    let stack = "abcdefghijkl-nopqrstuvwx";
    let made = name(
        naming,
        stack,
        "ap-southeast-1",
        &address,
        &serde_json::json!({}),
    );
    if made.len() > limit {
        say(format!(
            "{made} has {} bytes, AWS takes {limit}",
            made.len()
        ));
    }
    if let Naming::Hashed { max, .. } = naming
        && max > limit
    {
        say(format!("NAMING allows {max} bytes, AWS takes {limit}"));
    }
}
