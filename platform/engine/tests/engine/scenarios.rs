//! What is being done when a run dies: from one desired state to another.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bed::{Bed, Declared, Saved, Setup};
use crate::fake::Fake;
use crate::fake::kinds::{Rule, UNASKED};

/// One scenario.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// States gone through before, in order.
    pub(crate) before: Vec<Declared>,
    /// What somebody does behind the tool's back.
    pub(crate) meddle: fn(&Fake),
    /// What is wanted.
    pub(crate) after: Declared,
    pub(crate) moved: &'static [(&'static str, &'static str)],
    pub(crate) unprotect: &'static [&'static str],
}

impl Scenario {
    pub(crate) fn setup(&self, width: usize) -> Setup {
        Setup {
            width,
            moved: self.moved,
            unprotect: self.unprotect,
            ..Setup::default()
        }
    }

    /// The scenario as one to turn back from: nothing in it that cannot be undone.
    pub(crate) fn and_back(self) -> Option<Self> {
        let plain = [
            "create all",
            "shrink",
            "replacement cascade",
            "new gate",
            "zone left to the cloud",
            "users move",
        ];
        plain.contains(&self.name).then_some(Self {
            unprotect: &["store.main"],
            ..self
        })
    }

    /// The cloud and ledger as they are before the run under test.
    pub(crate) fn prepare(&self) -> Saved {
        let bed = Bed::new(Setup::default());
        for declared in &self.before {
            bed.drive(bed.provision(declared));
        }
        (self.meddle)(&bed.fake);
        bed.drive(bed.pass(Duration::from_secs(3600)));
        bed.save()
    }
}

/// The whole stack, changed by `edit`.
pub(crate) fn stack(edit: &[(&'static str, Value)]) -> Declared {
    let mut declared: Declared = vec![
        ("net.main", json!({"cidr": "10", "label": "one"})),
        ("subnet.a", json!({"net": "${net.main.id}", "cidr": "10.1"})),
        (
            "subnet.b",
            json!({"net": "${net.main.id}", "cidr": "10.2", "label": "b"}),
        ),
        ("gate.web", json!({"port": 80, "mode": "fast"})),
        (
            "rule.web",
            json!({"net": "${net.main.id}", "port": 80, "target": "${gate.web.arn}"}),
        ),
        (
            "rule.dns",
            json!({"net": "${net.main.id}", "port": 53, "note": "names"}),
        ),
        (
            "store.main",
            json!({"subnet": "${subnet.b.id}", "engine": "pg", "size": 20}),
        ),
        ("revision.app", json!({"memory": 1})),
        (
            "service.app",
            json!({
                "subnet": "${subnet.a.id}", "revision": "${revision.app.arn}", "gate": "${rule.web.target}"
            }),
        ),
    ];
    for (address, props) in edit {
        declared.retain(|(have, _)| have != address);
        if !props.is_null() {
            declared.push((address, props.clone()));
        }
    }
    declared
}

/// The scenario of that name.
pub(crate) fn one(name: &str) -> Scenario {
    all()
        .into_iter()
        .find(|scenario| scenario.name == name)
        .expect("a scenario of that name")
}

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    let plain = |name, before, after| Scenario {
        name,
        before,
        meddle: |_| {},
        after,
        moved: &[],
        unprotect: &[],
    };
    let meddled = |name, meddle, after| Scenario {
        meddle,
        ..plain(name, vec![stack(&[])], after)
    };
    let revision = |memory: u32| stack(&[("revision.app", json!({"memory": memory}))]);
    vec![
        plain("create all", vec![], stack(&[])),
        plain(
            "a rule like the unasked one",
            vec![],
            stack(&[(
                "rule.any",
                json!({"net": "${net.main.id}", "port": UNASKED, "note": "mine"}),
            )]),
        ),
        plain("update in place", vec![stack(&[])], stack(&updates())),
        plain(
            "replacement cascade",
            vec![stack(&[])],
            stack(&[("net.main", json!({"cidr": "11"}))]),
        ),
        plain(
            "new gate",
            vec![stack(&[])],
            stack(&[("gate.web", json!({"port": 81, "mode": "fast"}))]),
        ),
        plain(
            "zone left to the cloud",
            vec![stack(&[])],
            stack(&[new_range()]),
        ),
        plain("users move", vec![stack(&[])], stack(&moves())),
        plain(
            "shrink",
            vec![stack(&[])],
            stack(&[
                ("service.app", Value::Null),
                ("rule.web", Value::Null),
                ("gate.web", Value::Null),
                ("subnet.a", Value::Null),
            ]),
        ),
        plain(
            "new revision",
            vec![revision(1), revision(2), revision(3), revision(4)],
            revision(5),
        ),
        meddled(
            "foreign rule",
            |fake| Rule::add_behind_the_back(fake, "net.main", 22),
            stack(&[]),
        ),
        meddled(
            "gate and service gone",
            |fake| {
                fake.world().wipe("gate.web");
                fake.world().wipe("service.app");
            },
            stack(&[]),
        ),
        meddled("net gone", |fake| fake.world().wipe("net.main"), stack(&[])),
        meddled(
            "net failed",
            |fake| fake.world().thing_mut("net.main").failed = Some("flooded".to_owned()),
            stack(&[]),
        ),
        Scenario {
            moved: &[("subnet.a", "subnet.z")],
            ..plain("rename", vec![stack(&[])], renamed())
        },
        Scenario {
            unprotect: &["store.main"],
            ..plain("teardown", vec![stack(&[])], vec![])
        },
    ]
}

fn updates() -> [(&'static str, Value); 6] {
    [
        ("net.main", json!({"cidr": "10", "label": "two"})),
        (
            "subnet.b",
            json!({"net": "${net.main.id}", "cidr": "10.2", "label": "c"}),
        ),
        ("gate.web", json!({"port": 80, "mode": "slow"})),
        (
            "rule.dns",
            json!({"net": "${net.main.id}", "port": 53, "note": "more names"}),
        ),
        (
            "store.main",
            json!({"subnet": "${subnet.b.id}", "engine": "pg", "size": 40}),
        ),
        (
            "service.app",
            json!({
                "subnet": "${subnet.b.id}", "revision": "${revision.app.arn}", "gate": "${rule.web.target}", "count": 3
            }),
        ),
    ]
}

fn new_range() -> (&'static str, Value) {
    ("subnet.a", json!({"net": "${net.main.id}", "cidr": "10.3"}))
}

fn moves() -> [(&'static str, Value); 2] {
    [
        ("subnet.a", Value::Null),
        (
            "service.app",
            json!({
                "subnet": "${subnet.b.id}", "revision": "${revision.app.arn}", "gate": "${rule.web.target}"
            }),
        ),
    ]
}

fn renamed() -> Declared {
    stack(&[
        ("subnet.a", Value::Null),
        ("subnet.z", json!({"net": "${net.main.id}", "cidr": "10.1"})),
        (
            "service.app",
            json!({
                "subnet": "${subnet.z.id}", "revision": "${revision.app.arn}", "gate": "${rule.web.target}"
            }),
        ),
    ])
}
