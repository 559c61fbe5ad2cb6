//! The planner's rules, each as a whole plan in words.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bed::{Bed, Declared, Saved, Setup};
use crate::fake::Fake;
use crate::text::{refusals, text};

/// A plan over what is there after `before` and `meddle`.
pub(crate) struct Asked {
    pub(crate) before: Vec<Declared>,
    pub(crate) meddle: fn(&Fake),
    pub(crate) setup: Setup,
    pub(crate) forget: bool,
}

pub(crate) fn after(before: Declared) -> Asked {
    Asked {
        before: vec![before],
        meddle: |_| {},
        setup: Setup::default(),
        forget: false,
    }
}

impl Asked {
    pub(crate) fn meddle(self, meddle: fn(&Fake)) -> Self {
        Self { meddle, ..self }
    }

    pub(crate) fn plan(&self, wanted: Declared) -> String {
        let bed = self.bed();
        match bed.drive(bed.plan(&wanted)) {
            Ok(plan) => text(&plan),
            Err(why) => refusals(&why),
        }
    }

    fn bed(&self) -> Bed {
        let bed = Bed::new(Setup::default());
        for declared in &self.before {
            bed.drive(bed.provision(declared));
        }
        bed.drive(bed.pass(Duration::from_secs(3600)));
        (self.meddle)(&bed.fake);
        let entries = if self.forget {
            Vec::new()
        } else {
            bed.ledger.entries()
        };
        let saved = Saved {
            entries,
            ..bed.save()
        };
        Bed::resume(saved, self.setup.clone())
    }
}

/// The plan that changes nothing.
const NOTHING: &str = "";

pub(crate) fn same(found: &str, expect: &str) {
    let lines: Vec<&str> = expect
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let margin = lines
        .iter()
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let expect: Vec<&str> = lines.iter().map(|line| &line[margin..]).collect();
    assert_eq!(found, expect.join("\n"), "\nfound:\n{found}");
}

