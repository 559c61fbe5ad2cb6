use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Call, Envelope, Protocol};

struct Case {
    request: (&'static str, &'static str),
    headers: &'static [(&'static str, &'static str)],
    form: &'static str,
    expected: (&'static str, &'static str, Option<&'static str>, Protocol),
}

const EC2: &str = "AWS4-HMAC-SHA256 Credential=test/20261122/ca-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
const ELB: &str = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/elasticloadbalancing/aws4_request,Signature=0";
const ECS: &str =
    "AWS4-HMAC-SHA256 Credential=test/20261122/ca-central-1/ecs/aws4_request, Signature=0";
const S3: &str =
    "AWS4-HMAC-SHA256 Credential=test/20261122/ca-central-1/s3/aws4_request, Signature=0";
const R53: &str =
    "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/route53/aws4_request, Signature=0";
const SCHEDULER: &str =
    "AWS4-HMAC-SHA256 Credential=test/20261122/ca-central-1/scheduler/aws4_request, Signature=0";
const CA: Option<&str> = Some("ca-central-1");
const VA: Option<&str> = Some("us-east-1");

const CASES: &[Case] = &[
    Case {
        request: ("POST", "/"),
        headers: &[("authorization", EC2)],
        form: "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16",
        expected: ("ec2", "CreateVpc", CA, Protocol::Ec2Query),
    },
    Case {
        request: ("GET", "/?Action=DescribeLoadBalancers&Version=2015-12-01"),
        headers: &[("authorization", ELB)],
        form: "",
        expected: (
            "elasticloadbalancing",
            "DescribeLoadBalancers",
            VA,
            Protocol::Query,
        ),
    },
    Case {
        request: ("POST", "/"),
        headers: &[
            ("authorization", ECS),
            (
                "x-amz-target",
                "AmazonEC2ContainerServiceV20141113.CreateCluster",
            ),
        ],
        form: "",
        expected: ("ecs", "CreateCluster", CA, Protocol::Json),
    },
    Case {
        request: ("POST", "/"),
        headers: &[("x-amz-target", "Logs_20140328.CreateLogGroup")],
        form: "",
        expected: ("logs", "CreateLogGroup", None, Protocol::Json),
    },
    Case {
        request: (
            "POST",
            "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm",
        ),
        headers: &[(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=a/20261122/ca-central-1/monitoring/aws4_request, Signature=0",
        )],
        form: "",
        expected: ("monitoring", "PutMetricAlarm", CA, Protocol::Cbor),
    },
    Case {
        request: ("POST", "/"),
        headers: &[("host", "127.0.0.1:4566")],
        form: "Action=AssumeRoleWithWebIdentity&Version=2011-06-15",
        expected: ("sts", "AssumeRoleWithWebIdentity", None, Protocol::Query),
    },
    Case {
        request: ("POST", "/"),
        headers: &[("host", "sts.ca-central-1.amazonaws.com")],
        form: "Action=GetCallerIdentity&Version=2011-06-15",
        expected: ("sts", "GetCallerIdentity", None, Protocol::Query),
    },
    Case {
        request: ("PUT", "/ledger/runs/1.json"),
        headers: &[("authorization", S3)],
        form: "",
        expected: ("s3", "PutObject", CA, Protocol::RestXml),
    },
    Case {
        request: ("PUT", "/ledger?versioning"),
        headers: &[("authorization", S3)],
        form: "",
        expected: ("s3", "PutBucketVersioning", CA, Protocol::RestXml),
    },
    Case {
        request: ("GET", "/ledger?list-type=2&prefix=runs"),
        headers: &[("authorization", S3)],
        form: "",
        expected: ("s3", "ListObjectsV2", CA, Protocol::RestXml),
    },
    Case {
        request: (
            "GET",
            "/ledger/a?X-Amz-Credential=test%2F20261122%2Fca-central-1%2Fs3%2Faws4_request",
        ),
        headers: &[],
        form: "",
        expected: ("s3", "GetObject", CA, Protocol::RestXml),
    },
    Case {
        request: ("POST", "/2013-04-01/hostedzone"),
        headers: &[("authorization", R53)],
        form: "",
        expected: ("route53", "CreateHostedZone", VA, Protocol::RestXml),
    },
    Case {
        request: ("POST", "/schedules/off"),
        headers: &[("authorization", SCHEDULER)],
        form: "",
        expected: ("scheduler", "CreateSchedule", CA, Protocol::RestJson),
    },
    Case {
        request: (
            "DELETE",
            "/tags/arn:aws:scheduler:x:1:schedule-group/a?TagKeys=b",
        ),
        headers: &[("authorization", SCHEDULER)],
        form: "",
        expected: ("scheduler", "UntagResource", CA, Protocol::RestJson),
    },
    Case {
        request: ("PUT", "/schedules"),
        headers: &[("authorization", SCHEDULER)],
        form: "",
        expected: ("scheduler", "PUT /schedules", CA, Protocol::RestJson),
    },
    Case {
        request: ("DELETE", "/ledger?website"),
        headers: &[("authorization", S3)],
        form: "",
        expected: ("s3", "DELETE bucket?website", CA, Protocol::RestXml),
    },
];

#[test]
fn classifies() {
    for case in CASES {
        let (method, target) = case.request;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: HeaderMap = case
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let call = Call::of(&Envelope {
            method: &Method::from_bytes(method.as_bytes()).expect("method"),
            path,
            query,
            headers: &headers,
            form: case.form.as_bytes(),
        });
        let got = (
            call.service.as_str(),
            call.operation.as_str(),
            call.region.as_deref(),
            call.protocol,
        );
        assert_eq!(got, case.expected, "{method} {target}");
    }
}
