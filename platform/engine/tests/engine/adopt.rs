//! Bringing in what exists: whole plans in words, and what the next plan then says.

use std::collections::BTreeMap;

use bella_engine::adopt::{NotAdopted, Request, adopt};
use bella_engine::apply::Stop;
use bella_engine::live::{Live, Object};
use bella_engine::plan::Plan;
use bella_engine::planner::{ADDRESS_TAG, STACK_TAG};
use bella_engine::resource::{Observed, Tags};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::bed::{Bed, Declared, Setup, address, graph, stack_tags};
use crate::fake::kinds::KINDS;
use crate::text::{ends, text};

/// A network that somebody made by hand, with a tag of their own.
fn handmade() -> (Bed, Observed<Value>) {
    let bed = Bed::new(Setup::default());
    bed.drive(bed.provision(&vec![(
        "net.main",
        json!({"cidr": "10.0.0.0/16", "label": "old"}),
    )]));
    let object = bed.drive(bed.look()).objects.remove(0);
    bed.fake.world().thing_mut("net.main").tags = tags(&[("team", "web")]);
    (bed, observed(&object, &[("team", "web")]))
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn observed(object: &Object, carries: &[(&str, &str)]) -> Observed<Value> {
    Observed {
        id: object.id.clone(),
        address: None,
        props: object.props.clone(),
        outputs: object.outputs.clone(),
        tags: tags(carries),
        phase: object.phase.clone(),
        created: object.created,
        protected: None,
    }
}

fn wanted() -> Declared {
    vec![("net.main", json!({"cidr": "10.0.0.0/16", "label": "new"}))]
}

fn plan(
    live: &Live,
    declared: &Declared,
    at: &str,
    object: Option<&Observed<Value>>,
) -> Result<Plan, NotAdopted> {
    adopt(&Request {
        catalog: KINDS,
        graph: &graph(declared),
        live,
        tags: &stack_tags(),
        address: &address(at),
        id: object.map_or("net-9", |object| &object.id),
        object,
    })
}

#[test]
fn an_adopted_object_gets_tags_and_nothing_else() {
    let (bed, object) = handmade();
    let live = bed.drive(bed.look());
    assert!(live.objects.is_empty(), "nothing proves that it is ours");
    let planned = plan(&live, &wanted(), "net.main", Some(&object)).expect("it may be adopted");
    assert_eq!(
        text(&planned),
        "adopt net.main (stack)\n    \
         tags.Name null -> \"dev-main\" (stack)\n    \
         tags.bella:address null -> \"net.main\" (stack)\n    \
         tags.bella:stack null -> \"dev\" (stack)\n\
         #0 update net.main net-1"
    );
    let (_go, stop) = watch::channel(Stop::No);
    let report = bed.drive(bed.apply(&planned, &BTreeMap::new(), &|_| {}, stop));
    assert_eq!(ends(&report), "update net.main done");
    let now = bed.drive(bed.look()).objects.remove(0);
    assert_eq!(now.props, object.props);
    assert_eq!(now.tags.get("team").map(String::as_str), Some("web"));

    let next = bed.drive(bed.plan(&wanted())).expect("a plan");
    assert_eq!(
        text(&next),
        "update net.main (stack)\n    label \"old\" -> \"new\" (stack)\n#0 update net.main net-1"
    );
    let again = plan(&bed.drive(bed.look()), &wanted(), "net.main", Some(&object));
    assert_eq!(again.map(|plan| plan.is_empty()), Ok(true));
}

#[test]
fn what_is_not_nobodys_is_refused() {
    let (bed, object) = handmade();
    let nothing = Live::default();
    let refused = |live: &Live, at: &str, object: Option<&Observed<Value>>| {
        let declared = vec![
            ("net.main", json!({"cidr": "10.0.0.0/16"})),
            ("rule.a", json!({"net": "${net.main.id}", "port": 1})),
        ];
        let refusal = plan(live, &declared, at, object).expect_err("it is refused");
        (refusal.to_string(), refusal.is_protection())
    };
    let said = |text: &str, protection: bool| (text.to_owned(), protection);
    assert_eq!(
        refused(&nothing, "net.other", Some(&object)),
        said("the stack declares no net.other", false)
    );
    assert_eq!(
        refused(&nothing, "net.main", None),
        said("there is no net net-9", false)
    );
    let theirs = Observed {
        tags: tags(&[(STACK_TAG, "prod"), (ADDRESS_TAG, "net.main")]),
        ..object.clone()
    };
    assert_eq!(
        refused(&nothing, "net.main", Some(&theirs)),
        said("net-1 is net.main of the stack prod", true)
    );
    bed.drive(bed.provision(&wanted()));
    let live = bed.drive(bed.look());
    assert_eq!(
        refused(&live, "net.main", Some(&object)),
        said("net.main is net-2 already", false)
    );
}
