//! Application Auto Scaling, which the bare emulator has not.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{network, started};

const SERVICE: &str = "service/one/one";

#[tokio::test]
async fn scaling_of_a_service_outlives_the_daemon() {
    let (instance, aws) = started("scaling").await;
    let early = ask(&aws, "RegisterScalableTarget", capacity(0, 3)).await;
    assert_eq!(code(&early), "ValidationException", "no service yet");
    service(&aws).await;
    for (min, max) in [(2, 1), (-1, 1)] {
        let unfit = ask(&aws, "RegisterScalableTarget", capacity(min, max)).await;
        assert_eq!(code(&unfit), "ValidationException", "{min} to {max}");
    }
    let policy = policy("cpu", "ECSServiceAverageCPUUtilization");
    let early = ask(&aws, "PutScalingPolicy", policy.clone()).await;
    assert_eq!(code(&early), "ObjectNotFoundException", "no target yet");
    let mut tagged = capacity(0, 3);
    tagged["Tags"] = json!({"owner": "one"});
    let made = ask(&aws, "RegisterScalableTarget", tagged).await;
    assert_eq!(made.0, StatusCode::OK, "{made:?}");
    let listed = json!({"ResourceARN": made.1["ScalableTargetARN"]});
    let (_, tags) = ask(&aws, "ListTagsForResource", listed).await;
    assert_eq!(tags["Tags"], json!({"owner": "one"}));
    let made = ask(&aws, "PutScalingPolicy", policy.clone()).await;
    assert_eq!(made.0, StatusCode::OK, "{made:?}");
    let alarms = made.1["Alarms"].as_array().map_or(0, Vec::len);
    assert_eq!((alarms, alarms_made(&aws).await), (2, 2), "{made:?}");
    nights(&aws).await;
    let mut twin = policy.clone();
    twin["PolicyName"] = json!("twin");
    let refused = ask(&aws, "PutScalingPolicy", twin).await;
    assert_eq!(code(&refused), "ValidationException", "the same metric");

    instance.down().await;
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    let grown = json!({"MaxCapacity": 5});
    let changed = ask(&aws, "RegisterScalableTarget", grown).await;
    assert_eq!(changed.0, StatusCode::OK, "{changed:?}");
    let (_, found) = ask(
        &aws,
        "DescribeScalableTargets",
        json!({"ResourceIds": [SERVICE]}),
    )
    .await;
    let target = &found["ScalableTargets"][0];
    assert_eq!(
        (&target["MinCapacity"], &target["MaxCapacity"]),
        (&json!(0), &json!(5))
    );
    let (_, found) = ask(&aws, "DescribeScalingPolicies", json!({})).await;
    assert_eq!(found["ScalingPolicies"][0]["PolicyName"], "cpu", "{found}");

    let gone = ask(&aws, "DeregisterScalableTarget", json!({})).await;
    assert_eq!(gone.0, StatusCode::OK, "{gone:?}");
    for (operation, body) in [
        ("DeregisterScalableTarget", json!({})),
        ("DeleteScalingPolicy", json!({"PolicyName": "cpu"})),
    ] {
        let again = ask(&aws, operation, body).await;
        assert_eq!(code(&again), "ObjectNotFoundException", "{operation}");
    }
    let (_, found) = ask(&aws, "DescribeScalingPolicies", json!({})).await;
    assert_eq!(
        found,
        json!({"ScalingPolicies": []}),
        "gone with the target"
    );
    assert_eq!(alarms_made(&aws).await, 0, "gone with the policy");
}

async fn alarms_made(aws: &Aws) -> usize {
    let target = "GraniteServiceVersion20100801.DescribeAlarms";
    let (_, found) = aws.json("monitoring", target, &json!({})).await;
    found["MetricAlarms"].as_array().map_or(0, Vec::len)
}

/// A scheduled action is kept with its time zone, and refused when it cannot come true.
async fn nights(aws: &Aws) {
    let action = json!({
        "ScheduledActionName": "night", "Schedule": "cron(0 20 * * ? *)", "Timezone": "America/Toronto",
        "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0},
    });
    let mut unfit = action.clone();
    unfit["Timezone"] = json!("Mars/Base");
    let refused = ask(aws, "PutScheduledAction", unfit).await;
    assert_eq!(code(&refused), "ValidationException");
    ask(aws, "PutScheduledAction", action).await;
    let (_, found) = ask(aws, "DescribeScheduledActions", json!({})).await;
    assert_eq!(found["ScheduledActions"][0]["Timezone"], "America/Toronto");
    let name = json!({"ScheduledActionName": "night"});
    let gone = ask(aws, "DeleteScheduledAction", name.clone()).await;
    assert_eq!(gone.0, StatusCode::OK, "{gone:?}");
    let again = ask(aws, "DeleteScheduledAction", name).await;
    assert_eq!(code(&again), "ObjectNotFoundException");
}

fn capacity(min: i32, max: i32) -> Value {
    json!({"MinCapacity": min, "MaxCapacity": max})
}

fn policy(name: &str, metric: &str) -> Value {
    json!({
        "PolicyName": name,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    })
}

async fn ask(aws: &Aws, operation: &str, mut body: Value) -> (StatusCode, Value) {
    body["ServiceNamespace"] = json!("ecs");
    if !operation.starts_with("Describe") {
        body["ResourceId"] = json!(SERVICE);
        body["ScalableDimension"] = json!("ecs:service:DesiredCount");
    }
    let target = format!("AnyScaleFrontendService.{operation}");
    aws.json("application-autoscaling", &target, &body).await
}

fn code((_, answer): &(StatusCode, Value)) -> &str {
    answer["__type"].as_str().unwrap_or_default()
}

/// A service without tasks.
async fn service(aws: &Aws) {
    let net = network(aws).await;
    let group = format!("GroupName=one&GroupDescription=d&VpcId={}", net.vpc);
    let group = aws.ec2_text("CreateSecurityGroup", &group, "groupId").await;
    let task = json!({
        "family": "one",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "app", "image": "nginx"}],
    });
    let service = json!({
        "cluster": "one",
        "serviceName": "one",
        "taskDefinition": "one",
        "desiredCount": 0,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": [net.subnets[0]], "securityGroups": [group]}},
    });
    for (operation, body) in [
        ("CreateCluster", json!({"clusterName": "one"})),
        ("RegisterTaskDefinition", task),
        ("CreateService", service),
    ] {
        let made = aws.ecs(operation, &body).await;
        assert_eq!(made.0, StatusCode::OK, "{operation}: {made:?}");
    }
}
