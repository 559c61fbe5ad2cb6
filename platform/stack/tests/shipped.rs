//! The stack files of the repository.

use bella_stack::{Loaded, blueprint, load, not_yet_provisioned};
use std::path::Path;

fn dev() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks/dev.yaml");
    load(&path).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn dump() {
    let loaded = dev();
    eprintln!("{} {:?}", loaded.digest, loaded.files);
    for node in blueprint(&loaded.stack) {
        eprintln!("{} {}", node.address, node.properties);
    }
    eprintln!("{:?}", not_yet_provisioned(&loaded.stack));
    eprintln!("{}", serde_json::to_string_pretty(&bella_stack::schema()).unwrap());
}
