//! What is not touched: what others own, and what is protected.

use serde_json::json;

use crate::bed::{Bed, FILE, STACK};

const LOG_GROUP: &str = "/bella/bella-dev/service";

#[test]
fn an_object_of_somebody_else_with_our_name_is_left_alone() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.json(
        "logs",
        "CreateLogGroup",
        &json!({"logGroupName": LOG_GROUP}),
    );
    bed.bella(&format!("provision {FILE} --sandbox --yes")).exits(1).says(&[
        "error: log_group.service (create) failed: ",
        "hint: /bella/bella-dev/service exists and does not carry this stack's tags. To bring it in: \
         bella adopt STACK log_group.service /bella/bella-dev/service; otherwise rename one of the two\n",
    ]);
    let groups = cloud.json(
        "logs",
        "DescribeLogGroups",
        &json!({"logGroupNamePrefix": LOG_GROUP}),
    );
    assert_eq!(groups["logGroups"][0]["retentionInDays"], json!(null));
    let tags = cloud.json(
        "logs",
        "ListTagsLogGroup",
        &json!({"logGroupName": LOG_GROUP}),
    );
    assert!(
        tags["tags"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty),
        "{tags}"
    );
    cloud.json(
        "logs",
        "DeleteLogGroup",
        &json!({"logGroupName": LOG_GROUP}),
    );
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}

#[test]
fn production_goes_only_when_it_is_said() {
    let bed = Bed::new();
    bed.edit(
        "stacks/dev.yaml",
        "environment: development",
        "environment: production",
    );
    bed.edit(
        "stacks/dev.yaml",
        "deletion_protection: false",
        "deletion_protection: true",
    );
    bed.edit(
        "stacks/dev.yaml",
        "backup_retention_days: 1",
        "backup_retention_days: 7",
    );
    bed.edit("stacks/dev.yaml", "monthly_usd: 50", "monthly_usd: 90");
    bed.cut("stacks/dev.yaml", "auto_shutdown:");
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    let before = bed.cloud().count();
    bed.bella(&format!("teardown {STACK} --sandbox --yes"))
        .exits(3)
        .says(&["error: ", "hint: ", "--unprotect "]);
    // The load balancer's own protection is a second gate, the database's a third.
    bed.bella(&format!(
        "teardown {STACK} --sandbox --yes --unprotect production"
    ))
    .exits(3)
    .says(&[
        "error: load_balancer.public (",
        "deletion protection is on",
        "--unprotect load_balancer.public\n",
    ]);
    bed.bella(&format!(
        "teardown {STACK} --sandbox --yes --unprotect load_balancer.public --unprotect db_instance.main"
    ))
    .exits(3)
    .says(&[
        "error: bella-dev is production: ",
        "hint: if this is meant, repeat the command with --unprotect production\n",
    ]);
    assert_eq!(bed.cloud().count(), before);
    bed.bella(&format!(
        "teardown {STACK} --sandbox --yes --unprotect production --unprotect load_balancer.public --unprotect db_instance.main"
    ))
    .succeeds();
}

#[test]
fn protection_that_somebody_turned_on_holds() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let balancers = cloud.query("elasticloadbalancing", "DescribeLoadBalancers", &[]);
    let arn = balancers
        .split("<LoadBalancerArn>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("there is one");
    let on = [
        ("LoadBalancerArn", arn),
        ("Attributes.member.1.Key", "deletion_protection.enabled"),
        ("Attributes.member.1.Value", "true"),
    ];
    cloud.query("elasticloadbalancing", "ModifyLoadBalancerAttributes", &on);
    bed.bella(&format!("teardown {FILE} --sandbox --yes"))
        .exits(3)
        .says(&[
            "error: load_balancer.public (",
            "would be deleted, and deletion protection is on\n",
            "--unprotect load_balancer.public\n",
        ]);
    bed.bella(&format!(
        "teardown {FILE} --sandbox --yes --unprotect load_balancer.public"
    ))
    .succeeds();
}
