//! What scaling would do: the page's own table is what is printed.

use std::fs;
use std::path::Path;

use crate::bed::{Bed, FILE};

#[test]
fn the_page_shows_what_is_printed() {
    let bed = Bed::with_files();
    let printed = bed
        .bella("scaling simulate stacks/prod.yaml")
        .succeeds()
        .out;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/autoscaling.md");
    let page = fs::read_to_string(page).expect("the page is there");
    assert!(page.contains(printed.trim_end()), "{printed}");
}

#[test]
fn a_recorded_load_is_played_or_said_to_be_none() {
    let bed = Bed::with_files();
    fs::write(bed.path("calls"), "0\n".repeat(5) + &"100\n".repeat(60)).expect("is written");
    let line = format!("scaling simulate {FILE} --trace calls");
    let told = bed.bella(&format!("{line} --json")).succeeds().document();
    let traces = told["traces"].as_array().expect("traces");
    assert_eq!((traces.len(), &traces[0]["calls"]), (1, &6000.into()));
    let policies = traces[0]["policies"].as_array().expect("policies");
    let named = |name: &str| {
        let one = policies.iter().find(|one| one["policy"] == name);
        one.expect("is judged")
    };
    assert_eq!(named("stack file")["most"], 2, "{told}");
    assert_eq!(named("fewest tasks")["most"], 1, "{told}");
    fs::write(bed.path("calls"), "1\nmany\n").expect("is written");
    bed.bella(&line)
        .exits(2)
        .says(&["--trace calls: line 2 is `many`"]);
}