/// A network with one part.
pub(crate) fn net(edit: &[(&'static str, Value)]) -> Declared {
    let mut declared: Declared = vec![
        ("net.main", json!({"cidr": "10"})),
        ("subnet.a", json!({"net": "${net.main.id}", "cidr": "10.1"})),
    ];
    for (address, props) in edit {
        declared.retain(|(have, _)| have != address);
        if !props.is_null() {
            declared.push((address, props.clone()));
        }
    }
    declared
}

pub(crate) fn gated(port: u16) -> Declared {
    net(&[
        ("gate.web", json!({"port": port})),
        (
            "rule.web",
            json!({"net": "${net.main.id}", "port": 80, "target": "${gate.web.arn}"}),
        ),
        ("revision.app", json!({"memory": 1})),
        (
            "service.app",
            json!({"subnet": "${subnet.a.id}", "revision": "${revision.app.arn}", "gate": "${rule.web.target}"}),
        ),
    ])
}

fn revised(memory: u32) -> Declared {
    vec![("revision.app", json!({"memory": memory}))]
}

#[test]
fn what_is_not_there_is_made_after_what_it_refers_to() {
    same(
        &after(vec![]).plan(gated(80)),
        r##"
        create gate.web (stack)
        create net.main (stack)
        create revision.app (stack)
        create rule.web (stack)
        create service.app (stack)
        create subnet.a (stack)
        #0 create gate.web
        #1 create net.main
        #2 create revision.app
        #3 create rule.web after 0 1
        #4 create subnet.a after 1
        #5 create service.app after 2 3 4
    "##,
    );
}

#[test]
fn what_is_as_wanted_makes_no_plan() {
    same(&after(gated(80)).plan(gated(80)), NOTHING);
}

#[test]
fn a_mutable_field_is_an_update() {
    let labelled = net(&[("net.main", json!({"cidr": "10", "label": "x"}))]);
    same(
        &after(net(&[])).plan(labelled),
        r##"
        update net.main (stack)
            label "" -> "x" (stack)
        #0 update net.main net-1
    "##,
    );
}

#[test]
fn a_replacement_replaces_all_whose_immutables_depend_on_it() {
    let other = net(&[("net.main", json!({"cidr": "11"}))]);
    same(
        &after(net(&[])).plan(other),
        r##"
        replace net.main (stack)
            cidr! "10" -> "11" (stack)
        replace subnet.a (stack)
            net! "net-1" -> "${net.main.id}" (stack)
        #0 create net.main
        #1 delete net.main net-1 after 0 2 3
        #2 create subnet.a after 0
        #3 delete subnet.a subnet-1 after 2
    "##,
    );
}

#[test]
fn a_value_that_passes_through_an_updated_object_is_followed() {
    same(
        &after(gated(80)).plan(gated(81)),
        r##"
        replace gate.web (stack)
            port! 80 -> 81 (stack)
        update rule.web (stack)
            target "arn:gate/dev-web-828eb31f" -> "${gate.web.arn}" (stack)
        update service.app (stack)
            gate "arn:gate/dev-web-828eb31f" -> "${rule.web.target}" (stack)
        #0 create gate.web
        #1 delete gate.web arn:gate/dev-web-828eb31f after 0 2 3
        #2 update rule.web rule-1 after 0
        #3 update service.app service/dev-app-222d88d5 after 2
    "##,
    );
}

#[test]
fn deletes_wait_for_all_that_use_the_object() {
    same(
        &after(gated(80)).plan(vec![]),
        r##"
        delete gate.web (stack): the stack no longer declares it
        delete net.main (stack): the stack no longer declares it
        delete revision.app (stack): the stack no longer declares it
        delete rule.web (stack): the stack no longer declares it
        delete service.app (stack): the stack no longer declares it
        delete subnet.a (stack): the stack no longer declares it
        #0 delete gate.web arn:gate/dev-web-828eb31f after 3 4
        #1 delete net.main net-1 after 3 5
        #2 delete revision.app dev/app:1 after 4
        #3 delete rule.web rule-1 after 4 5
        #4 delete service.app service/dev-app-222d88d5
        #5 delete subnet.a subnet-1 after 4
    "##,
    );
}

#[test]
fn what_the_stack_leaves_open_is_neither_compared_nor_lost() {
    let counted = after(gated(80)).meddle(|fake| {
        fake.world().thing_mut("service.app").props["count"] = json!(7);
        fake.world().thing_mut("subnet.a").props["zone"] = json!("zone-b");
    });
    same(&counted.plan(gated(80)), NOTHING);
    let zoned = after(net(&[]))
        .meddle(|fake| fake.world().thing_mut("subnet.a").props["zone"] = json!("zone-b"));
    let bed = zoned.bed();
    let plan = bed.drive(bed.plan(&net(&[(
        "subnet.a",
        json!({"net": "${net.main.id}", "cidr": "10.2"}),
    )])));
    let plan = plan.expect("a replacement");
    let works: Vec<&bella_engine::plan::Work> = plan.steps.iter().map(|step| &step.work).collect();
    let bella_engine::plan::Work::Create { desired, besides } = works[0] else {
        panic!("{works:?}");
    };
    assert_eq!(
        *desired,
        json!({"net": "${net.main.id}", "cidr": "10.2", "zone": "zone-b", "label": ""})
    );
    assert_eq!(*besides, ["subnet-1"]);
}

#[test]
fn of_two_the_one_that_fits_and_is_used_stays() {
    let doubled =
        after(net(&[])).meddle(|fake| fake.world().double("net.main", "net-0", &json!({})));
    same(
        &doubled.plan(net(&[])),
        r##"
        delete net.main (stack): another object carries this address
        #0 delete net.main net-0
    "##,
    );
    let cut_off = after(net(&[])).meddle(|fake| {
        fake.world()
            .double("net.main", "net-9", &json!({"cidr": "11"}))
    });
    same(
        &cut_off.plan(net(&[("net.main", json!({"cidr": "11"}))])),
        r##"
        delete net.main (stack): another object carries this address
        replace subnet.a (drift)
            net! "net-1" -> "net-9" (drift)
        #0 delete net.main net-1 after 1 2
        #1 create subnet.a
        #2 delete subnet.a subnet-1 after 1
    "##,
    );
}

#[test]
fn a_sound_object_is_preferred_to_a_failed_one() {
    let doubled = after(net(&[])).meddle(|fake| {
        let mut world = fake.world();
        world.double("net.main", "net-9", &json!({}));
        world.thing_mut("net.main").failed = Some("flooded".to_owned());
    });
    same(
        &doubled.plan(net(&[])),
        r##"
        delete net.main (stack): another object carries this address
        replace subnet.a (drift)
            net! "net-1" -> "net-9" (drift)
        #0 delete net.main net-1 after 1 2
        #1 create subnet.a
        #2 delete subnet.a subnet-1 after 1
    "##,
    );
}

#[test]
fn an_object_on_its_way_is_awaited() {
    let coming = after(net(&[])).meddle(|fake| {
        let mut world = fake.world();
        let later = world.now + Duration::from_secs(60);
        world.thing_mut("subnet.a").ready = later;
    });
    same(
        &coming.plan(net(&[])),
        r##"
        #0 await subnet.a subnet-1
    "##,
    );
}

#[test]
fn an_object_on_its_way_out_does_not_count() {
    let leaving = after(net(&[])).meddle(|fake| {
        let mut world = fake.world();
        let now = world.now;
        world.thing_mut("subnet.a").leaving = Some((now, now + Duration::from_secs(60)));
    });
    same(
        &leaving.plan(net(&[])),
        r##"
        create subnet.a (drift)
        #0 create subnet.a
    "##,
    );
    same(
        &leaving.plan(vec![]),
        r##"
        delete net.main (stack): the stack no longer declares it
        #0 delete net.main net-1
    "##,
    );
}

#[test]
fn revisions_follow_one_another_and_so_many_are_kept() {
    let four = Asked {
        before: vec![revised(1), revised(2), revised(3)],
        ..after(vec![])
    };
    same(
        &four.plan(revised(4)),
        r##"
        update revision.app (stack)
            memory 3 -> 4 (stack)
        delete revision.app (stack): an old revision, beyond those kept for rollback
        #0 create revision.app
        #1 delete revision.app dev/app:1
    "##,
    );
    same(
        &four.plan(vec![]),
        r##"
        delete revision.app (stack): the stack no longer declares it
        delete revision.app (stack): the stack no longer declares it
        delete revision.app (stack): the stack no longer declares it
        #0 delete revision.app dev/app:1
        #1 delete revision.app dev/app:2
        #2 delete revision.app dev/app:3
    "##,
    );
    let more = Asked {
        meddle: |fake| fake.world().double("revision.app", "dev/app:0", &json!({})),
        ..four
    };
    same(
        &more.plan(revised(3)),
        r##"
        delete revision.app (stack): an old revision, beyond those kept for rollback
        #0 delete revision.app dev/app:0
    "##,
    );
}

#[test]
fn a_renamed_object_moves_by_its_tags() {
    let renamed = Asked {
        setup: Setup {
            moved: &[("subnet.a", "subnet.b")],
            ..Setup::default()
        },
        ..after(net(&[]))
    };
    let wanted = || {
        net(&[
            ("subnet.a", Value::Null),
            ("subnet.b", json!({"net": "${net.main.id}", "cidr": "10.1"})),
        ])
    };
    same(
        &renamed.plan(wanted()),
        r##"
        move subnet.b (stack)
            tags.Name "dev-a" -> "dev-b" (stack)
            tags.bella:address "subnet.a" -> "subnet.b" (stack)
        #0 update subnet.b subnet-1
    "##,
    );
    // An entry that is left behind takes nothing from an object declared anew.
    let both = net(&[("subnet.b", json!({"net": "${net.main.id}", "cidr": "10.2"}))]);
    same(
        &renamed.plan(both),
        r##"
        create subnet.b (stack)
        #0 create subnet.b
    "##,
    );
}
