//! Networks and load balancers, where AWS refuses what the bare emulator takes.

use crate::aws::Aws;
use crate::scene::{Network, done, network, refused, started};

const INVALID: &str = "InvalidParameterValue";

#[tokio::test]
async fn zones_gateways_and_rules() {
    let (_instance, aws) = started("refusals").await;
    let Network { vpc, gateway, .. } = network(&aws).await;
    let other = aws
        .ec2_text("CreateVpc", "CidrBlock=10.21.0.0/16", "vpcId")
        .await;
    let fields = format!("GroupName=one&GroupDescription=d&VpcId={vpc}");
    let group = aws
        .ec2_text("CreateSecurityGroup", &fields, "groupId")
        .await;
    let subnet = format!("VpcId={vpc}&CidrBlock=10.20.9.0/24");
    let rule = |fields: &str| {
        let lead = format!("GroupId={group}&IpPermissions.1.IpProtocol=tcp");
        format!("{lead}&{fields}")
    };
    let ports =
        |from: i32, to: i32| format!("IpPermissions.1.FromPort={from}&IpPermissions.1.ToPort={to}");
    let ten = "IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0";
    let missing = "IpPermissions.1.Groups.1.GroupId=sg-0123456789abcdef0";
    let permit = "AuthorizeSecurityGroupIngress";
    refused(
        &aws,
        &[
            (
                "CreateSubnet",
                format!("{subnet}&AvailabilityZone=ca-central-1z"),
                INVALID,
            ),
            (
                "CreateSubnet",
                format!("{subnet}&AvailabilityZoneId=cac1-az99"),
                INVALID,
            ),
            (
                "AttachInternetGateway",
                format!("VpcId={other}&InternetGatewayId={gateway}"),
                "Resource.AlreadyAssociated",
            ),
            (
                permit,
                rule(&format!("{}&{missing}", ports(80, 80))),
                "InvalidGroup.NotFound",
            ),
            (
                permit,
                rule(&format!("{}&{ten}/99", ports(80, 80))),
                INVALID,
            ),
            (
                "AuthorizeSecurityGroupEgress",
                rule(&format!("{}&{ten}/8", ports(80, 65536))),
                INVALID,
            ),
            (permit, rule(&format!("{ten}/8")), INVALID),
        ],
    )
    .await;
}

#[tokio::test]
async fn load_balancers_and_their_rules() {
    let (_instance, aws) = started("balancing").await;
    let Network {
        vpc,
        subnets: [one, other],
        ..
    } = network(&aws).await;
    let make = |name: &str| format!("Name={name}&Subnets.member.1={one}&Subnets.member.2={other}");
    let group = |name: &str, vpc: &str| {
        format!("Name={name}&Protocol=HTTP&Port=80&TargetType=ip&VpcId={vpc}")
    };
    let long = "x".repeat(33);
    let missing_group = "SecurityGroups.member.1=sg-0123456789abcdef0";
    let cases = [
        ("CreateLoadBalancer", make(&long), "ValidationError"),
        ("CreateLoadBalancer", make("a_b"), "ValidationError"),
        (
            "CreateLoadBalancer",
            format!("{}&{missing_group}", make("a")),
            "InvalidSecurityGroup",
        ),
        ("CreateTargetGroup", group(&long, &vpc), "ValidationError"),
        (
            "CreateTargetGroup",
            group("a", "vpc-0123456789abcdef0"),
            "ValidationError",
        ),
        (
            "CreateTargetGroup",
            "Name=a&Protocol=HTTP&Port=80&TargetType=ip".to_owned(),
            "ValidationError",
        ),
        (
            "DescribeTargetGroups",
            "Names.member.1=none".to_owned(),
            "TargetGroupNotFound",
        ),
    ];
    refused_by_elb(&aws, &cases).await;

    without_gateway(&aws).await;
    let text = async |action: &str, fields: &str, element: &str| {
        let answer = aws.elb(action, fields).await;
        answer.text(element).unwrap_or_else(|| panic!("{answer:?}"))
    };
    let balancer = text("CreateLoadBalancer", &make("one"), "LoadBalancerArn").await;
    let target = text("CreateTargetGroup", &group("one", &vpc), "TargetGroupArn").await;
    let listener = |target: &str| {
        format!(
            "LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={target}"
        )
    };
    let nowhere = "TargetGroupNotFound";
    let cases = [("CreateListener", listener(&format!("{target}0")), nowhere)];
    refused_by_elb(&aws, &cases).await;
    let listener = text("CreateListener", &listener(&target), "ListenerArn").await;
    let rule = |priority: u32, target: &str| {
        format!(
            "ListenerArn={listener}&Priority={priority}&Conditions.member.1.Field=path-pattern&Conditions.member.1.Values.member.1=/{priority}&Actions.member.1.Type=forward&Actions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn={target}"
        )
    };
    let first = text("CreateRule", &rule(10, &target), "RuleArn").await;
    let second = text("CreateRule", &rule(20, &target), "RuleArn").await;
    let moved = format!("RulePriorities.member.1.RuleArn={first}&RulePriorities.member.1.Priority");
    let cases = [
        ("CreateRule", rule(30, &format!("{target}0")), nowhere),
        ("CreateRule", rule(10, &target), "PriorityInUse"),
        ("SetRulePriorities", format!("{moved}=20"), "PriorityInUse"),
    ];
    refused_by_elb(&aws, &cases).await;
    let swapped = format!(
        "{moved}=20&RulePriorities.member.2.RuleArn={second}&RulePriorities.member.2.Priority=10"
    );
    done(&aws.elb("SetRulePriorities", &swapped).await);
}

/// A load balancer in a VPC that nothing leads out of faces no internet.
async fn without_gateway(aws: &Aws) {
    let vpc = aws
        .ec2_text("CreateVpc", "CidrBlock=10.22.0.0/16", "vpcId")
        .await;
    let mut fields = "Name=inner".to_owned();
    for (number, zone) in [(1, "a"), (2, "b")] {
        let subnet = format!(
            "VpcId={vpc}&CidrBlock=10.22.{number}.0/24&AvailabilityZone=ca-central-1{zone}"
        );
        let subnet = aws.ec2_text("CreateSubnet", &subnet, "subnetId").await;
        fields.push_str(&format!("&Subnets.member.{number}={subnet}"));
    }
    let open = ("CreateLoadBalancer", fields.clone(), "InvalidSubnet");
    refused_by_elb(aws, &[open]).await;
    let inner = format!("{fields}&Scheme=internal");
    done(&aws.elb("CreateLoadBalancer", &inner).await);
}

/// The calls are refused, each with its code.
async fn refused_by_elb(aws: &Aws, cases: &[(&str, String, &str)]) {
    for (action, fields, code) in cases {
        let got = aws.elb(action, fields).await.error().1;
        assert_eq!(got, *code, "{action} {fields}");
    }
}
