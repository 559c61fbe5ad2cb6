//! Addresses, certificates and records, where the bare emulator departs from what AWS documents.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::{Answer, Aws};
use crate::scene::{Network, VIOLATION, done, network, refused, started};

#[tokio::test]
async fn a_nat_gateway_takes_its_time_and_has_its_address_meanwhile() {
    let (_instance, aws) = started("nat").await;
    let Network {
        vpc,
        gateway,
        subnets: [subnet, other],
    } = network(&aws).await;
    let address = aws
        .ec2_text("AllocateAddress", "Domain=vpc", "allocationId")
        .await;
    let made = format!("SubnetId={subnet}&AllocationId={address}&ClientToken=once");
    let nat = aws
        .ec2_text("CreateNatGateway", &made, "natGatewayId")
        .await;
    let again = aws
        .ec2_text("CreateNatGateway", &made, "natGatewayId")
        .await;
    assert_eq!(again, nat, "a repeated token makes nothing");
    let second = format!("SubnetId={other}&AllocationId={address}");
    let second = aws
        .ec2_text("CreateNatGateway", &second, "natGatewayId")
        .await;
    assert_eq!(states(&aws, &second).await, ["pending", "failed", "failed"]);
    assert_eq!(
        states(&aws, &nat).await,
        ["pending", "available", "available"]
    );
    let route = "RouteTableId=rtb-1&DestinationCidrBlock=0.0.0.0/0&NatGatewayId";
    refused(
        &aws,
        &[
            (
                "CreateNatGateway",
                format!("SubnetId=subnet-0123456789abcdef0&AllocationId={address}"),
                "InvalidSubnetID.NotFound",
            ),
            (
                "CreateNatGateway",
                format!("SubnetId={subnet}&AllocationId=eipalloc-0123456789abcdef0"),
                "InvalidAllocationID.NotFound",
            ),
            (
                "CreateRoute",
                format!("{route}=nat-0123456789abcdef0"),
                "InvalidNatGatewayID.NotFound",
            ),
            (
                "CreateRoute",
                format!("{route}={nat}&GatewayId={gateway}"),
                "InvalidParameterCombination",
            ),
            (
                "ReleaseAddress",
                format!("AllocationId={address}"),
                "InvalidIPAddress.InUse",
            ),
            ("DeleteSubnet", format!("SubnetId={subnet}"), VIOLATION),
            (
                "DetachInternetGateway",
                format!("VpcId={vpc}&InternetGatewayId={gateway}"),
                VIOLATION,
            ),
        ],
    )
    .await;
    let gone = format!("NatGatewayId={nat}");
    done(&aws.ec2("DeleteNatGateway", &gone).await);
    assert_eq!(states(&aws, &nat).await, ["deleting", "deleted", "deleted"]);
    refused(&aws, &[("DeleteNatGateway", gone, "NatGatewayNotFound")]).await;
    let address = format!("AllocationId={address}");
    done(&aws.ec2("ReleaseAddress", &address).await);
}

/// What three looks in a row show.
async fn states(aws: &Aws, nat: &str) -> [String; 3] {
    let fields = format!("Filter.1.Name=nat-gateway-id&Filter.1.Value.1={nat}");
    let look = || aws.ec2_text("DescribeNatGateways", &fields, "state");
    [look().await, look().await, look().await]
}

