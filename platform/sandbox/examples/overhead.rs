//! Measures what a call costs on its way through the gateway: the same calls, in turns, to the emulator itself and
//! through the gateway, one after another on a kept connection, as a Markdown table.
//!
//! `cargo run --release -p bella-sandbox --example overhead [CALLS]`; without a number, 2,000 of each kind of call.
//! Uses a sandbox of its own in a temporary folder and removes it.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bella_sandbox::{Home, UpOptions, reset, serve, up};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

type Failure = Box<dyn Error + Send + Sync>;

const CALLS: usize = 2_000;

/// A kind of call: what it shows, how it is signed, and its request.
struct Kind {
    shows: &'static str,
    service: &'static str,
    method: Method,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.1");

fn kinds() -> Vec<Kind> {
    let kind = |shows, service, method, path, headers, body: &'static str| Kind {
        shows,
        service,
        method,
        path,
        headers,
        body: body.as_bytes(),
    };
    vec![
        kind(
            "Query, passed through: sts GetCallerIdentity",
            "sts",
            Method::POST,
            "/",
            &[FORM],
            "Action=GetCallerIdentity&Version=2011-06-15",
        ),
        kind(
            "EC2 query, rules look at it: ec2 DescribeVpcs",
            "ec2",
            Method::POST,
            "/",
            &[FORM],
            "Action=DescribeVpcs&Version=2016-11-15",
        ),
        kind(
            "JSON, passed through: ecs ListClusters",
            "ecs",
            Method::POST,
            "/",
            &[
                JSON,
                (
                    "x-amz-target",
                    "AmazonEC2ContainerServiceV20141113.ListClusters",
                ),
            ],
            "{}",
        ),
        kind(
            "REST XML, streamed: s3 GetObject, 256 KiB",
            "s3",
            Method::GET,
            "/overhead/object",
            &[],
            "",
        ),
        kind(
            "REST JSON, passed through: scheduler ListScheduleGroups",
            "scheduler",
            Method::GET,
            "/schedule-groups",
            &[JSON],
            "",
        ),
        Kind {
            shows: "CBOR, passed through: cloudwatch ListMetrics",
            service: "monitoring",
            method: Method::POST,
            path: "/service/GraniteServiceVersion20100801/operation/ListMetrics",
            headers: &[
                ("content-type", "application/cbor"),
                ("smithy-protocol", "rpc-v2-cbor"),
            ],
            // An empty map.
            body: &[0xa0],
        },
    ]
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let word = words.next();
    if word.as_deref() == Some("serve") {
        return Ok(serve(&Home::from_env()?).await?);
    }
    let calls = word.map_or(Ok(CALLS), |word| word.parse())?;
    let folder = std::env::temp_dir().join(format!("bella-overhead-{}", std::process::id()));
    let home = Home::at(&folder, Home::from_env()?.environment())?;
    let measured = measure(&home, calls).await;
    reset(&home, &|_| ()).await?;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn measure(home: &Home, calls: usize) -> Result<(), Failure> {
    let options = UpOptions {
        daemon: vec![std::env::current_exe()?.into(), "serve".into()],
        ..UpOptions::default()
    };
    let status = up(home, &options, &|_| ()).await?;
    let gateway = status.endpoint.ok_or("the sandbox has no endpoint")?;
    let emulator = emulator(home.root())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    prepare(&client, &gateway).await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| call | emulator p50 ms | p99 | through the gateway p50 ms | p99 | gateway adds, p50 ms |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
    for kind in kinds() {
        let (mut direct, mut through) = (Vec::new(), Vec::new());
        for number in 0..calls + calls / 20 {
            let alone = timed(&client, &emulator, &kind).await?;
            let passed = timed(&client, &gateway, &kind).await?;
            // The first ones find everything cold.
            if number >= calls / 20 {
                direct.push(alone);
                through.push(passed);
            }
        }
        let (direct, through) = (Spread::of(direct), Spread::of(through));
        writeln!(
            out,
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
            kind.shows,
            direct.p50,
            direct.p99,
            through.p50,
            through.p99,
            through.p50 - direct.p50
        )?;
    }
    Ok(())
}

/// Where the emulator of a running sandbox listens.
fn emulator(root: &Path) -> Result<String, Failure> {
    let ports: serde_json::Value =
        serde_json::from_slice(&std::fs::read(root.join("ports.json"))?)?;
    let port = ports["emulator"]
        .as_u64()
        .ok_or("no port of the emulator")?;
    Ok(format!("http://127.0.0.1:{port}"))
}

/// The object that is read.
async fn prepare(
    client: &Client<HttpConnector, Full<Bytes>>,
    endpoint: &str,
) -> Result<(), Failure> {
    for (path, size) in [("/overhead", 0), ("/overhead/object", 256 * 1024)] {
        let request = Request::put(format!("{endpoint}{path}"))
            .header(AUTHORIZATION, signed("s3"))
            .body(Full::from(vec![7; size]))?;
        let answer = client.request(request).await?;
        if !answer.status().is_success() {
            return Err(format!("PUT {path}: {}", answer.status()).into());
        }
    }
    Ok(())
}

async fn timed(
    client: &Client<HttpConnector, Full<Bytes>>,
    endpoint: &str,
    kind: &Kind,
) -> Result<Duration, Failure> {
    let mut request = Request::builder()
        .method(kind.method.clone())
        .uri(format!("{endpoint}{}", kind.path))
        .header(AUTHORIZATION, signed(kind.service));
    for (name, value) in kind.headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::from(kind.body))?;
    let began = Instant::now();
    let answer = client.request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    let took = began.elapsed();
    if !status.is_success() {
        let said = String::from_utf8_lossy(&body);
        return Err(format!("{}: {status} {said}", kind.shows).into());
    }
    Ok(took)
}

fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Milliseconds.
struct Spread {
    p50: f64,
    p99: f64,
}

impl Spread {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |part: usize| {
            let place = all.len() * part / 100;
            all.get(place)
                .map_or(0.0, |took| took.as_secs_f64() * 1000.0)
        };
        Self {
            p50: at(50),
            p99: at(99),
        }
    }
}
