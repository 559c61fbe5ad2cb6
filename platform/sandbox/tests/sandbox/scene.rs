use hyper::StatusCode;

use crate::aws::{Answer, Aws};
use crate::instance::Instance;

pub(crate) const VIOLATION: &str = "DependencyViolation";

/// A VPC with an attached gateway and two subnets in two zones.
pub(crate) struct Network {
    pub(crate) vpc: String,
    pub(crate) gateway: String,
    pub(crate) subnets: [String; 2],
}

pub(crate) async fn network(aws: &Aws) -> Network {
    let vpc = aws
        .ec2_text("CreateVpc", "CidrBlock=10.20.0.0/16", "vpcId")
        .await;
    let gateway = aws
        .ec2_text("CreateInternetGateway", "", "internetGatewayId")
        .await;
    let fields = format!("VpcId={vpc}&InternetGatewayId={gateway}");
    done(&aws.ec2("AttachInternetGateway", &fields).await);
    let mut subnets = [String::new(), String::new()];
    for (number, zone) in ["a", "b"].iter().enumerate() {
        let fields = format!(
            "VpcId={vpc}&CidrBlock=10.20.{number}.0/24&AvailabilityZone=ca-central-1{zone}"
        );
        subnets[number] = aws.ec2_text("CreateSubnet", &fields, "subnetId").await;
    }
    Network {
        vpc,
        gateway,
        subnets,
    }
}

pub(crate) fn done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

/// The calls are refused, each with its code.
pub(crate) async fn refused(aws: &Aws, cases: &[(&str, String, &str)]) {
    for (action, fields, code) in cases {
        let got = aws.ec2(action, fields).await.error().1;
        assert_eq!(got, *code, "{action} {fields}");
    }
}

pub(crate) async fn started(name: &str) -> (Instance, Aws) {
    let instance = Instance::new(name);
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    (instance, aws)
}
