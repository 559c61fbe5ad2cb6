use std::path::Path;

use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_stack::{Disk, Loader, blueprint};
use bella_tests::Declared;

/// What a shipped stack file declares.
pub(crate) fn declared(file: &str) -> Declared {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../stacks")
        .join(file);
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.kind()).collect();
    let loaded = Loader::new(&Disk).with_kinds(&kinds).load(&path);
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
    let nodes = blueprint(&loaded.stack).into_iter();
    nodes.map(|node| (node.address, node.properties)).collect()
}

/// Makes the hosted zone that the production stack expects to find.
pub(crate) async fn zone(aws: &Aws) {
    let call = aws.route53.create_hosted_zone().name("bella.example");
    let made = call.caller_reference("whole").send().await;
    made.expect("the sandbox makes zones");
}
