use std::time::{Duration, Instant};

use hyper::{Method, StatusCode};
use serde_json::Value;

use crate::aws::Aws;
use crate::instance::{Instance, kill};
use crate::scene::{Network, done, network, started};

const BUCKET: &str = "<CreateBucketConfiguration><LocationConstraint>ca-central-1</LocationConstraint>\
                      </CreateBucketConfiguration>";

/// What the gateway says of its saves.
async fn saves(aws: &Aws) -> Value {
    aws.control(Method::GET, "saves", "").await
}

/// Waits until everything that was done is on the disk.
pub(crate) async fn saved(aws: &Aws) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let now = saves(aws).await;
        if now["unsaved"] == false {
            return now;
        }
        assert!(Instant::now() < deadline, "not saved: {now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the sandbox holds at a moment: addresses of the emulator, NAT gateways of the gateway, an object of S3.
type Held = [Vec<String>; 3];

async fn held(aws: &Aws) -> Held {
    let addresses = aws.ec2("DescribeAddresses", "").await;
    let gateways = aws.ec2("DescribeNatGateways", "").await;
    let object = aws.s3(Method::GET, "/ledger/one", "").await;
    let text = (object.status == StatusCode::OK).then_some(object.body);
    [
        addresses.texts("allocationId"),
        gateways.texts("natGatewayId"),
        text.into_iter().collect(),
    ]
}

/// Makes an address, which the emulator has, a NAT gateway, which the gateway remembers, and an object, which is a
/// file; what was held after each.
async fn changes(aws: &Aws, network: &Network, text: &str) -> Vec<Held> {
    let mut moments = Vec::new();
    let address = aws.ec2_text("AllocateAddress", "Domain=vpc", "allocationId");
    let address = address.await;
    moments.push(held(aws).await);
    let fields = format!("SubnetId={}&AllocationId={address}", network.subnets[0]);
    done(&aws.ec2("CreateNatGateway", &fields).await);
    moments.push(held(aws).await);
    done(&aws.s3(Method::PUT, "/ledger/one", text).await);
    moments.push(held(aws).await);
    moments
}

async fn kill_all(instance: &Instance) {
    let status = bella_sandbox::status(&instance.home).await;
    kill(status.pids.daemon.expect("a daemon"));
    kill(status.pids.emulator.expect("an emulator"));
}

#[tokio::test]
async fn what_was_saved_outlives_everything_that_runs() {
    let (instance, aws) = started("saving").await;
    let network = network(&aws).await;
    done(&aws.s3(Method::PUT, "/ledger", BUCKET).await);
    let mut moments = changes(&aws, &network, "first").await;
    saved(&aws).await;
    kill_all(&instance).await;
    let restored = instance.up().await.restored.expect("it says so");
    assert!(restored.saved_at.is_some());
    assert_eq!(Some(&held(&aws).await), moments.last(), "nothing is lost");

    moments.extend(changes(&aws, &network, "second").await);
    kill_all(&instance).await;
    instance.up().await;
    let now = held(&aws).await;
    assert!(
        moments[2..].contains(&now),
        "{now:?} is no moment of {moments:?}"
    );
}

#[tokio::test]
async fn what_rules_remember_goes_back_with_the_emulator_that_died() {
    let (instance, aws) = started("fallback").await;
    let network = network(&aws).await;
    done(&aws.s3(Method::PUT, "/ledger", BUCKET).await);
    saved(&aws).await;
    let mut moments = vec![held(&aws).await];
    moments.extend(changes(&aws, &network, "first").await);
    let status = bella_sandbox::status(&instance.home).await;
    kill(status.pids.emulator.expect("an emulator"));
    let now = held(&aws).await;
    assert!(
        moments.contains(&now),
        "{now:?} is no moment of {moments:?}"
    );
    let moments = changes(&aws, &network, "second").await;
    saved(&aws).await;
    kill_all(&instance).await;
    instance.up().await;
    assert_eq!(Some(&held(&aws).await), moments.last());
}

#[tokio::test]
async fn reading_saves_nothing() {
    let (_instance, aws) = started("reading").await;
    network(&aws).await;
    let before = saved(&aws).await;
    let bytes = before["last"]["bytes"].as_u64();
    assert!(bytes.is_some_and(|bytes| bytes > 1000), "{before}");
    for _ in 0..20 {
        done(&aws.ec2("DescribeVpcs", "").await);
        aws.s3(Method::GET, "/none", "").await;
    }
    assert_eq!(saves(&aws).await["unsaved"], false);
}
