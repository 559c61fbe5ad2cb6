//! The sandbox's AWS as somebody else uses it: plain requests, independent of the product's clients.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) const REGION: &str = "ca-central-1";

/// An AWS endpoint that checks no signature.
pub(crate) struct Cloud {
    pub(crate) endpoint: String,
}

/// What a listing is asked for: service, operation, and how the ids in its answer begin.
const LISTINGS: &[(&str, &str, &str)] = &[
    ("ec2", "DescribeVpcs", "vpc-"),
    ("ec2", "DescribeSubnets", "subnet-"),
    ("ec2", "DescribeRouteTables", "rtb-"),
    ("ec2", "DescribeRouteTables", "rtbassoc-"),
    ("ec2", "DescribeInternetGateways", "igw-"),
    ("ec2", "DescribeSecurityGroups", "sg-"),
    ("ec2", "DescribeSecurityGroupRules", "sgr-"),
    ("ec2", "DescribeVpcEndpoints", "vpce-"),
    (
        "elasticloadbalancing",
        "DescribeLoadBalancers",
        "arn:aws:elasticloadbalancing:",
    ),
    (
        "elasticloadbalancing",
        "DescribeTargetGroups",
        "arn:aws:elasticloadbalancing:",
    ),
    ("iam", "ListRoles", "arn:aws:iam:"),
    ("ecs", "ListClusters", "arn:aws:ecs:"),
    ("ecs", "ListTaskDefinitions", "arn:aws:ecs:"),
    ("ecr", "DescribeRepositories", "arn:aws:ecr:"),
    ("logs", "DescribeLogGroups", "arn:aws:logs:"),
];

