//! What the SDK repeats by itself: reads, and nothing that changes anything.

use bella_aws::clients::Aws;
use bella_tests::Sandbox;
use serde_json::{Value, json};

const READS: [&str; 7] = [
    "DescribeVpcs",
    "ListRoles",
    "ListClusters",
    "DescribeRepositories",
    "DescribeLoadBalancers",
    "DescribeLogGroups",
    "GetCallerIdentity",
];

const WRITES: [&str; 6] = [
    "CreateVpc",
    "CreateRole",
    "CreateCluster",
    "CreateRepository",
    "DeleteLoadBalancer",
    "CreateLogGroup",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_repeats_reads_and_no_write() {
    let sandbox = Sandbox::start("sdk");
    let aws = sandbox.aws().await;
    let gateway = sandbox.gateway();
    let dropped = |operation: &&str| json!({"operation": operation, "fault": "drop_before"});
    let faults: Vec<Value> = READS.iter().chain(&WRITES).map(dropped).collect();
    gateway.inject(&json!(faults));
    assert_eq!(read(&aws).await, [true; 7], "{READS:?}");
    assert_eq!(written(&aws).await, [false; 6], "{WRITES:?}");
    let log = gateway.calls(0).1;
    let count = |operation: &&str| {
        let same = log.iter().filter(|call| call.operation == **operation);
        same.count()
    };
    assert_eq!(READS.each_ref().map(count), [2; 7], "{READS:?}");
    assert_eq!(WRITES.each_ref().map(count), [1; 6], "{WRITES:?}");
}

/// Makes each of [`READS`]; whether it was answered.
async fn read(aws: &Aws) -> [bool; 7] {
    let ended = tokio::join!(
        aws.ec2.describe_vpcs().send(),
        aws.iam.list_roles().send(),
        aws.ecs.list_clusters().send(),
        aws.ecr.describe_repositories().send(),
        aws.elb.describe_load_balancers().send(),
        aws.logs.describe_log_groups().send(),
        aws.sts.get_caller_identity().send(),
    );
    [
        ended.0.is_ok(),
        ended.1.is_ok(),
        ended.2.is_ok(),
        ended.3.is_ok(),
        ended.4.is_ok(),
        ended.5.is_ok(),
        ended.6.is_ok(),
    ]
}

/// Makes each of [`WRITES`]; whether it was answered.
async fn written(aws: &Aws) -> [bool; 6] {
    let role = aws.iam.create_role().role_name("x");
    let ended = tokio::join!(
        aws.ec2.create_vpc().cidr_block("10.0.0.0/16").send(),
        role.assume_role_policy_document("{}").send(),
        aws.ecs.create_cluster().send(),
        aws.ecr.create_repository().repository_name("x").send(),
        aws.elb.delete_load_balancer().load_balancer_arn("x").send(),
        aws.logs.create_log_group().log_group_name("x").send(),
    );
    [
        ended.0.is_ok(),
        ended.1.is_ok(),
        ended.2.is_ok(),
        ended.3.is_ok(),
        ended.4.is_ok(),
        ended.5.is_ok(),
    ]
}
