//! What could not serve is refused before anything is changed; going back is held up by nothing that is pending.

use std::fs;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran, STACK, run};
use crate::cloud::Cloud;
use crate::deploy::service;

fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

/// The image that a command says to serve.
fn serving(ran: &Ran) -> String {
    let said = format!("{STACK} serves ");
    let line = ran.out.lines().find_map(|line| line.strip_prefix(&said));
    line.expect("it says what serves").trim().to_owned()
}

/// The text between two others, the first time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).expect("the text before").1;
    rest.split_once(after).expect("the text after").0
}

/// An index in the image's repository that has nothing for this machine.
fn foreign(cloud: &Cloud, image: &str) -> String {
    let (repository, _) = image.split_once('@').expect("a digest");
    let (_, name) = repository.split_once('/').expect("a path");
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2,
            "digest": format!("sha256:{}", "1".repeat(64)),
            "platform": {"os": "linux", "architecture": "s390x"},
        }],
    });
    let digest = cloud.manifest(name, "elsewhere", &index);
    format!("{repository}@{digest}")
}

/// Denies what goes to a database, in the network ACL that the stack's VPC came with; the ACL.
fn denied(cloud: &Cloud) -> String {
    let ours = [
        ("Filter.1.Name", "tag:bella:stack"),
        ("Filter.1.Value.1", STACK),
    ];
    let vpcs = cloud.query("ec2", "DescribeVpcs", &ours);
    let vpc = between(&vpcs, "<vpcId>", "<");
    let within = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc)];
    let acls = cloud.query("ec2", "DescribeNetworkAcls", &within);
    let acl = between(&acls, "<networkAclId>", "<");
    let rule = [
        ("NetworkAclId", acl),
        ("RuleNumber", "50"),
        ("Protocol", "6"),
        ("RuleAction", "deny"),
        ("Egress", "false"),
        ("CidrBlock", "10.0.0.0/8"),
        ("PortRange.From", "5432"),
        ("PortRange.To", "5432"),
    ];
    cloud.query("ec2", "CreateNetworkAclEntry", &rule);
    acl.to_owned()
}

/// MiB of the tasks that the service starts.
fn memory(cloud: &Cloud) -> Value {
    let clusters = cloud.json("ecs", "ListClusters", &json!({}));
    let cluster = &clusters["clusterArns"][0];
    let services = cloud.json("ecs", "ListServices", &json!({"cluster": cluster}));
    let asked = json!({"cluster": cluster, "services": services["serviceArns"]});
    let told = cloud.json("ecs", "DescribeServices", &asked);
    let asked = json!({"taskDefinition": told["services"][0]["taskDefinition"]});
    let told = cloud.json("ecs", "DescribeTaskDefinition", &asked);
    told["taskDefinition"]["memory"].clone()
}

#[test]
fn what_cannot_serve_is_refused_and_nobody_is_kept_from_going_back() {
    let bed = Bed::with_files();
    bella(&bed, "sandbox up").succeeds();
    bed.in_business_hours();
    service();
    let provision = format!("provision {FILE} --sandbox --yes");
    let first = serving(&bella(&bed, &provision).succeeds());
    let cloud = bed.cloud();

    let foreign = foreign(&cloud, &first);
    for verb in ["deploy", "provision --yes"] {
        let line = format!("{verb} {FILE} --sandbox --image {foreign}");
        bella(&bed, &line).exits(2).says(&[
            "is made for linux/s390x, and the tasks of bella-dev run on linux/",
            "nothing was changed",
        ]);
    }

    let acl = denied(&cloud);
    let deploy = format!("deploy {FILE} --sandbox --image {first}");
    let said = format!(
        "cannot reach db_instance.main on port 5432: network ACL {acl} does not let it into subnet."
    );
    bella(&bed, &deploy).exits(1).says(&[&said, "(rule 50)"]);
    let gone = [
        ("NetworkAclId", acl.as_str()),
        ("RuleNumber", "50"),
        ("Egress", "false"),
    ];
    cloud.query("ec2", "DeleteNetworkAclEntry", &gone);

    let mut program = fs::read(service()).expect("the program is there");
    program.extend(b"another version\n");
    fs::write(bed.path("second"), program).expect("the folder is writable");
    let line = format!("deploy {FILE} --sandbox --binary second");
    let second = serving(&bella(&bed, &line).succeeds());
    assert_ne!(second, first);

    bed.edit(FILE, "memory: 512 ", "memory: 1024 ");
    bella(&bed, &line)
        .exits(6)
        .says(&["are not provisioned yet"]);
    let back = bella(&bed, &format!("rollback {FILE} --sandbox")).succeeds();
    let back = back.says(&["are pending and are not carried out, only the image changes"]);
    assert_eq!(serving(&back), first);
    assert_eq!(memory(&cloud), "512");
    // What was pending is all that still is.
    bed.edit(FILE, "memory: 1024 ", "memory: 512 ");
    bella(&bed, &format!("plan {FILE} --sandbox --exit-code")).succeeds();
}
