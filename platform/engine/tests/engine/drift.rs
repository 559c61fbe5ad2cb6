//! What changed behind the tool's back, and how a plan tells whose doing a change is.

use serde_json::json;

use crate::fake::kinds::Rule;
use crate::plan::{Asked, after, gated, net, same};

#[test]
fn a_failed_object_is_replaced() {
    let failed = after(net(&[]))
        .meddle(|fake| fake.world().thing_mut("net.main").failed = Some("flooded".to_owned()));
    same(
        &failed.plan(net(&[])),
        r##"
        replace net.main (drift): it is in a failed state: flooded
        replace subnet.a (drift)
            net! "net-1" -> "${net.main.id}" (drift)
        #0 create net.main
        #1 delete net.main net-1 after 0 2 3
        #2 create subnet.a after 0
        #3 delete subnet.a subnet-1 after 2
    "##,
    );
}

#[test]
fn tags_are_compared_and_foreign_ones_left_alone() {
    let retagged = after(net(&[])).meddle(|fake| {
        let mut world = fake.world();
        let tags = &mut world.thing_mut("net.main").tags;
        tags.insert("bella:old".to_owned(), "x".to_owned());
        tags.insert("team".to_owned(), "theirs".to_owned());
    });
    same(
        &retagged.plan(net(&[])),
        r##"
        update net.main (drift)
            tags.bella:old "x" -> null (drift)
        #0 update net.main net-1
    "##,
    );
}

#[test]
fn every_field_says_who_moved() {
    let both = || {
        net(&[(
            "subnet.a",
            json!({"net": "${net.main.id}", "cidr": "10.1", "label": "new"}),
        )])
    };
    let drifted = after(net(&[]))
        .meddle(|fake| fake.world().thing_mut("net.main").props["label"] = json!("odd"));
    same(
        &drifted.plan(both()),
        r##"
        update net.main (drift)
            label "odd" -> "" (drift)
        update subnet.a (stack)
            label "" -> "new" (stack)
        #0 update net.main net-1
        #1 update subnet.a subnet-1 after 0
    "##,
    );
    let forgotten = Asked {
        forget: true,
        ..drifted
    };
    same(
        &forgotten.plan(both()),
        r##"
        update net.main (unknown)
            label "odd" -> "" (unknown)
        update subnet.a (unknown)
            label "" -> "new" (unknown)
        #0 update net.main net-1
        #1 update subnet.a subnet-1 after 0
    "##,
    );
}

#[test]
fn what_somebody_took_away_is_drift() {
    let taken = after(gated(80)).meddle(|fake| fake.world().wipe("service.app"));
    same(
        &taken.plan(gated(80)),
        r##"
        create service.app (drift)
        #0 create service.app
    "##,
    );
}

#[test]
fn a_child_nobody_declares_goes_and_says_whose_doing_it_was() {
    let added = after(gated(80)).meddle(|fake| Rule::add_behind_the_back(fake, "net.main", 22));
    same(
        &added.plan(gated(80)),
        r##"
        delete rule.(rule-2) (drift): nothing declares it, and it hangs on an object of this stack
            is {"net":"net-1","note":"","port":22,"target":null}
        #0 delete rule.(rule-2) rule-2
    "##,
    );
    let mut without = gated(80);
    without.retain(|(address, _)| *address != "rule.web" && *address != "service.app");
    same(
        &after(gated(80)).plan(without),
        r##"
        delete rule.web (stack): the stack no longer declares it
        delete service.app (stack): the stack no longer declares it
        #0 delete rule.web rule-1 after 1
        #1 delete service.app service/dev-app-222d88d5
    "##,
    );
}