impl Cloud {
    pub(crate) fn at(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
        }
    }

    /// How many objects of each sort there are.
    pub(crate) fn count(&self) -> BTreeMap<String, usize> {
        let count = |service: &str, operation: &str, start: &str| {
            let answer = match service {
                "ecs" | "ecr" | "logs" => self.json(service, operation, &json!({})).to_string(),
                _ => self.query(service, operation, &[]),
            };
            let words = answer.split(|c: char| "<>\" ".contains(c));
            words
                .filter(|word| word.starts_with(start))
                .collect::<BTreeSet<_>>()
                .len()
        };
        LISTINGS
            .iter()
            .map(|(service, operation, start)| {
                (
                    format!("{operation} {start}"),
                    count(service, operation, start),
                )
            })
            .collect()
    }

    /// A call in the Query protocol: EC2, IAM, load balancing.
    pub(crate) fn query(
        &self,
        service: &str,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let version = match service {
            "ec2" => "2016-11-15",
            "iam" => "2010-05-08",
            "rds" => "2014-10-31",
            _ => "2015-12-01",
        };
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in parameters {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        self.call(
            service,
            "Content-Type: application/x-www-form-urlencoded\r\n",
            &body,
        )
    }

    /// A call in the JSON protocol: ECS, ECR, secrets, logs.
    pub(crate) fn json(&self, service: &str, operation: &str, body: &Value) -> Value {
        let target = match service {
            "ecs" => "AmazonEC2ContainerServiceV20141113",
            "ecr" => "AmazonEC2ContainerRegistry_V20150921",
            "secretsmanager" => "secretsmanager",
            "ce" => "AWSInsightsIndexService",
            "application-autoscaling" => "AnyScaleFrontendService",
            _ => "Logs_20140328",
        };
        let headers = format!(
            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}.{operation}\r\n"
        );
        let answer = self.call(service, &headers, &body.to_string());
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    fn call(&self, service: &str, headers: &str, body: &str) -> String {
        let scope = format!("somebody/20260101/{REGION}/{service}/aws4_request");
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let (status, answer) = self.send(
            "POST",
            "/",
            &format!("Authorization: {signature}\r\n{headers}"),
            body,
        );
        assert_eq!(status, 200, "{service}: {body}: {answer}");
        answer
    }

    /// A call in S3's protocol.
    pub(crate) fn s3(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let scope = format!("somebody/20260101/{REGION}/s3/aws4_request");
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let headers = format!("Authorization: {signature}\r\n{headers}");
        self.send(method, path, &headers, "")
    }

    /// Puts a manifest into a repository under a tag, whatever it is; its digest.
    pub(crate) fn manifest(&self, repository: &str, tag: &str, manifest: &Value) -> String {
        let kind = manifest["mediaType"].as_str().expect("a media type");
        let headers = format!("Authorization: Basic QVdTOng=\r\nContent-Type: {kind}\r\n");
        let path = format!("/v2/{repository}/manifests/{tag}");
        let (status, answer) = self.send("PUT", &path, &headers, &manifest.to_string());
        assert_eq!(status, 201, "{answer}");
        let asked = json!({"repositoryName": repository, "imageIds": [{"imageTag": tag}]});
        let told = self.json("ecr", "DescribeImages", &asked);
        let digest = told["imageDetails"][0]["imageDigest"].as_str();
        digest.expect("it is there").to_owned()
    }

    /// Makes a hosted zone.
    pub(crate) fn zone(&self, name: &str) {
        let scope = "somebody/20260101/us-east-1/route53/aws4_request";
        let head = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
        );
        let body = format!(
            "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>{name}</Name><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>"
        );
        let (status, answer) = self.send("POST", "/2013-04-01/hostedzone", &head, &body);
        assert_eq!(status, 201, "{answer}");
    }

    /// What the sandbox itself is asked, below `/_bella/`.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(method, &format!("/_bella/{path}"), "", &body.to_string());
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    /// Has Cost Explorer answer from these lines.
    pub(crate) fn bill(&self, lines: &Value) {
        let path = "/moto-api/static/ce/cost-and-usage-results";
        let body = json!({ "lines": lines }).to_string();
        let (status, answer) = self.send("POST", path, "", &body);
        assert_eq!(status, 201, "{answer}");
    }

    /// Injects faults, a JSON list.
    pub(crate) fn faults(&self, faults: &Value) {
        let (status, answer) = self.send("POST", "/_bella/faults", "", &faults.to_string());
        assert_eq!(status, 200, "{answer}");
    }

    /// Makes every call this much slower.
    pub(crate) fn slow(&self, milliseconds: u64) {
        self.faults(&json!([{"fault": "delay_ms", "delay_ms": milliseconds, "times": 1_000_000}]));
    }

    pub(crate) fn no_faults(&self) {
        self.faults(&json!([]));
    }

    /// The number of the last call.
    pub(crate) fn last_call(&self) -> u64 {
        self.log(u64::MAX)["last"].as_u64().unwrap_or_default()
    }

    /// How many calls are under way.
    pub(crate) fn open(&self) -> u64 {
        self.log(u64::MAX)["open"]
            .as_u64()
            .expect("the sandbox counts them")
    }

    /// How many changing calls came after number `since`; what a ledger records is none.
    pub(crate) fn changes(&self, since: u64) -> usize {
        let log = self.log(since);
        let operations = log["calls"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|call| call["service"] != "s3")
            .filter_map(|call| call["operation"].as_str());
        operations
            .filter(|name| {
                !["Describe", "List", "Get", "BatchGet"]
                    .iter()
                    .any(|verb| name.starts_with(verb))
            })
            .count()
    }

    fn log(&self, since: u64) -> Value {
        let (_, answer) = self.send("GET", &format!("/_bella/calls?since={since}"), "", "");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let authority = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).expect("the sandbox listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("a timeout can be set");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{headers}"
        );
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        stream
            .write_all(request.as_bytes())
            .expect("the sandbox reads");
        let mut answer = Vec::new();
        stream
            .read_to_end(&mut answer)
            .expect("the sandbox answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|text| text.parse().ok())
            .expect("an HTTP status");
        let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        (
            status,
            if chunked {
                dechunked(body)
            } else {
                body.to_owned()
            },
        )
    }
}

fn dechunked(mut rest: &str) -> String {
    let mut out = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = after.get(..size).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        out.push_str(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    out
}
