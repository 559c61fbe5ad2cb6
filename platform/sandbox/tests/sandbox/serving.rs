//! Load balancers and services, where the bare emulator departs from what AWS documents.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{VIOLATION, done, network, refused, started};

#[tokio::test]
async fn load_balancers_and_services() {
    let (_instance, aws) = started("balancers").await;
    let net = network(&aws).await;
    let made = format!("GroupName=lb&GroupDescription=d&VpcId={}", net.vpc);
    let group = aws.ec2_text("CreateSecurityGroup", &made, "groupId").await;
    let [one, two] = &net.subnets;
    let single = format!("Name=lb&Subnets.member.1={one}&SecurityGroups.member.1={group}");
    let answer = aws.elb("CreateLoadBalancer", &single).await;
    assert_eq!(answer.error(), (400, "ValidationError".to_owned()));
    let both = format!("{single}&Subnets.member.2={two}&Scheme=internet-facing");
    let answer = aws.elb("CreateLoadBalancer", &both).await;
    assert_eq!(answer.texts("ZoneName"), ["ca-central-1a", "ca-central-1b"]);
    assert_eq!(answer.text("VpcId").as_ref(), Some(&net.vpc));
    let balancer = answer.text("LoadBalancerArn").expect("an ARN");
    refused(
        &aws,
        &[
            ("DeleteSecurityGroup", format!("GroupId={group}"), VIOLATION),
            ("DeleteSubnet", format!("SubnetId={one}"), VIOLATION),
            (
                "DetachInternetGateway",
                format!("VpcId={}&InternetGatewayId={}", net.vpc, net.gateway),
                VIOLATION,
            ),
        ],
    )
    .await;

    let target = format!(
        "Name=tg&Protocol=HTTP&Port=8000&TargetType=ip&VpcId={}",
        net.vpc
    );
    let target = aws.elb("CreateTargetGroup", &target).await;
    assert_eq!(target.text("ProtocolVersion").as_deref(), Some("HTTP1"));
    let target = target.text("TargetGroupArn").expect("an ARN");
    let service = service(&target, one, &group);
    ecs_setup(&aws).await;
    let (_, answer) = aws.ecs("CreateService", &service).await;
    assert_eq!(answer["__type"], "InvalidParameterException", "{answer}");

    let listener = format!(
        "LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={target}"
    );
    let made = aws.elb("CreateListener", &listener).await;
    let again = aws.elb("CreateListener", &listener).await;
    assert_eq!(
        made.text("ListenerArn"),
        again.text("ListenerArn"),
        "the same listener again"
    );
    let listener = format!("{listener}&Tags.member.1.Key=other");
    let balanced = format!("LoadBalancerArn={balancer}");
    let groups = aws.elb("DescribeTargetGroups", &balanced).await;
    assert!(
        groups
            .body
            .contains(&format!("<member>{balancer}</member>")),
        "{groups:?}"
    );
    let protect = format!(
        "{balanced}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value=true"
    );
    done(&aws.elb("ModifyLoadBalancerAttributes", &protect).await);
    for (action, fields, code) in [
        ("CreateListener", listener, "DuplicateListener"),
        (
            "DeleteTargetGroup",
            format!("TargetGroupArn={target}"),
            "ResourceInUse",
        ),
        ("DeleteLoadBalancer", balanced, "OperationNotPermitted"),
    ] {
        assert_eq!(aws.elb(action, &fields).await.error().1, code, "{action}");
    }

    describing(&aws, &balancer).await;
    services(&aws, &service).await;
}

/// Attributes that were never set, and answers about what is not there or is too much.
async fn describing(aws: &Aws, balancer: &str) {
    let attributes = aws
        .elb(
            "DescribeLoadBalancerAttributes",
            &format!("LoadBalancerArn={balancer}"),
        )
        .await;
    let keys = attributes.texts("Key");
    assert!(
        keys.iter().any(|key| key == "routing.http2.enabled"),
        "{keys:?}"
    );
    let missing = "arn:aws:elasticloadbalancing:ca-central-1:0:loadbalancer/app/x/0";
    let many: String = (1..=21)
        .map(|n| format!("ResourceArns.member.{n}={balancer}&"))
        .collect();
    let cases = [
        (
            "DescribeListeners",
            format!("LoadBalancerArn={missing}"),
            "LoadBalancerNotFound",
        ),
        (
            "DescribeListeners",
            format!("ListenerArns.member.1={missing}/1"),
            "ListenerNotFound",
        ),
        ("DescribeTags", many, "ValidationError"),
    ];
    for (action, fields, code) in cases {
        assert_eq!(aws.elb(action, &fields).await.error().1, code, "{action}");
    }
}

async fn services(aws: &Aws, service: &Value) {
    let mut lost = service.clone();
    lost["loadBalancers"][0]["containerName"] = json!("nope");
    let (_, answer) = aws.ecs("CreateService", &lost).await;
    assert_eq!(answer["__type"], "InvalidParameterException", "{answer}");
    lost["cluster"] = json!("nope");
    let (_, answer) = aws.ecs("CreateService", &lost).await;
    assert_eq!(answer["__type"], "ClusterNotFoundException", "{answer}");
    let (status, made) = aws.ecs("CreateService", service).await;
    assert_eq!(made["service"]["platformVersion"], "LATEST");
    assert_eq!(status, StatusCode::OK, "{made}");
    let (_, again) = aws.ecs("CreateService", service).await;
    assert_eq!(
        again["service"]["serviceArn"],
        made["service"]["serviceArn"]
    );
    let mut other = service.clone();
    other["desiredCount"] = json!(2);
    let (_, answer) = aws.ecs("CreateService", &other).await;
    assert_eq!(answer["__type"], "InvalidParameterException", "{answer}");
    let (_, answer) = aws.ecs("DeleteCluster", &json!({"cluster": "c"})).await;
    assert_eq!(
        answer["__type"], "ClusterContainsServicesException",
        "{answer}"
    );
    let delete = json!({"cluster": "c", "service": "s", "force": true});
    aws.ecs("DeleteService", &delete).await;
    let update = json!({"cluster": "c", "service": "s", "desiredCount": 1});
    let (_, answer) = aws.ecs("UpdateService", &update).await;
    assert_eq!(answer["__type"], "ServiceNotActiveException", "{answer}");
}

/// A cluster and a task definition `app:1`, whose defaults come back, after an impossible one is refused.
async fn ecs_setup(aws: &Aws) {
    aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
    let mut definition = json!({
        "family": "app", "cpu": "512", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{"name": "app", "image": "i", "portMappings": [{"containerPort": 8000}]}],
    });
    let (_, answer) = aws.ecs("RegisterTaskDefinition", &definition).await;
    assert_eq!(answer["__type"], "ClientException", "{answer}");
    definition["memory"] = json!("1024");
    let (_, answer) = aws.ecs("RegisterTaskDefinition", &definition).await;
    let container = &answer["taskDefinition"]["containerDefinitions"][0];
    assert_eq!(
        container["portMappings"],
        json!([{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}])
    );
    let (_, answer) = aws
        .ecs(
            "DeleteTaskDefinitions",
            &json!({"taskDefinitions": ["app:1"]}),
        )
        .await;
    assert_eq!(answer["__type"], "InvalidParameterException", "{answer}");
}

fn service(target: &str, subnet: &str, group: &str) -> Value {
    json!({
        "cluster": "c", "serviceName": "s", "taskDefinition": "app:1", "desiredCount": 1,
        "loadBalancers": [{"targetGroupArn": target, "containerName": "app", "containerPort": 8000}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
    })
}
