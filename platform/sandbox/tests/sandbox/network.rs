//! Networks, routes, endpoints and security groups, where the bare emulator departs from what AWS documents.

use crate::aws::Aws;
use crate::scene::{Network, VIOLATION, done, network, refused, started};

#[tokio::test]
async fn networks_and_routes() {
    let (_instance, aws) = started("routes").await;
    let Network {
        vpc,
        gateway,
        subnets: [subnet, _],
    } = network(&aws).await;
    let made = format!("VpcId={vpc}&ClientToken=once");
    let table = aws
        .ec2_text("CreateRouteTable", &made, "routeTableId")
        .await;
    let again = aws
        .ec2_text("CreateRouteTable", &made, "routeTableId")
        .await;
    assert_eq!(again, table, "a repeated token makes nothing");
    let other = aws
        .ec2_text("CreateInternetGateway", "", "internetGatewayId")
        .await;
    let route = |gateway: &str| {
        format!("RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&GatewayId={gateway}")
    };
    refused(
        &aws,
        &[
            (
                "DescribeRouteTables",
                "RouteTableId.1=rtb-0123456789abcdef0".into(),
                "InvalidRouteTableID.NotFound",
            ),
            (
                "CreateVpc",
                "CidrBlock=10.0.0.0/8".into(),
                "InvalidVpc.Range",
            ),
            (
                "CreateVpc",
                "CidrBlock=10.1.0.0/16&DryRun=true".into(),
                "DryRunOperation",
            ),
            (
                "CreateSubnet",
                "VpcId=vpc-0123456789abcdef0&CidrBlock=10.20.9.0/24".into(),
                "InvalidVpcID.NotFound",
            ),
            (
                "CreateSubnet",
                format!("VpcId={vpc}&CidrBlock=10.20.0.0/20"),
                "InvalidSubnet.Conflict",
            ),
            (
                "CreateSubnet",
                format!("VpcId={vpc}&CidrBlock=10.30.0.0/24"),
                "InvalidSubnet.Range",
            ),
            (
                "AttachInternetGateway",
                format!("VpcId={vpc}&InternetGatewayId={other}"),
                "InvalidParameterValue",
            ),
            ("CreateRoute", route(&other), "InvalidParameterValue"),
            (
                "CreateRoute",
                route("igw-0123456789abcdef0"),
                "InvalidGatewayID.NotFound",
            ),
            ("ReplaceRoute", route(&gateway), "InvalidParameterValue"),
            ("DeleteRoute", route(&gateway), "InvalidRoute.NotFound"),
            (
                "DisassociateRouteTable",
                "AssociationId=rtbassoc-0123456789abcdef0".into(),
                "InvalidAssociationID.NotFound",
            ),
            (
                "DetachInternetGateway",
                format!("VpcId={vpc}&InternetGatewayId={other}"),
                "Gateway.NotAttached",
            ),
            (
                "DeleteInternetGateway",
                format!("InternetGatewayId={gateway}"),
                VIOLATION,
            ),
            ("DeleteVpc", format!("VpcId={vpc}"), VIOLATION),
            (
                "CreateRouteTable",
                "VpcId=vpc-0123456789abcdef0&ClientToken=once".into(),
                "IdempotentParameterMismatch",
            ),
        ],
    )
    .await;
    associations(&aws, &table, &subnet, &route(&gateway)).await;
}

/// A route and an association, each once.
async fn associations(aws: &Aws, table: &str, subnet: &str, route: &str) {
    done(&aws.ec2("CreateRoute", route).await);
    let association = format!("RouteTableId={table}&SubnetId={subnet}");
    let answer = aws.ec2("AssociateRouteTable", &association).await;
    assert_eq!(answer.text("state").as_deref(), Some("associated"));
    refused(
        aws,
        &[
            ("CreateRoute", route.to_owned(), "RouteAlreadyExists"),
            (
                "AssociateRouteTable",
                association,
                "Resource.AlreadyAssociated",
            ),
            (
                "DeleteRouteTable",
                format!("RouteTableId={table}"),
                VIOLATION,
            ),
        ],
    )
    .await;
    done(&aws.ec2("ReplaceRoute", route).await);
}

#[tokio::test]
async fn endpoints() {
    let (_instance, aws) = started("endpoints").await;
    let Network { vpc, .. } = network(&aws).await;
    let table = aws
        .ec2_text("CreateRouteTable", &format!("VpcId={vpc}"), "routeTableId")
        .await;
    let fields = |service: &str| {
        format!(
            "VpcId={vpc}&ServiceName=com.amazonaws.ca-central-1.{service}&RouteTableId.1={table}&TagSpecification.1.ResourceType=vpc-endpoint&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v"
        )
    };
    let endpoint = aws
        .ec2_text("CreateVpcEndpoint", &fields("s3"), "vpcEndpointId")
        .await;
    for (name, value, expected) in [
        ("tag:k", "v", 1),
        ("tag:k", "w", 0),
        ("tag-key", "other", 0),
        ("vpc-id", vpc.as_str(), 1),
        ("vpc-id", "vpc-0123456789abcdef0", 0),
    ] {
        let filter = format!("Filter.1.Name={name}&Filter.1.Value.1={value}");
        let found = aws
            .ec2("DescribeVpcEndpoints", &filter)
            .await
            .texts("vpcEndpointId");
        assert_eq!(found.len(), expected, "{name}={value}");
    }
    let tables = aws
        .ec2("DescribeRouteTables", &format!("RouteTableId.1={table}"))
        .await;
    assert!(tables.texts("gatewayId").contains(&endpoint), "{tables:?}");
    assert_eq!(tables.texts("destinationPrefixListId").len(), 1);
    refused(
        &aws,
        &[
            ("CreateVpcEndpoint", fields("nope"), "InvalidServiceName"),
            ("DeleteVpc", format!("VpcId={vpc}"), VIOLATION),
        ],
    )
    .await;
    let one = format!("VpcEndpointId.1={endpoint}");
    assert_eq!(aws.ec2("DeleteVpcEndpoints", &one).await.text("code"), None);
    let again = aws.ec2("DeleteVpcEndpoints", &one).await;
    assert_eq!(
        again.text("code").as_deref(),
        Some("InvalidVpcEndpoint.NotFound")
    );
    refused(
        &aws,
        &[("DescribeVpcEndpoints", one, "InvalidVpcEndpointId.NotFound")],
    )
    .await;
}

