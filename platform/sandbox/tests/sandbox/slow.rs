//! States that take their time, on a clock that is held, and new things that are seen late.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{Network, VIOLATION, done, network, refused, started};

/// Longer than anything takes.
const ALL: &str = r#"{"advance": "2h"}"#;

async fn held(aws: &Aws, temper: &Value) {
    aws.control(Method::POST, "clock", r#"{"hold": true}"#)
        .await;
    aws.control(Method::POST, "temper", &temper.to_string())
        .await;
}

async fn wait(aws: &Aws) {
    aws.control(Method::POST, "clock", ALL).await;
}

async fn database(aws: &Aws) -> Vec<String> {
    let described = aws.rds("DescribeDBInstances", "").await;
    described.texts("DBInstanceStatus")
}

#[tokio::test]
async fn a_database_takes_its_time_and_holds_its_network_until_it_is_gone() {
    let (_instance, aws) = started("slow-database").await;
    held(&aws, &json!({"speed": 1.0})).await;
    let Network {
        vpc,
        subnets: [one, other],
        ..
    } = network(&aws).await;
    let fields = format!("GroupName=data&GroupDescription=x&VpcId={vpc}");
    let group = aws
        .ec2_text("CreateSecurityGroup", &fields, "groupId")
        .await;
    let subnets = format!(
        "DBSubnetGroupName=subnets&DBSubnetGroupDescription=x&SubnetIds.SubnetIdentifier.1={one}&SubnetIds.SubnetIdentifier.2={other}"
    );
    done(&aws.rds("CreateDBSubnetGroup", &subnets).await);
    let fields = format!(
        "DBInstanceIdentifier=slow&DBInstanceClass=db.t4g.micro&Engine=postgres&MasterUsername=bella&MasterUserPassword=long-enough-1&AllocatedStorage=20&DBSubnetGroupName=subnets&VpcSecurityGroupIds.VpcSecurityGroupId.1={group}"
    );
    let made = aws.rds("CreateDBInstance", &fields).await;
    done(&made);
    assert_eq!(made.text("DBInstanceStatus").as_deref(), Some("creating"));
    let told = aws.rds("DescribeDBInstances", "").await;
    assert_eq!(told.texts("DBInstanceStatus"), ["creating"]);
    assert_eq!(told.text("Endpoint"), None, "no endpoint yet");
    let modify = "DBInstanceIdentifier=slow&BackupRetentionPeriod=3&ApplyImmediately=true";
    let busy = aws.rds("ModifyDBInstance", modify).await.error().1;
    assert_eq!(busy, "InvalidDBInstanceState");
    wait(&aws).await;
    assert_eq!(database(&aws).await, ["available"]);
    done(&aws.rds("ModifyDBInstance", modify).await);
    assert_eq!(database(&aws).await, ["modifying"]);
    wait(&aws).await;
    let delete = "DBInstanceIdentifier=slow&SkipFinalSnapshot=true";
    done(&aws.rds("DeleteDBInstance", delete).await);
    assert_eq!(database(&aws).await, ["deleting"]);
    let by_id = aws
        .rds("DescribeDBInstances", "DBInstanceIdentifier=slow")
        .await;
    assert_eq!(by_id.texts("DBInstanceStatus"), ["deleting"]);
    let again = aws.rds("DeleteDBInstance", delete).await.error().1;
    assert_eq!(again, "InvalidDBInstanceState");
    let name = aws.rds("CreateDBInstance", &fields).await.error().1;
    assert_eq!(name, "DBInstanceAlreadyExists");
    refused(
        &aws,
        &[("DeleteSecurityGroup", format!("GroupId={group}"), VIOLATION)],
    )
    .await;
    wait(&aws).await;
    assert!(database(&aws).await.is_empty());
    done(
        &aws.ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
            .await,
    );
}

#[tokio::test]
async fn a_load_balancer_is_provisioned_and_its_interfaces_outlive_it() {
    let (_instance, aws) = started("slow-balancer").await;
    let scene = network(&aws).await;
    let [one, other] = &scene.subnets;
    held(&aws, &json!({"speed": 1.0})).await;
    let fields = format!("GroupName=edge&GroupDescription=x&VpcId={}", scene.vpc);
    let group = aws
        .ec2_text("CreateSecurityGroup", &fields, "groupId")
        .await;
    let fields = format!(
        "Name=edge&Subnets.member.1={one}&Subnets.member.2={other}&SecurityGroups.member.1={group}"
    );
    let made = aws.elb("CreateLoadBalancer", &fields).await;
    let arn = made.text("LoadBalancerArn").expect("a load balancer");
    let states = async || {
        let told = aws.elb("DescribeLoadBalancers", "").await;
        told.texts("Code")
    };
    assert_eq!(states().await, ["provisioning"]);
    wait(&aws).await;
    assert_eq!(states().await, ["active"]);
    done(
        &aws.elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
            .await,
    );
    assert!(states().await.is_empty(), "it is gone at once");
    let detach = format!("VpcId={}&InternetGatewayId={}", scene.vpc, scene.gateway);
    let calls = [
        ("DeleteSecurityGroup", format!("GroupId={group}"), VIOLATION),
        ("DeleteSubnet", format!("SubnetId={one}"), VIOLATION),
        ("DetachInternetGateway", detach, VIOLATION),
    ];
    refused(&aws, &calls).await;
    let filter = format!("Filter.1.Name=group-id&Filter.1.Value.1={group}");
    let told = aws.ec2("DescribeNetworkInterfaces", &filter).await;
    assert_eq!(told.texts("subnetId").len(), 2, "{told:?}");
    wait(&aws).await;
    for (action, fields, _) in &calls {
        done(&aws.ec2(action, fields).await);
    }
}

#[tokio::test]
async fn gateways_rollouts_and_services_take_their_time() {
    let (_instance, aws) = started("slow-service").await;
    let scene = network(&aws).await;
    let subnet = &scene.subnets[0];
    held(&aws, &json!({"speed": 1.0})).await;
    let address = aws
        .ec2_text("AllocateAddress", "Domain=vpc", "allocationId")
        .await;
    let made = format!("SubnetId={subnet}&AllocationId={address}");
    let nat = aws
        .ec2_text("CreateNatGateway", &made, "natGatewayId")
        .await;
    let state = async || {
        let told = aws
            .ec2("DescribeNatGateways", &format!("NatGatewayId.1={nat}"))
            .await;
        told.text("state").expect("a state")
    };
    assert_eq!([state().await, state().await], ["pending", "pending"]);
    wait(&aws).await;
    assert_eq!(state().await, "available");
    done(
        &aws.ec2("DeleteNatGateway", &format!("NatGatewayId={nat}"))
            .await,
    );
    assert_eq!([state().await, state().await], ["deleting", "deleting"]);
    wait(&aws).await;
    assert_eq!(state().await, "deleted");

    let role = "arn:aws:iam::000000000000:role/x";
    let service = json!({
        "cluster": "one", "serviceName": "web", "taskDefinition": "web", "desiredCount": 0,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet]}},
    });
    let task = json!({
        "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "256", "memory": "512", "executionRoleArn": role,
        "containerDefinitions": [{"name": "web", "image": "web", "essential": true}],
    });
    for (operation, body) in [
        ("CreateCluster", &json!({"clusterName": "one"})),
        ("RegisterTaskDefinition", &task),
        ("CreateService", &service),
    ] {
        let (status, told) = aws.ecs(operation, body).await;
        assert_eq!(status, StatusCode::OK, "{operation}: {told}");
    }
    let asked = json!({"cluster": "one", "services": ["web"]});
    let told = async || aws.ecs("DescribeServices", &asked).await.1["services"][0].clone();
    assert_eq!(
        told().await["deployments"][0]["rolloutState"],
        "IN_PROGRESS"
    );
    wait(&aws).await;
    assert_eq!(told().await["deployments"][0]["rolloutState"], "COMPLETED");
    let delete = json!({"cluster": "one", "service": "web", "force": true});
    let (status, body) = aws.ecs("DeleteService", &delete).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(told().await["status"], "DRAINING");
    let (_, error) = aws.ecs("CreateService", &service).await;
    assert_eq!(
        error["message"],
        "Unable to Start a service that is still Draining."
    );
    wait(&aws).await;
    assert_eq!(told().await["status"], "INACTIVE");
}

