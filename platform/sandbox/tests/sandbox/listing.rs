//! Lists in pages and by filters, where the bare emulator answers with everything.

use crate::scene::{Network, done, network, refused, started};

#[tokio::test]
async fn lists_come_in_pages_and_know_their_filters() {
    let (_instance, aws) = started("listing").await;
    let Network { vpc, subnets, .. } = network(&aws).await;
    for number in 10..16 {
        let fields = format!("VpcId={vpc}&CidrBlock=10.20.{number}.0/24");
        done(&aws.ec2("CreateSubnet", &fields).await);
    }
    let all = format!("Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}&MaxResults=5");
    let first = aws.ec2("DescribeSubnets", &all).await;
    let token = first.text("nextToken").expect("a token");
    let rest = format!("{all}&NextToken={token}");
    let second = aws.ec2("DescribeSubnets", &rest).await;
    assert_eq!(second.text("nextToken"), None);
    let mut seen = [first.texts("subnetId"), second.texts("subnetId")].concat();
    assert_eq!(seen.len(), 8);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 8, "each subnet is on one page");
    let invalid = "InvalidParameterValue";
    refused(
        &aws,
        &[
            ("DescribeVpcs", "MaxResults=4".into(), invalid),
            ("DescribeVpcs", "MaxResults=1001".into(), invalid),
            (
                "DescribeVpcs",
                "MaxResults=5&NextToken=none".into(),
                "InvalidNextToken",
            ),
            (
                "DescribeVpcs",
                "Filter.1.Name=vpc-name&Filter.1.Value.1=a".into(),
                invalid,
            ),
            (
                "DescribeSecurityGroupRules",
                "Filter.1.Name=vpc-id&Filter.1.Value.1=a".into(),
                invalid,
            ),
        ],
    )
    .await;
    let zones = async |fields: &str| {
        let answer = aws.ec2("DescribeAvailabilityZones", fields).await;
        answer.texts("zoneName")
    };
    let [a, b, d] = ["a", "b", "d"].map(|letter| format!("ca-central-1{letter}"));
    assert_eq!(zones("").await, [a, b, d.clone()]);
    let named = "ZoneName.1=ca-central-1d";
    let filtered = "Filter.1.Name=zone-id&Filter.1.Value.1=cac1-az4";
    assert_eq!(zones(named).await.join(","), d);
    assert_eq!(zones(filtered).await, [d]);
    let none = "ZoneName.1=ca-central-1c".to_owned();
    refused(&aws, &[("DescribeAvailabilityZones", none, invalid)]).await;
    let [one, other] = subnets;
    for name in ["one", "two", "three"] {
        let fields = format!("Name={name}&Subnets.member.1={one}&Subnets.member.2={other}");
        done(&aws.elb("CreateLoadBalancer", &fields).await);
    }
    let page = async |fields: &str| {
        let page = aws.elb("DescribeLoadBalancers", fields).await;
        (page.texts("LoadBalancerName"), page.text("NextMarker"))
    };
    let (mut names, marker) = page("PageSize=2").await;
    let marker = format!("PageSize=2&Marker={}", marker.expect("a marker"));
    let (last, end) = page(&marker).await;
    assert_eq!((names.len(), last.len(), end), (2, 1, None));
    names.extend(last);
    names.sort();
    assert_eq!(names, ["one", "three", "two"]);
    let wrong = aws.elb("DescribeLoadBalancers", "PageSize=401").await;
    assert_eq!(wrong.error().1, "ValidationError");
}
