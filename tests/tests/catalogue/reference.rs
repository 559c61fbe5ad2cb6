//! The reference pages are those that the registry and the sandbox's rules give.

use std::collections::BTreeSet;
use std::path::Path;

use bella_aws::kinds::KINDS;
use bella_aws::reference::pages;

#[test]
fn the_reference_is_what_the_program_goes_by() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut pages = pages();
    let actions = KINDS.iter().flat_map(|kind| kind.actions()).copied();
    pages.insert(bella_sandbox::PAGE.to_owned(), bella_sandbox::page(actions));
    pages.insert(
        bella_finance::report::SCHEMA_PAGE.to_owned(),
        bella_finance::report::schema_page(),
    );
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(name, text)| {
            let have = std::fs::read_to_string(folder.join(name));
            have.ok().as_ref() != Some(*text)
        })
        .map(|(name, _)| name)
        .collect();
    let there = std::fs::read_dir(folder.join("kinds")).expect("the pages of the kinds are there");
    let there = there.map(|entry| {
        let name = entry.expect("the folder can be read").file_name();
        format!("kinds/{}", name.to_string_lossy())
    });
    let foreign: BTreeSet<String> = there.filter(|name| !pages.contains_key(name)).collect();
    assert!(
        stale.is_empty() && foreign.is_empty(),
        "run `cargo run --release -- docs --dir docs`, and remove pages of kinds that are gone; differing: {stale:?}, of no kind: {foreign:?}"
    );
}