#[tokio::test]
async fn a_certificate_is_issued_by_its_record_and_kept_by_its_listener() {
    let (_instance, aws) = started("certificate").await;
    let zone = zone(&aws).await;
    let wanted = json!({
        "DomainName": "voice.bella.example",
        "ValidationMethod": "DNS",
        "IdempotencyToken": "once",
    });
    let malformed = json!({"DomainName": "not a domain", "ValidationMethod": "DNS"});
    let (_, answer) = acm(&aws, "RequestCertificate", &malformed).await;
    assert_eq!(answer["__type"], "ValidationException");
    let (_, made) = acm(&aws, "RequestCertificate", &wanted).await;
    let (_, again) = acm(&aws, "RequestCertificate", &wanted).await;
    assert_eq!(made, again, "a repeated token makes nothing");
    let arn = made["CertificateArn"].as_str().expect("an ARN").to_owned();
    let first = certificate(&aws, &arn).await;
    assert_eq!(first["Status"], "PENDING_VALIDATION");
    assert!(first["DomainValidationOptions"][0]["ResourceRecord"].is_null());
    let second = certificate(&aws, &arn).await;
    let record = &second["DomainValidationOptions"][0]["ResourceRecord"];
    let text = |name: &str| record[name].as_str().expect("a record").to_owned();
    let cname = |action: &str| change(action, "CNAME", &text("Name"), &text("Value"));
    let listener = listener(&aws).await;
    let secure =
        format!("{listener}&Port=443&Protocol=HTTPS&Certificates.member.1.CertificateArn={arn}");
    let create = async |fields: &str| aws.elb("CreateListener", fields).await.error().1;
    let bare = format!("{listener}&Port=443&Protocol=HTTPS");
    let plain =
        format!("{listener}&Port=443&Protocol=HTTP&Certificates.member.1.CertificateArn={arn}");
    assert_eq!(create(&bare).await, "ValidationError");
    assert_eq!(create(&plain).await, "InvalidConfigurationRequest");
    assert_eq!(create(&format!("{secure}0")).await, "CertificateNotFound");
    assert_eq!(create(&secure).await, "UnsupportedCertificate");
    done(&aws.route53(Method::POST, &zone, &cname("CREATE")).await);
    assert_eq!(certificate(&aws, &arn).await["Status"], "ISSUED");
    let made = aws.elb("CreateListener", &secure).await;
    done(&made);
    done(&aws.route53(Method::POST, &zone, &cname("DELETE")).await);
    assert_eq!(
        certificate(&aws, &arn).await["Status"],
        "ISSUED",
        "for good"
    );
    let users = certificate(&aws, &arn).await["InUseBy"].clone();
    let user = users[0].as_str().expect("a load balancer");
    assert!(user.contains(":loadbalancer/app/edge/"), "{users}");
    let gone = json!({"CertificateArn": arn});
    let (status, refusal) = acm(&aws, "DeleteCertificate", &gone).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal["__type"], "ResourceInUseException");
    let listener = made.text("ListenerArn").expect("a listener");
    let fields = format!("ListenerArn={listener}");
    done(&aws.elb("DeleteListener", &fields).await);
    let (status, _) = acm(&aws, "DeleteCertificate", &gone).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn records_exclude_each_other_as_dns_has_it() {
    let (_instance, aws) = started("records").await;
    let zone = zone(&aws).await;
    let again = aws.route53(Method::POST, "hostedzone", ZONE).await;
    assert_eq!(again.error().1, "HostedZoneAlreadyExists");
    let cases = [
        ("CREATE", "A", "voice.bella.example.", "192.0.2.1", ""),
        (
            "CREATE",
            "A",
            "voice.bella.example",
            "192.0.2.2",
            "already exists",
        ),
        (
            "CREATE",
            "CNAME",
            "voice.bella.example",
            "other.example",
            "conflicts with",
        ),
        (
            "CREATE",
            "CNAME",
            "bella.example",
            "other.example",
            "at apex",
        ),
        (
            "DELETE",
            "A",
            "voice.bella.example",
            "192.0.2.2",
            "do not match",
        ),
        (
            "DELETE",
            "A",
            "none.bella.example",
            "192.0.2.2",
            "was not found",
        ),
        ("DELETE", "A", "voice.bella.example", "192.0.2.1", ""),
        (
            "CREATE",
            "CNAME",
            "voice.bella.example",
            "other.example",
            "",
        ),
        (
            "UPSERT",
            "A",
            "voice.bella.example",
            "192.0.2.1",
            "conflicts with",
        ),
        (
            "CREATE",
            "A",
            "api.bella.example",
            "192.0.2",
            "not a valid IPv4 address",
        ),
        ("CREATE", "AAAA", "api.bella.example", "2001:db8::1", ""),
        (
            "CREATE",
            "TXT",
            "api.bella.example",
            "bare",
            "quotation marks",
        ),
        (
            "CREATE",
            "A",
            "api.other.example",
            "192.0.2.1",
            "not permitted in zone",
        ),
    ];
    for (action, kind, name, value, expect) in cases {
        let body = change(action, kind, name, value);
        let answer = aws.route53(Method::POST, &zone, &body).await;
        let what = format!("{action} {kind} {name}: {answer:?}");
        if expect.is_empty() {
            assert_eq!(answer.status, StatusCode::OK, "{what}");
        } else {
            assert_eq!(answer.error().1, "InvalidChangeBatch", "{what}");
            let message = answer.text("Message").unwrap_or_default();
            assert!(message.contains(expect), "{what}");
        }
    }
}

#[tokio::test]
async fn a_fresh_account_has_a_zone_until_it_is_deleted() {
    let (_instance, aws) = started("seed").await;
    let names = async || {
        let zones = aws.route53(Method::GET, "hostedzone", "").await;
        (zones.texts("Name"), zones.text("Id"))
    };
    let (seeded, id) = names().await;
    assert_eq!(seeded, ["bella.example."]);
    assert_eq!(names().await.0, seeded, "once");
    let id = id.expect("an id");
    let path = id.trim_start_matches('/');
    done(&aws.route53(Method::DELETE, path, "").await);
    assert!(names().await.0.is_empty());
}

const ZONE: &str = "<CreateHostedZoneRequest><Name>bella.example</Name><CallerReference>once</CallerReference></CreateHostedZoneRequest>";

/// A hosted zone `bella.example`; the path of its records.
async fn zone(aws: &Aws) -> String {
    let made: Answer = aws.route53(Method::POST, "hostedzone", ZONE).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let id = made.text("Id").expect("an id");
    format!("{}/rrset", id.trim_start_matches('/'))
}

/// A batch of one change.
fn change(action: &str, kind: &str, name: &str, value: &str) -> String {
    format!(
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>{action}</Action><ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    )
}

async fn acm(aws: &Aws, operation: &str, body: &Value) -> (StatusCode, Value) {
    let target = format!("CertificateManager.{operation}");
    aws.json("acm", &target, body).await
}

async fn certificate(aws: &Aws, arn: &str) -> Value {
    let asked = json!({"CertificateArn": arn});
    acm(aws, "DescribeCertificate", &asked).await.1["Certificate"].clone()
}

/// The fields of a listener that forwards to a group, but for its port, protocol and certificate.
async fn listener(aws: &Aws) -> String {
    let Network {
        vpc,
        subnets: [one, other],
        ..
    } = network(aws).await;
    let fields = format!("Name=edge&Subnets.member.1={one}&Subnets.member.2={other}");
    let made = aws.elb("CreateLoadBalancer", &fields).await;
    let balancer = made.text("LoadBalancerArn").expect("a load balancer");
    let fields = format!("Name=edge&Protocol=HTTP&Port=80&VpcId={vpc}&TargetType=ip");
    let made = aws.elb("CreateTargetGroup", &fields).await;
    let group = made.text("TargetGroupArn").expect("a target group");
    format!(
        "LoadBalancerArn={balancer}&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={group}"
    )
}
