//! What the planner refuses, and what it tells to do.

use serde_json::{Value, json};

use crate::bed::{Declared, Setup};
use crate::plan::{Asked, after, net, same};

fn stored(engine: &str) -> Declared {
    net(&[(
        "store.main",
        json!({"subnet": "${subnet.a.id}", "engine": engine, "size": 1}),
    )])
}

fn consenting(asked: Asked) -> Asked {
    Asked {
        setup: Setup {
            unprotect: &["store.main"],
            ..Setup::default()
        },
        ..asked
    }
}

#[test]
fn data_goes_only_with_consent() {
    same(
        &after(stored("pg")).plan(net(&[])),
        r##"
        store.main (store/dev/main) would be deleted, and it holds data; if this is meant, repeat the command with --unprotect store.main
    "##,
    );
    same(
        &consenting(after(stored("pg"))).plan(net(&[])),
        r##"
        delete store.main (stack): the stack no longer declares it
        #0 delete store.main store/dev/main
    "##,
    );
}

#[test]
fn a_renamed_store_is_told_how_to_stay() {
    let renamed = || {
        let mut declared = stored("pg");
        for (address, _) in &mut declared {
            if *address == "store.main" {
                *address = "store.data";
            }
        }
        declared
    };
    same(
        &after(stored("pg")).plan(renamed()),
        r##"
        store.main (store/dev/main) would be deleted, and it holds data; if it only has a new name, add `store.main: store.data` to `moved` in the stack file; if it is meant to go, repeat the command with --unprotect store.main
    "##,
    );
    let asked = Asked {
        setup: Setup {
            moved: &[("store.main", "store.data")],
            ..Setup::default()
        },
        ..after(stored("pg"))
    };
    same(
        &asked.plan(renamed()),
        r##"
        move store.data (stack)
            tags.bella:address "store.main" -> "store.data" (stack)
        #0 update store.data store/dev/main
    "##,
    );
}

#[test]
fn a_fixed_name_cannot_be_given_twice() {
    same(
        &after(stored("pg")).plan(stored("my")),
        r##"
        store.main (store/dev/main) would be replaced, and it holds data; if this is meant, repeat the command with --unprotect store.main
        store.main (store/dev/main) would have to be replaced because of engine, but two of them cannot have the same name; declare it under another name than main: the new one is made, users move, the old one goes
    "##,
    );
    same(
        &consenting(after(stored("pg"))).plan(stored("my")),
        r##"
        store.main (store/dev/main) would have to be replaced because of engine, but two of them cannot have the same name; declare it under another name than main: the new one is made, users move, the old one goes
    "##,
    );
}

#[test]
fn what_the_cloud_protects_goes_only_with_consent() {
    let protected = |fake: &crate::fake::Fake| {
        fake.world().thing_mut("store.main").props["protected"] = json!(true)
    };
    same(
        &after(stored("pg")).meddle(protected).plan(vec![]),
        r##"
        store.main (store/dev/main) would be deleted, and it is protected; if this is meant, repeat the command with --unprotect store.main
    "##,
    );
}

#[test]
fn of_two_data_stores_none_is_chosen() {
    let doubled = || {
        after(stored("pg")).meddle(|fake| fake.world().double("store.main", "store/2", &json!({})))
    };
    same(
        &doubled().plan(stored("pg")),
        r##"
        store.main is carried by store/2 and store/dev/main, which hold data; nothing is chosen; remove the bella:address tag from the one that is not wanted
    "##,
    );
    same(
        &consenting(doubled()).plan(stored("pg")),
        r##"
        store.main is carried by store/2 and store/dev/main, which hold data; nothing is chosen; remove the bella:address tag from the one that is not wanted
    "##,
    );
    let cut_off = after(stored("pg")).meddle(|fake| {
        fake.world()
            .double("store.main", "store/2", &json!({"engine": "my"}))
    });
    same(
        &cut_off.plan(stored("my")),
        r##"
        store.main is carried by store/2 and store/dev/main, which hold data; nothing is chosen; remove the bella:address tag from the one that is not wanted
    "##,
    );
    same(
        &consenting(cut_off).plan(stored("my")),
        r##"
        delete store.main (stack): another object carries this address
        #0 delete store.main store/dev/main
    "##,
    );
}

#[test]
fn what_shares_an_exclusive_field_cannot_stand_beside_it() {
    let zoned = net(&[(
        "subnet.a",
        json!({"net": "${net.main.id}", "cidr": "10.1", "zone": "zone-b"}),
    )]);
    same(
        &after(net(&[])).plan(zoned),
        r##"
        subnet.a (subnet-1) would have to be replaced because of zone, but two of them cannot have the same net and cidr; give the new object another net and cidr, or another name than a and remove the old one in a run of its own
    "##,
    );
    let renamed = net(&[
        ("subnet.a", Value::Null),
        ("subnet.b", json!({"net": "${net.main.id}", "cidr": "10.1"})),
    ]);
    same(
        &after(net(&[])).plan(renamed),
        r##"
        subnet.b cannot be made while subnet.a (subnet-1) has the same net and cidr; if subnet.a only has a new name, add `subnet.a: subnet.b` to `moved` in the stack file; otherwise remove subnet.a in a run of its own
    "##,
    );
}

#[test]
fn a_failed_object_with_a_name_to_itself_is_not_replaced() {
    let failed = after(vec![("gate.web", json!({"port": 80}))])
        .meddle(|fake| fake.world().thing_mut("gate.web").failed = Some("jammed".to_owned()));
    same(
        &failed.plan(vec![("gate.web", json!({"port": 80}))]),
        r##"
        gate.web (arn:gate/dev-web-828eb31f) would have to be replaced because of its failed state, but two of them cannot have the same name; declare it under another name than web: the new one is made, users move, the old one goes
    "##,
    );
    same(
        &failed.plan(vec![("gate.web", json!({"port": 81}))]),
        r##"
        replace gate.web (stack): it is in a failed state: jammed
            port! 80 -> 81 (stack)
        #0 create gate.web
        #1 delete gate.web arn:gate/dev-web-828eb31f after 0
    "##,
    );
}