#[tokio::test]
async fn security_group_rules() {
    let (_instance, aws) = started("groups").await;
    let Network { vpc, subnets, .. } = network(&aws).await;
    let make = |name: &str| {
        format!(
            "GroupName={name}&GroupDescription=d&VpcId={vpc}&TagSpecification.1.ResourceType=security-group&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v"
        )
    };
    let created = aws.ec2("CreateSecurityGroup", &make("one")).await;
    assert_eq!(created.text("key").as_deref(), Some("k"));
    let group = created.text("groupId").expect("a group");
    let other = aws
        .ec2_text("CreateSecurityGroup", &make("two"), "groupId")
        .await;
    let port =
        "IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80";
    let two_peers = format!(
        "GroupId={group}&{port}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.1.Description=ten&IpPermissions.1.Groups.1.GroupId={other}"
    );
    let rules = aws.ec2("AuthorizeSecurityGroupIngress", &two_peers).await;
    let referring =
        |filter: &str, group: &str| format!("Filter.1.Name={filter}&Filter.1.Value.1={group}");
    for (filter, referred, expected) in [
        ("ip-permission.group-id", &other, &["one"][..]),
        ("ip-permission.group-id", &group, &[]),
        ("egress.ip-permission.group-id", &other, &[]),
    ] {
        let fields = referring(filter, referred);
        let found = aws.ec2("DescribeSecurityGroups", &fields).await;
        assert_eq!(found.texts("groupName"), expected, "{fields}");
    }
    let interface = format!("SubnetId={}&SecurityGroupId.1={other}", subnets[0]);
    let interface = aws
        .ec2_text("CreateNetworkInterface", &interface, "networkInterfaceId")
        .await;
    for (filter, value, expected) in [
        ("group-id", other.as_str(), 1),
        ("group-id", group.as_str(), 0),
        ("subnet-id", subnets[0].as_str(), 1),
        ("subnet-id", subnets[1].as_str(), 0),
        ("association.public-ip", "*", 0),
    ] {
        let fields = referring(filter, value);
        let found = aws.ec2("DescribeNetworkInterfaces", &fields).await;
        assert_eq!(
            found.texts("networkInterfaceId").len(),
            expected,
            "{fields}"
        );
    }
    let gone = format!("NetworkInterfaceId={interface}");
    done(&aws.ec2("DeleteNetworkInterface", &gone).await);
    let ids = rules.texts("securityGroupRuleId");
    assert!(ids.len() == 2 && ids[0] != ids[1], "{rules:?}");
    let first = format!("SecurityGroupRuleId.1={}", ids[0]);

    let describe = |text: &str| {
        format!(
            "GroupId={group}&SecurityGroupRuleDescription.1.SecurityGroupRuleId={}&SecurityGroupRuleDescription.1.Description={text}",
            ids[0]
        )
    };
    let update = "UpdateSecurityGroupRuleDescriptionsIngress";
    for (given, expected) in [("new", Some("new".to_owned())), ("", None)] {
        done(&aws.ec2(update, &describe(given)).await);
        let rule = aws.ec2("DescribeSecurityGroupRules", &first).await;
        assert_eq!(rule.text("description"), expected);
    }
    let by_permission = format!(
        "GroupId={group}&{port}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.IpRanges.1.Description=again"
    );
    done(&aws.ec2(update, &by_permission).await);
    let rule = aws.ec2("DescribeSecurityGroupRules", &first).await;
    assert_eq!(rule.text("description").as_deref(), Some("again"));
    let replaced = format!(
        "GroupId={group}&SecurityGroupRule.1.SecurityGroupRuleId={}&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp&SecurityGroupRule.1.SecurityGroupRule.FromPort=80&SecurityGroupRule.1.SecurityGroupRule.ToPort=80&SecurityGroupRule.1.SecurityGroupRule.CidrIpv4=10.0.0.0%2F8",
        ids[0]
    );
    done(&aws.ec2("ModifySecurityGroupRules", &replaced).await);
    let rule = aws.ec2("DescribeSecurityGroupRules", &first).await;
    assert_eq!(rule.text("description"), None);
    refused(
        &aws,
        &[
            (
                "AuthorizeSecurityGroupIngress",
                by_permission.clone(),
                "InvalidPermission.Duplicate",
            ),
            (
                "RevokeSecurityGroupEgress",
                by_permission.clone(),
                "InvalidPermission.NotFound",
            ),
            ("DeleteSecurityGroup", format!("GroupId={other}"), VIOLATION),
        ],
    )
    .await;
    done(&aws.ec2("RevokeSecurityGroupIngress", &by_permission).await);
    let all = format!(
        "GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.FromPort=0&IpPermissions.1.ToPort=0&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0"
    );
    done(&aws.ec2("RevokeSecurityGroupEgress", &all).await);
    let gone = (
        "RevokeSecurityGroupEgress",
        all,
        "InvalidPermission.NotFound",
    );
    refused(&aws, &[gone]).await;
    done(
        &aws.ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
            .await,
    );
    done(
        &aws.ec2("DeleteSecurityGroup", &format!("GroupId={other}"))
            .await,
    );
}
