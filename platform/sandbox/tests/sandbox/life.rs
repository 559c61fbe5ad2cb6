use bella_sandbox::Stopped;
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;

use crate::aws::Aws;
use crate::instance::{Instance, kill};

#[tokio::test]
async fn what_is_made_outlives_a_stop() {
    let instance = Instance::new("stop");
    let first = instance.up().await;
    assert!(first.running);
    let endpoint = first.endpoint.clone().expect("an endpoint");
    let aws = Aws::new(&endpoint);
    let vpc = aws
        .ec2_text("CreateVpc", "CidrBlock=10.20.0.0/16", "vpcId")
        .await;
    assert_eq!(instance.up().await, first, "a second up changes nothing");

    assert_eq!(instance.down().await, Stopped::Cleanly);
    let stopped = bella_sandbox::status(&instance.home).await;
    assert_eq!((stopped.running, stopped.endpoint), (false, None));
    assert_eq!(instance.down().await, Stopped::NotRunning);

    instance.said();
    let again = instance.up().await;
    assert_eq!(again.endpoint, Some(endpoint), "the endpoint is stable");
    assert_eq!(again.restored, None, "a clean stop is not worth a word");
    assert_eq!(instance.said().len(), 1, "only that it starts");
    let found = aws
        .ec2_text("DescribeVpcs", &format!("VpcId.1={vpc}"), "cidrBlock")
        .await;
    assert_eq!(found, "10.20.0.0/16");
}

#[tokio::test]
async fn a_killed_daemon_and_its_emulator_are_followed_by_the_last_save() {
    let instance = Instance::new("killed");
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    let saved = aws
        .ec2_text("CreateVpc", "CidrBlock=10.1.0.0/16", "vpcId")
        .await;
    instance.down().await;
    let status = instance.up().await;
    kill(status.pids.daemon.expect("a daemon"));
    kill(status.pids.emulator.expect("an emulator"));

    instance.said();
    let restored = instance.up().await.restored.expect("it says so");
    let at = restored.saved_at.expect("there was a save");
    let said = instance.said();
    let expected = format!(
        "restored the state saved at {}",
        at.strftime("%Y-%m-%d %H:%M:%SZ")
    );
    assert!(said.iter().any(|line| line.contains(&expected)), "{said:?}");
    let there = |vpc: &str| format!("VpcId.1={vpc}");
    assert_eq!(
        aws.ec2("DescribeVpcs", &there(&saved)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_orphaned_emulator_saves_before_the_next_start() {
    let instance = Instance::new("orphan");
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    let vpc = aws
        .ec2_text("CreateVpc", "CidrBlock=10.3.0.0/16", "vpcId")
        .await;
    kill(status.pids.daemon.expect("a daemon"));
    let orphan = status.pids.emulator.expect("an emulator");
    instance.said();
    let again = instance.up().await;
    assert_ne!(again.pids.emulator, Some(orphan));
    let said = instance.said();
    assert!(
        said[0].starts_with(&format!("stopped process {orphan}")),
        "{said:?}"
    );
    let found = aws
        .ec2_text("DescribeVpcs", &format!("VpcId.1={vpc}"), "cidrBlock")
        .await;
    assert_eq!(found, "10.3.0.0/16");
}

#[tokio::test]
async fn an_emulator_that_dies_is_started_again() {
    let instance = Instance::new("emulator");
    let status = instance.up().await;
    let aws = Aws::new(status.endpoint.as_deref().expect("an endpoint"));
    kill(status.pids.emulator.expect("an emulator"));
    // Asked at once, while there is none: the gateway waits for the next one rather than fail.
    let answer = aws.ec2("DescribeVpcs", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let log = std::fs::read_to_string(instance.home.log()).expect("a log");
    assert!(log.contains("the emulator ended by itself"), "{log}");
    let now = bella_sandbox::status(&instance.home).await;
    assert!(now.running && now.restored.is_some(), "{now:?}");
}

#[tokio::test]
async fn two_instances_are_two_clouds() {
    let (one, two) = (Instance::new("one"), Instance::new("two"));
    let (first, second) = tokio::join!(one.up(), two.up());
    assert_ne!(first.endpoint, second.endpoint);
    let ours = Aws::new(first.endpoint.as_deref().expect("an endpoint"));
    let theirs = Aws::new(second.endpoint.as_deref().expect("an endpoint"));
    let vpc = ours
        .ec2_text("CreateVpc", "CidrBlock=10.4.0.0/16", "vpcId")
        .await;
    let there = theirs.ec2("DescribeVpcs", &format!("VpcId.1={vpc}")).await;
    assert_eq!(there.error(), (400, "InvalidVpcID.NotFound".to_owned()));
    one.down().await;
    assert!(bella_sandbox::status(&two.home).await.running);
}

#[tokio::test]
async fn the_machines_docker_is_out_of_reach() {
    let instance = Instance::new("docker");
    instance.up().await;
    let socket = instance.home.root().join("docker.sock");
    let stream = tokio::net::UnixStream::connect(&socket)
        .await
        .expect("a socket");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .expect("HTTP");
    let pump = tokio::spawn(connection);
    let request = Request::builder()
        .uri("/v1.43/containers/json")
        .header("host", "docker")
        .body(Empty::<bytes::Bytes>::new())
        .expect("a request");
    let answer = sender.send_request(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let message = "this sandbox runs no containers: the machine's Docker is left alone";
    assert_eq!(body, serde_json::json!({ "message": message }));
    pump.abort();
    instance.down().await;
    assert!(!socket.exists(), "the socket goes with the daemon");
}
