//! From nothing to a stack, through a change of every field it has, to nothing.

use std::collections::BTreeSet;

use bella_aws::census::{Wanted, census};
use bella_aws::kinds::KINDS;
use bella_engine::diff::at;
use bella_engine::plan::{Action, Plan};
use bella_engine::progress::Outcome;
use bella_engine::resource::{Disposition, find_kind};
use bella_tests::{Bed, Declared, Sandbox, address, put};
use serde_json::{Value, json};

use crate::shipped::{declared, zone};

/// Fields that cannot change beside the others, or not to the example's value here.
const APART: &[(&str, &str, &str)] = &[
    (
        "budget",
        "period",
        "a daily budget has no forecast, a monthly one has",
    ),
    (
        "task_definition",
        "container.name",
        "the service names its container",
    ),
    (
        "task_definition",
        "container.port",
        "the service names its port",
    ),
    (
        "metric_alarm",
        "dimensions",
        "a formula's metrics have their own",
    ),
    ("dns_record", "values", "an alias has none"),
    ("listener", "ssl_policy", "one that speaks HTTP has none"),
    ("listener", "port", "two would get the same"),
    (
        "dns_record",
        "ttl",
        "an alias has that of what it stands for",
    ),
    (
        "scaling_policy",
        "predefined_metric",
        "no two policies follow one metric",
    ),
    (
        "ecs_service",
        "container_name",
        "the task definition names its container",
    ),
    (
        "ecs_service",
        "container_port",
        "the task definition names its port",
    ),
];

/// Values for fields of which not every pair exists, instead of the example's.
const PAIRS: &[(&str, &str, u32)] = &[
    ("task_definition", "cpu", 1024),
    ("task_definition", "memory", 2048),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_the_development_stack_changes_and_it_leaves_nothing() {
    there_and_back("dev.yaml").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_the_staging_stack_changes_and_it_leaves_nothing() {
    there_and_back("staging.yaml").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_the_production_stack_changes_and_it_leaves_nothing() {
    there_and_back("prod.yaml").await;
}

async fn there_and_back(file: &str) {
    let sandbox = Sandbox::start("whole");
    let aws = sandbox.aws().await;
    zone(&aws).await;
    let bed = Bed::new(&aws, KINDS, "bella-whole");
    let as_shipped = declared(file);
    let made = bed.provision(&as_shipped).await;
    made.unwrap_or_else(|why| panic!("{file}: {why}"));
    empty(&bed, &as_shipped, "after it was made").await;

    let (changed, expected) = changed(&as_shipped);
    assert!(expected.len() > 20, "{file}: only {expected:?} change");
    let plan = bed.plan(&changed).await;
    let plan = plan.unwrap_or_else(|why| panic!("{file}: {why:?}"));
    assert_eq!(shown(&plan), expected, "{file}");
    let report = bed.apply(&changed, &plan).await;
    let failed = report
        .steps
        .iter()
        .filter(|step| !matches!(step, (_, _, Outcome::Done(_))));
    let failed: Vec<_> = failed.collect();
    assert!(report.is_complete(), "{file}: {failed:#?}");
    empty(&bed, &changed, "after every field changed").await;

    let vpcs = bed.look().await.expect("the sandbox answers");
    let vpcs = vpcs.objects.iter().filter(|object| object.kind == "vpc");
    let wanted = Wanted {
        stack: bed.stack().to_owned(),
        vpcs: vpcs.map(|vpc| vpc.id.clone()).collect(),
    };
    let gone = bed.provision(&Declared::new()).await;
    gone.unwrap_or_else(|why| panic!("{file}: teardown: {why}"));
    let left = census(&aws, &wanted).await.expect("the census is taken");
    assert_eq!(left, [], "{file}");
}

async fn empty(bed: &Bed, declared: &Declared, when: &str) {
    let plan = bed.plan(declared).await;
    let plan = plan.unwrap_or_else(|why| panic!("{when}: {why:?}"));
    assert!(plan.is_empty(), "{when}: {:#?}", plan.changes);
}

/// The stack with every field set to the second value that its kind's example has for it, and the
/// fields that differ by it.
fn changed(as_shipped: &Declared) -> (Declared, BTreeSet<String>) {
    let mut changed = as_shipped.clone();
    let mut expected = BTreeSet::new();
    for (name, properties) in &mut changed {
        let node = address(name);
        let kind = find_kind(KINDS, node.kind()).expect("shipped stacks have known kinds");
        let shape = kind.normalize(properties);
        let shape = shape.unwrap_or_else(|why| panic!("{name}: {why}"));
        for (path, value) in kind.example().changes {
            let pair = PAIRS
                .iter()
                .find(|(kind, field, _)| *kind == node.kind() && *field == path);
            let value = pair.map_or(value, |(_, _, number)| json!(number));
            let apart = APART
                .iter()
                .any(|(kind, field, _)| *kind == node.kind() && *field == path);
            let refers = value.to_string().contains("${");
            let now = at(&shape, path);
            let unlike = std::mem::discriminant(now) != std::mem::discriminant(&value);
            if apart || refers || unlike || *now == value {
                continue;
            }
            put(properties, path, value);
            expected.insert(format!("{name}: {path}"));
        }
    }
    (changed, expected)
}

/// Fields that a plan changes; what only follows a new revision is left out.
fn shown(plan: &Plan) -> BTreeSet<String> {
    let revised = plan.changes.iter().filter(|change| {
        let kind = find_kind(KINDS, &change.kind).map(|kind| kind.disposition());
        matches!(kind, Some(Disposition::Revisioned { .. }))
    });
    let revised: Vec<String> = revised
        .map(|change| format!("${{{}.", change.address))
        .collect();
    let follows = |value: &Value| {
        let text = value.to_string();
        revised.iter().any(|reference| text.contains(reference))
    };
    let updates = plan.changes.iter().inspect(|change| {
        assert_eq!(change.action, Action::Update, "{change:#?}");
    });
    updates
        .flat_map(|change| {
            let fields = change
                .fields
                .iter()
                .filter(|field| !follows(&field.change.to));
            fields.map(|field| format!("{}: {}", change.address, top(change, &field.change.path)))
        })
        .collect()
}

/// The example's path of a field: a change inside a document is one of the document.
fn top(change: &bella_engine::plan::Change, path: &str) -> String {
    let kind = find_kind(KINDS, &change.kind).expect("plans have known kinds");
    let changes = kind.example().changes.into_iter();
    let mut around = changes
        .map(|(field, _)| field)
        .filter(|field| path == *field || path.starts_with(&format!("{field}.")));
    around.next().unwrap_or(path).to_owned()
}