#[tokio::test]
async fn what_is_new_is_seen_late_the_same_way_for_the_same_seed() {
    let (_instance, aws) = started("late").await;
    held(&aws, &json!({"lag_seconds": 10.0})).await;
    let mut late = 0;
    let mut made = Vec::new();
    for number in 0..24 {
        let fields = format!("CidrBlock=10.{number}.0.0/16");
        made.push(aws.ec2_text("CreateVpc", &fields, "vpcId").await);
    }
    for vpc in &made {
        let told = aws.ec2("DescribeVpcs", &format!("VpcId.1={vpc}")).await;
        if told.status != StatusCode::OK {
            assert_eq!(told.error(), (400, "InvalidVpcID.NotFound".to_owned()));
            late += 1;
        }
    }
    assert!((1..24).contains(&late), "{late} of 24");
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22scheduler.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let fields = format!("RoleName=fresh&AssumeRolePolicyDocument={trust}");
    let role = aws.iam("CreateRole", &fields).await;
    let role = role.text("Arn").expect("a role");
    let schedule = json!({
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:aws:sqs:ca-central-1:000000000000:x", "RoleArn": role},
    });
    let create = async || {
        let body = schedule.to_string();
        aws.scheduler(Method::POST, "schedules/fresh", &body).await
    };
    let early = create().await;
    assert_eq!(early.status, StatusCode::BAD_REQUEST, "{early:?}");
    wait(&aws).await;
    for vpc in &made {
        done(&aws.ec2("DescribeVpcs", &format!("VpcId.1={vpc}")).await);
    }
    let later = create().await;
    assert_eq!(later.status, StatusCode::OK, "{later:?}");
}
