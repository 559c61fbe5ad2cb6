//! The history of a service's deployments, which the bare emulator does not keep.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{network, started};

#[tokio::test]
async fn a_service_keeps_its_deployments() {
    let (_instance, aws) = started("deployments").await;
    let net = network(&aws).await;
    aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{"name": "app", "image": "i"}],
    });
    for _ in 0..2 {
        aws.ecs("RegisterTaskDefinition", &definition).await;
    }
    let service = json!({
        "cluster": "c", "serviceName": "s", "taskDefinition": "app:1", "desiredCount": 0,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [net.subnets[0]]}},
    });
    let (status, made) = aws.ecs("CreateService", &service).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let update = json!({"cluster": "c", "service": "s", "taskDefinition": "app:2"});
    aws.ecs("UpdateService", &update).await;

    let listed = list(&aws, json!({})).await;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert_eq!(listed[0]["status"], "SUCCESSFUL", "{listed:?}");
    let page = list(&aws, json!({"maxResults": 1, "nextToken": "1"})).await;
    assert_eq!(
        page[0]["serviceDeploymentArn"],
        listed[1]["serviceDeploymentArn"]
    );
    assert!(list(&aws, json!({"status": ["STOPPED"]})).await.is_empty());
    assert!(
        list(&aws, json!({"createdAt": {"after": 4e9}}))
            .await
            .is_empty()
    );

    let arn = listed[0]["serviceDeploymentArn"].as_str().expect("an ARN");
    assert!(arn.contains(":service-deployment/c/s/"), "{arn}");
    let missing = arn.replace("/s/", "/t/");
    let asked = json!({"serviceDeploymentArns": [arn, missing]});
    let (_, described) = aws.ecs("DescribeServiceDeployments", &asked).await;
    assert_eq!(
        described["failures"][0]["arn"],
        missing.as_str(),
        "{described}"
    );
    let newest = &described["serviceDeployments"][0];
    let target = &listed[0]["targetServiceRevisionArn"];
    assert_eq!(&newest["targetServiceRevision"]["arn"], target, "{newest}");
    let source = &listed[1]["targetServiceRevisionArn"];
    assert_eq!(
        &newest["sourceServiceRevisions"][0]["arn"], source,
        "{newest}"
    );

    let asked = json!({"serviceRevisionArns": [target, source]});
    let (_, revisions) = aws.ecs("DescribeServiceRevisions", &asked).await;
    for (position, family) in [(0, "app:2"), (1, "app:1")] {
        let runs = &revisions["serviceRevisions"][position]["taskDefinition"];
        let runs = runs.as_str().expect("an ARN");
        assert!(runs.ends_with(family), "{revisions}");
    }
    for (arn, code) in [
        (arn, "ConflictException"),
        (&missing, "ServiceDeploymentNotFoundException"),
    ] {
        let stop = json!({"serviceDeploymentArn": arn, "stopType": "ROLLBACK"});
        let (_, answer) = aws.ecs("StopServiceDeployment", &stop).await;
        assert_eq!(answer["__type"], code, "{answer}");
    }
    let (_, answer) = aws
        .ecs(
            "ListServiceDeployments",
            &json!({"cluster": "c", "service": "t"}),
        )
        .await;
    assert_eq!(answer["__type"], "ServiceNotFoundException", "{answer}");
}

/// The service's deployments, newest first.
/// The emulator behind keeps all of them.
#[tokio::test]
async fn the_latest_hundred_events_of_a_service_are_kept() {
    let (_instance, aws) = started("events").await;
    let net = network(&aws).await;
    aws.ecs("CreateCluster", &json!({"clusterName": "c"})).await;
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [{"name": "app", "image": "i"}],
    });
    aws.ecs("RegisterTaskDefinition", &definition).await;
    let service = json!({
        "cluster": "c", "serviceName": "s", "taskDefinition": "app:1", "desiredCount": 0,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [net.subnets[0]]}},
    });
    aws.ecs("CreateService", &service).await;
    let mut latest = Vec::new();
    for _ in 0..105 {
        let update = json!({"cluster": "c", "service": "s", "desiredCount": 0});
        let (_, updated) = aws.ecs("UpdateService", &update).await;
        latest.push(updated["service"]["events"][0]["id"].clone());
    }
    let asked = json!({"cluster": "c", "services": ["s"]});
    let (_, described) = aws.ecs("DescribeServices", &asked).await;
    let events = described["services"][0]["events"].as_array();
    let kept: Vec<_> = events
        .expect("a list")
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    latest.reverse();
    assert_eq!(kept, latest[..100]);
}

async fn list(aws: &Aws, more: Value) -> Vec<Value> {
    let mut asked = json!({"cluster": "c", "service": "s"});
    for (key, value) in more.as_object().expect("fields") {
        asked[key] = value.clone();
    }
    let (_, answer) = aws.ecs("ListServiceDeployments", &asked).await;
    let listed = answer["serviceDeployments"].as_array();
    listed.unwrap_or_else(|| panic!("{answer}")).clone()
}
