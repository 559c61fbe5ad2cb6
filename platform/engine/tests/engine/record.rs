//! Objects that are ours by a record beside them.

use serde_json::json;

use crate::bed::{Bed, Declared, Ended, Setup};
use crate::fake::Woe;
use crate::plan::{after, same};
use crate::text::{ends, text};

fn records(name: &str, value: &str) -> Declared {
    vec![
        (
            "record.first",
            json!({"zone": "a", "name": name, "value": value}),
        ),
        (
            "record.second",
            json!({"zone": "b", "name": "${record.first.proof}", "value": "2"}),
        ),
    ]
}

#[test]
fn they_are_known_by_their_address_and_no_tag_is_compared() {
    same(&after(records("x", "1")).plan(records("x", "1")), "");
    same(
        &after(records("x", "1")).plan(records("x", "9")),
        r##"
        update record.first (stack)
            value "1" -> "9" (stack)
        #0 update record.first record/a/x
    "##,
    );
    same(
        &after(records("x", "1")).plan(vec![]),
        r##"
        delete record.first (stack): the stack no longer declares it
        delete record.second (stack): the stack no longer declares it
        #0 delete record.first record/a/x after 1
        #1 delete record.second record/b/proof-of-a
    "##,
    );
}

#[test]
fn one_that_is_gone_is_drift_wherever_its_place_comes_from() {
    let gone = after(records("x", "1")).meddle(|fake| fake.world().wipe("record.second"));
    same(
        &gone.plan(records("x", "1")),
        r##"
        create record.second (drift)
        #0 create record.second
    "##,
    );
}

#[test]
fn a_renamed_one_gets_its_new_address_written_beside_it() {
    let bed = Bed::new(Setup::default());
    let old: Declared = vec![(
        "record.old",
        json!({"zone": "a", "name": "x", "value": "1"}),
    )];
    let new: Declared = vec![(
        "record.new",
        json!({"zone": "a", "name": "x", "value": "1"}),
    )];
    bed.drive(bed.provision(&old));
    let setup = Setup {
        moved: &[("record.old", "record.new")],
        ..Setup::default()
    };
    let renaming = Bed::resume(bed.save(), setup);
    let plan = renaming.drive(renaming.plan(&new)).expect("a plan");
    same(
        &text(&plan),
        r##"
        move record.new (stack)
            tags.bella:address "record.old" -> "record.new" (stack)
        #0 update record.new record/a/x
    "##,
    );
    renaming.drive(renaming.provision(&new));
    let later = Bed::resume(renaming.save(), Setup::default());
    let plan = later.drive(later.plan(&new)).expect("a plan");
    same(&text(&plan), "");
}

#[test]
fn a_replacement_that_turns_out_to_be_in_the_same_place_keeps_what_is_there() {
    let bed = Bed::new(Setup::default());
    bed.drive(bed.provision(&records("x", "1")));
    let moved = records("y", "1");
    let Ended::Ran(ran) = bed.drive(bed.run(&moved, Woe::Nothing)) else {
        panic!("the run neither dies nor is refused");
    };
    same(
        &text(&ran.0),
        r##"
        replace record.first (stack)
            name! "x" -> "y" (stack)
        replace record.second (stack)
            name! "proof-of-a" -> "${record.first.proof}" (stack)
        #0 create record.first
        #1 delete record.first record/a/x after 0 2 3
        #2 create record.second after 0
        #3 delete record.second record/b/proof-of-a after 2
    "##,
    );
    assert_eq!(
        ends(&ran.1),
        "create record.first done\ndelete record.first done\ncreate record.second done\ndelete record.second done"
    );
    let world = bed.fake.world();
    let mut ids: Vec<&str> = world.things().map(|thing| thing.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["record/a/y", "record/b/proof-of-a"]);
    drop(world);
    let plan = bed.drive(bed.plan(&moved)).expect("a plan");
    same(&text(&plan), "");
}

#[test]
fn a_place_that_somebody_else_has_is_left_to_them() {
    let bed = Bed::new(Setup::default());
    bed.drive(bed.provision(&records("x", "1")));
    {
        let mut world = bed.fake.world();
        let first = world.thing_mut("record.first");
        first
            .tags
            .insert("bella:stack".to_owned(), "other".to_owned());
    }
    let Ended::Ran(ran) = bed.drive(bed.run(&records("x", "1"), Woe::Nothing)) else {
        panic!("the run neither dies nor is refused");
    };
    assert_eq!(
        ends(&ran.1),
        "create record.first failed: fake:record: record/a/x exists\ncreate record.second skipped: record.first failed\ndelete record.second skipped: record.first failed"
    );
}
