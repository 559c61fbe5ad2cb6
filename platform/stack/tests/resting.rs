//! Stacks of which parts are deleted while they rest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bella_engine::address::Address;
use bella_engine::live::{Live, Object};
use bella_engine::resource::Phase;
use bella_stack::stack::Stack;
use bella_stack::{Node, Resting, SERVICE, asleep, blueprint_running, load_with};
use serde_json::Value;

const IMAGE: &str = "r@sha256:1";

fn stack(rest: &str, remove: &str) -> Stack {
    let text = format!(
        "
stack: bella-dev
environment: development
region: ca-central-1
owner: platform@bella.example
budget: {{ monthly_usd: 40 }}
service: {{ secrets: [app], scaling: {{ min: 1, max: 2 }} }}
database: {{}}
auto_shutdown: {{ shutdown_time: \"20:00\", startup_time: \"08:00\", remove: [{remove}] }}
{rest}"
    );
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.into_bytes())]);
    let loaded = load_with(&source, Path::new("stack.yaml"));
    loaded.unwrap_or_else(|problems| panic!("{problems}")).stack
}

fn resting(stack: &Stack) -> Resting {
    Resting::of(stack, Some(IMAGE)).expect("something goes")
}

/// What a reference becomes; another one for what was made at another time.
fn output(reference: &str, time: &str) -> String {
    format!("{reference}@{time}")
}

fn resolved(value: &Value, time: &str, outputs: &mut BTreeSet<String>) -> Value {
    match value {
        Value::String(text) => {
            let mut whole = text.clone();
            while let Some(start) = whole.find("${") {
                let end = start + whole[start..].find('}').expect("a reference ends");
                let reference = whole[start + 2..end].to_owned();
                whole.replace_range(start..=end, &output(&reference, time));
                outputs.insert(reference);
            }
            Value::String(whole)
        }
        Value::Array(items) => items
            .iter()
            .map(|item| resolved(item, time, outputs))
            .collect(),
        Value::Object(map) => {
            let pairs = map.iter();
            let pairs = pairs.map(|(key, item)| (key.clone(), resolved(item, time, outputs)));
            Value::Object(pairs.collect())
        }
        other => other.clone(),
    }
}

/// The stack as it would be found, with so many tasks wanted.
fn live(stack: &Stack, tasks: u32) -> Live {
    let mut outputs = BTreeSet::new();
    let nodes = blueprint_running(stack, Some(IMAGE));
    let mut objects: Vec<Object> = nodes
        .iter()
        .map(|node| Object {
            kind: node
                .address
                .split('.')
                .next()
                .unwrap_or_default()
                .to_owned(),
            address: Address::parse(&node.address).expect("an address"),
            claimed: true,
            id: node.address.clone(),
            props: Some(resolved(&node.properties, "first", &mut outputs)),
            outputs: BTreeMap::new(),
            tags: BTreeMap::new(),
            phase: Phase::Ready,
            created: None,
            protected: None,
        })
        .collect();
    for object in &mut objects {
        let prefix = format!("{}.", object.address);
        let own = outputs.iter().filter_map(|it| it.strip_prefix(&prefix));
        object.outputs = own
            .map(|name| (name.to_owned(), output(&format!("{prefix}{name}"), "first")))
            .collect();
        if object.address.to_string() == SERVICE {
            let props = object.props.as_mut().expect("it has properties");
            props["desired_count"] = tasks.into();
        }
    }
    Live { objects }
}

fn addresses(nodes: &[Node]) -> BTreeSet<String> {
    nodes.iter().map(|node| node.address.clone()).collect()
}

fn texts(value: &Value) -> String {
    value.to_string()
}

const DOMAIN: &str = "domain: { name: booking.bella.example, zone: bella.example }
cache: { mode: serverless }";
const NAT: &str = "network: { egress: nat-gateway }
cache: { mode: node }";

