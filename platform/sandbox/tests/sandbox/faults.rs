use hyper::Method;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::instance::Instance;

#[tokio::test]
async fn calls_are_logged_and_faults_injected() {
    let instance = Instance::new("faults");
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    let before = vpcs(&aws).await;
    let start = aws.control(Method::GET, "calls", "").await["last"].clone();

    let faults = json!([
        {"service": "ec2", "operation": "CreateVpc", "fault": "error",
         "status": 503, "code": "RequestLimitExceeded", "message": "Request limit exceeded."},
        {"service": "ec2", "operation": "CreateVpc", "after": 1, "fault": "drop_before"},
        {"service": "ec2", "operation": "CreateVpc", "after": 2, "fault": "drop_after"},
    ]);
    aws.control(Method::POST, "faults", &faults.to_string())
        .await;
    let refused = aws.ec2("CreateVpc", "CidrBlock=10.1.0.0/16").await;
    assert_eq!(refused.error(), (503, "RequestLimitExceeded".to_owned()));
    assert_eq!(
        aws.try_ec2("CreateVpc", "CidrBlock=10.2.0.0/16").await,
        None
    );
    assert_eq!(vpcs(&aws).await, before, "neither reached the emulator");
    assert_eq!(
        aws.try_ec2("CreateVpc", "CidrBlock=10.3.0.0/16").await,
        None
    );
    assert_eq!(
        vpcs(&aws).await,
        before + 1,
        "the work is done, the answer lost"
    );
    assert_eq!(aws.control(Method::DELETE, "faults", "").await, json!([]));
    aws.ec2_text("CreateVpc", "CidrBlock=10.4.0.0/16", "vpcId")
        .await;

    let calls = aws
        .control(Method::GET, &format!("calls?since={start}"), "")
        .await;
    let creates: Vec<Value> = calls["calls"]
        .as_array()
        .expect("calls")
        .iter()
        .filter(|call| call["operation"] == "CreateVpc")
        .map(|call| {
            json!([
                call["service"],
                call["status"],
                call["error"],
                call["fault"]
            ])
        })
        .collect();
    assert_eq!(
        creates,
        [
            json!(["ec2", 503, "RequestLimitExceeded", "error"]),
            json!(["ec2", null, null, "drop_before"]),
            json!(["ec2", null, null, "drop_after"]),
            json!(["ec2", 200, null, null]),
        ]
    );
    let file = std::fs::read_to_string(instance.home.calls()).expect("a call log");
    let last: Value = serde_json::from_str(file.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["operation"], "CreateVpc");
}

async fn vpcs(aws: &Aws) -> usize {
    aws.ec2("DescribeVpcs", "").await.texts("vpcId").len()
}
