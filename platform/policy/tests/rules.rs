//! The shipped rules, by their own tests.

use std::path::Path;

use bella_policy::{PolicySet, read, shipped, test};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

#[test]
fn every_test_of_the_shipped_rules_holds() {
    let files = read(&folder()).expect("the folder is there");
    let run = test(&files).expect("the shipped rules are Rego");
    let failures: Vec<_> = run.failures().collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(run.tests.len() > 60, "only {} tests", run.tests.len());
}

#[test]
fn what_is_shipped_is_what_lies_in_the_folder_and_every_rule_has_tests() {
    let files = read(&folder()).expect("the folder is there");
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let names: Vec<String> = files.iter().map(|file| name(&file.path)).collect();
    let rules: Vec<&String> = names
        .iter()
        .filter(|name| !name.ends_with("_test.rego"))
        .collect();
    let built_in: Vec<String> = shipped().iter().map(|file| file.path.clone()).collect();
    assert_eq!(rules.len(), built_in.len());
    for rule in rules {
        assert!(built_in.contains(rule), "{rule} is not shipped");
        let tests = rule.replace(".rego", "_test.rego");
        assert!(names.contains(&tests), "{rule} has no tests");
    }
    assert_eq!(PolicySet::of_shipped().names().len(), built_in.len() - 1);
}
