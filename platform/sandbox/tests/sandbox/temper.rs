//! What AWS does to a caller who did nothing wrong.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::{done, started};

async fn temper(aws: &Aws, settings: &Value) {
    let text = settings.to_string();
    aws.control(Method::POST, "temper", &text).await;
}

async fn fired(aws: &Aws) -> Vec<Value> {
    let told = aws.control(Method::GET, "fired", "").await;
    told["fired"].as_array().expect("a log").clone()
}

#[tokio::test]
async fn who_asks_too_often_is_refused_until_the_bucket_fills() {
    let (instance, aws) = started("throttled").await;
    aws.control(Method::POST, "clock", r#"{"hold": true}"#)
        .await;
    temper(&aws, &json!({"throttling": true})).await;
    for _ in 0..100 {
        done(&aws.ec2("DescribeVpcs", "").await);
    }
    let refused = aws.ec2("DescribeVpcs", "").await;
    assert_eq!(refused.error(), (503, "RequestLimitExceeded".to_owned()));
    done(&aws.ec2("DescribeSubnets", "").await);
    aws.control(Method::POST, "clock", r#"{"advance": 0.1}"#)
        .await;
    for _ in 0..2 {
        done(&aws.ec2("DescribeVpcs", "").await);
    }
    let refused = aws.ec2("DescribeVpcs", "").await;
    assert_eq!(refused.error().1, "RequestLimitExceeded");
    for _ in 0..20 {
        aws.ecs("CreateCluster", &json!({"clusterName": "x"})).await;
    }
    let (status, error) = aws.ecs("CreateCluster", &json!({"clusterName": "x"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["__type"], "ThrottlingException");
    let log = fired(&aws).await;
    let what: Vec<_> = log
        .iter()
        .map(|one| (&one["what"], &one["operation"]))
        .collect();
    assert_eq!(
        what,
        [
            (&json!("throttled"), &json!("DescribeVpcs")),
            (&json!("throttled"), &json!("DescribeVpcs")),
            (&json!("throttled"), &json!("CreateCluster")),
        ]
    );
    // The settings outlive the daemon, and a reset of the test's.
    instance.down().await;
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    let kept = aws.control(Method::GET, "temper", "").await;
    assert_eq!(kept["throttling"], json!(true));
    let off = aws.control(Method::DELETE, "temper", "").await;
    assert_eq!(off["throttling"], json!(false));
}

#[tokio::test]
async fn credentials_expire_in_each_protocols_words_and_new_ones_do_not() {
    let (_instance, aws) = started("expired").await;
    temper(&aws, &json!({"credentials_expire_after": 2})).await;
    done(&aws.ec2("DescribeVpcs", "").await);
    done(&aws.rds("DescribeDBInstances", "").await);
    let ec2 = aws.ec2("DescribeVpcs", "").await.error();
    assert_eq!(ec2, (400, "RequestExpired".to_owned()));
    let rds = aws.rds("DescribeDBInstances", "").await.error();
    assert_eq!(rds, (403, "ExpiredToken".to_owned()));
    let (status, error) = aws.ecs("ListClusters", &json!({})).await;
    assert_eq!(
        (status, &error["__type"]),
        (StatusCode::BAD_REQUEST, &json!("ExpiredTokenException"))
    );
    let s3 = aws.s3(Method::GET, "/", "").await.error();
    assert_eq!(s3, (400, "ExpiredToken".to_owned()));
    let renewed = aws.with_key("renewed");
    done(&renewed.ec2("DescribeVpcs", "").await);
    assert_eq!(fired(&aws).await.len(), 4);
}

#[tokio::test]
async fn faults_by_rate_are_replayed_by_their_seed() {
    let (_instance, aws) = started("rates").await;
    let faults = json!([
        {"service": "ec2", "rate": 0.3, "fault": "throttle"},
        {"service": "ec2", "rate": 0.2, "fault": "reset"},
        {"service": "ec2", "fault": "latency", "times": 1000, "delay_ms": 1, "p99_ms": 5},
    ]);
    let mut runs = Vec::new();
    for seed in [5, 5, 6] {
        temper(&aws, &json!({"seed": seed})).await;
        aws.control(Method::POST, "faults", &faults.to_string())
            .await;
        let mut seen = Vec::new();
        for _ in 0..40 {
            let answer = aws.try_ec2("DescribeVpcs", "").await;
            seen.push(answer.map(|answer| answer.status.as_u16()));
        }
        let log = fired(&aws).await;
        let logged: Vec<_> = log.iter().map(|one| one["detail"].clone()).collect();
        runs.push((seen, logged));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    for expected in [Some(200), Some(503), None] {
        assert!(
            runs[0].0.contains(&expected),
            "{expected:?}: {:?}",
            runs[0].0
        );
    }
    // Each by the word it was asked for with.
    let told = aws.control(Method::GET, "fired", "").await;
    for fault in ["throttle", "reset", "latency"] {
        let is_it = |one: &Value| one["what"] == "fault" && one["detail"] == fault;
        assert!(fired(&aws).await.iter().any(is_it), "{fault}: {told}");
    }
    assert_eq!(told["temper"]["seed"], 6);
    assert_eq!(told["faults"][0]["seen"], 40);
}