#[test]
fn these_go_with_all_that_hangs_on_them() {
    let cases: [(&str, &str, &[&str]); 5] = [
        ("cache: { mode: serverless }", "cache", &["serverless_cache.main"]),
        (
            "cache: { mode: serverless }",
            "load_balancer",
            &["listener.http", "load_balancer.public"],
        ),
        (
            DOMAIN,
            "load_balancer, cache",
            &[
                "dns_record.public",
                "listener.http",
                "listener.https",
                "load_balancer.public",
                "serverless_cache.main",
            ],
        ),
        (
            NAT,
            "nat_gateway, cache",
            &[
                "elastic_ip.nat_a",
                "nat_gateway.public_a",
                "replication_group.main",
                "route.private_internet",
            ],
        ),
        // What somebody declares beside goes where it hangs on one, and not where it is only of the kind.
        (
            "cache: { mode: serverless }
resources:
  dns_record.more: { zone: bella.example, name: b.bella.example, type: CNAME, ttl: 60, values: [\"${load_balancer.public.dns_name}\"] }
  elastic_ip.office: {}",
            "load_balancer",
            &["dns_record.more", "listener.http", "load_balancer.public"],
        ),
    ];
    for (rest, remove, expected) in cases {
        let stack = stack(rest, remove);
        let resting = resting(&stack);
        let goes: Vec<&str> = resting.goes().iter().map(String::as_str).collect();
        assert_eq!(goes, expected, "{remove}");
    }
    assert!(Resting::of(&stack("cache: {}", ""), Some(IMAGE)).is_none());
}

/// Over every subset of what goes that may be gone.
#[test]
fn a_stack_at_rest_differs_in_nothing() {
    for (rest, remove) in [
        (DOMAIN, "load_balancer, cache"),
        (NAT, "nat_gateway, cache"),
        ("cache: { mode: serverless }", "load_balancer, cache"),
    ] {
        let stack = stack(rest, remove);
        let resting = resting(&stack);
        let whole = blueprint_running(&stack, Some(IMAGE));
        let (awake, asleep_now) = (live(&stack, 2), live(&stack, 0));
        assert!(asleep(&asleep_now) && !asleep(&awake));
        assert_eq!(resting.nodes(&awake), whole);
        assert_eq!(resting.nodes(&asleep_now), whole, "nothing is gone");
        let goes: Vec<&String> = resting.goes().iter().collect();
        for chosen in 1..(1_u32 << goes.len()) {
            let gone: BTreeSet<String> = (0..goes.len())
                .filter(|bit| chosen & (1 << bit) != 0)
                .map(|bit| goes[bit].clone())
                .collect();
            let without = |live: &Live| {
                let mut live = live.clone();
                live.objects
                    .retain(|object| !gone.contains(&object.address.to_string()));
                live
            };
            // While tasks are wanted, everything is.
            assert_eq!(resting.nodes(&without(&awake)), whole);
            let live = without(&asleep_now);
            assert_eq!(resting.gone(&live), gone);
            let nodes = resting.nodes(&live);
            let mut kept = addresses(&whole);
            kept.retain(|address| !gone.contains(address));
            assert_eq!(addresses(&nodes), kept, "{gone:?}");
            for node in &nodes {
                let mut all = live.objects.iter();
                let object = all.find(|object| object.address.to_string() == node.address);
                let shown = object
                    .and_then(|it| it.props.as_ref())
                    .expect("it is there");
                let mut unused = BTreeSet::new();
                let mut wanted = resolved(&node.properties, "first", &mut unused);
                if node.address == SERVICE {
                    assert_eq!(wanted["desired_count"], Value::Null);
                    wanted["desired_count"] = 0.into();
                }
                assert_eq!(&wanted, shown, "{}", node.address);
                for address in &gone {
                    let text = texts(&node.properties);
                    assert!(!text.contains(&format!("${{{address}.")), "{text}");
                }
            }
        }
    }
}

/// An alarm that is written into the file at night and watches what is gone waits for the morning.
#[test]
fn what_needs_what_is_gone_waits() {
    let before = stack("cache: { mode: serverless }", "cache");
    let after = stack(
        "cache: { mode: serverless }
recipients: { warning: [dev@bella.example] }
alarms: [{ name: cache-full, when: cache_memory > 80%, for: 5m, severity: warning, runbook: redis-gone }]",
        "cache",
    );
    let mut live = live(&before, 0);
    live.objects
        .retain(|object| object.address.to_string() != "serverless_cache.main");
    let nodes = addresses(&resting(&after).nodes(&live));
    assert!(!nodes.contains("serverless_cache.main"), "{nodes:?}");
    assert!(!nodes.contains("metric_alarm.cache_full"), "{nodes:?}");
    assert!(nodes.iter().any(|address| address.starts_with("sns_topic")));
}

#[test]
fn the_morning_changes_what_refers_to_what_is_new() {
    let stack = stack(DOMAIN, "load_balancer, cache");
    let resting = resting(&stack);
    let mut live = live(&stack, 0);
    for object in &mut live.objects {
        if object.address.to_string() == "task_definition.service" {
            let props = object.props.as_mut().expect("it has properties");
            // As somebody deployed it; the stack file says otherwise meanwhile.
            props["container"]["image"] = "deployed".into();
            props["cpu"] = 4096.into();
        }
    }
    let held = resting.removing(&live);
    let followers = addresses(&held);
    for address in ["task_definition.service", SERVICE] {
        assert!(followers.contains(address), "{followers:?}");
    }
    assert!(!followers.contains("vpc.main"), "{followers:?}");
    for node in &held {
        assert!(!texts(&node.properties).contains("${"), "{}", node.address);
    }
    live.objects
        .retain(|object| !resting.goes().contains(&object.address.to_string()));
    let nodes = resting.restoring(&live).expect("nothing is lacking");
    let mut expected = followers;
    expected.extend(resting.goes().iter().cloned());
    assert_eq!(addresses(&nodes), expected);
    let at = |address: &str| {
        let mut all = nodes.iter();
        &all.find(|node| node.address == address)
            .expect("is there")
            .properties
    };
    let definition = at("task_definition.service");
    assert_eq!(definition["container"]["image"], "deployed");
    assert_eq!(definition["cpu"], 4096);
    assert_eq!(
        definition["container"]["environment"]["REDIS_URL"],
        "rediss://${serverless_cache.main.endpoint}:${serverless_cache.main.port}"
    );
    let service = at(SERVICE);
    assert_eq!(service["task_definition"], "${task_definition.service.arn}");
    assert_eq!(service["target_group"], "${listener.https.target_group}");
    assert_eq!(service["desired_count"], Value::Null);
    assert_eq!(
        at("load_balancer.public")["vpc"],
        output("vpc.main.id", "first")
    );
    // What the file says more than there is.
    live.objects
        .retain(|object| object.address.to_string() != "vpc.main");
    let lacking = resting.restoring(&live).expect_err("the VPC is not there");
    assert_eq!(lacking, BTreeSet::from(["vpc.main.id".to_owned()]));
}
