//! What EC2 still has.

use aws_sdk_ec2::types::Tag;
use bella_engine::cloud::CloudError;
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;

fn tags(tags: &[Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
        .collect()
}

type Found = Result<Vec<Survivor>, CloudError>;

/// VPCs, subnets, route tables, security groups. A VPC's main route table and default group go
/// with it and count only through the VPC.
pub(super) async fn networks(aws: &Aws, wanted: &Wanted) -> Found {
    let mut found = Vec::new();
    let mut pages = aws.ec2.describe_vpcs().into_paginator().items().send();
    while let Some(vpc) = pages.next().await {
        let vpc = vpc.map_err(refused)?;
        let id = vpc.vpc_id();
        found.extend(wanted.survivor("vpc", id, &tags(vpc.tags()), None, id));
    }
    let mut pages = aws.ec2.describe_subnets().into_paginator().items().send();
    while let Some(subnet) = pages.next().await {
        let subnet = subnet.map_err(refused)?;
        found.extend(wanted.survivor(
            "subnet",
            subnet.subnet_id(),
            &tags(subnet.tags()),
            None,
            subnet.vpc_id(),
        ));
    }
    let mut pages = aws
        .ec2
        .describe_route_tables()
        .into_paginator()
        .items()
        .send();
    while let Some(table) = pages.next().await {
        let table = table.map_err(refused)?;
        if !table
            .associations()
            .iter()
            .any(|association| association.main() == Some(true))
        {
            let tags = tags(table.tags());
            found.extend(wanted.survivor(
                "route table",
                table.route_table_id(),
                &tags,
                None,
                table.vpc_id(),
            ));
        }
    }
    let mut pages = aws
        .ec2
        .describe_security_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let group = group.map_err(refused)?;
        if group.group_name() != Some("default") {
            let tags = tags(group.tags());
            found.extend(wanted.survivor(
                "security group",
                group.group_id(),
                &tags,
                group.group_name(),
                group.vpc_id(),
            ));
        }
    }
    Ok(found)
}

/// Internet and NAT gateways, VPC endpoints, elastic addresses.
pub(super) async fn gateways(aws: &Aws, wanted: &Wanted) -> Found {
    let mut found = Vec::new();
    let mut pages = aws
        .ec2
        .describe_internet_gateways()
        .into_paginator()
        .items()
        .send();
    while let Some(gateway) = pages.next().await {
        let gateway = gateway.map_err(refused)?;
        let vpc = gateway
            .attachments()
            .first()
            .and_then(|attachment| attachment.vpc_id());
        let id = gateway.internet_gateway_id();
        found.extend(wanted.survivor("internet gateway", id, &tags(gateway.tags()), None, vpc));
    }
    let mut pages = aws
        .ec2
        .describe_nat_gateways()
        .into_paginator()
        .items()
        .send();
    while let Some(gateway) = pages.next().await {
        let gateway = gateway.map_err(refused)?;
        // A deleted gateway stays listed for about an hour, and one that failed has let go of its
        // address and goes by itself (row 19).
        let state = gateway.state().map(|state| state.as_str());
        if !matches!(state, Some("deleted" | "failed")) {
            let tags = tags(gateway.tags());
            found.extend(wanted.survivor(
                "NAT gateway",
                gateway.nat_gateway_id(),
                &tags,
                None,
                gateway.vpc_id(),
            ));
        }
    }
    let mut pages = aws
        .ec2
        .describe_vpc_endpoints()
        .into_paginator()
        .items()
        .send();
    while let Some(endpoint) = pages.next().await {
        let endpoint = endpoint.map_err(refused)?;
        if endpoint.state().map(|state| state.as_str().to_lowercase()) != Some("deleted".to_owned())
        {
            let tags = tags(endpoint.tags());
            found.extend(wanted.survivor(
                "VPC endpoint",
                endpoint.vpc_endpoint_id(),
                &tags,
                None,
                endpoint.vpc_id(),
            ));
        }
    }
    let answer = aws.ec2.describe_addresses().send().await.map_err(refused)?;
    for address in answer.addresses() {
        let id = address.allocation_id().or(address.public_ip());
        found.extend(wanted.survivor("elastic address", id, &tags(address.tags()), None, None));
    }
    Ok(found)
}

/// Network interfaces: load balancers and tasks leave theirs for minutes (rows 14, 15).
pub(super) async fn interfaces(aws: &Aws, wanted: &Wanted) -> Found {
    let mut found = Vec::new();
    let mut pages = aws
        .ec2
        .describe_network_interfaces()
        .into_paginator()
        .items()
        .send();
    while let Some(interface) = pages.next().await {
        let interface = interface.map_err(refused)?;
        let id = interface.network_interface_id();
        let tags = tags(interface.tag_set());
        found.extend(wanted.survivor("network interface", id, &tags, None, interface.vpc_id()));
    }
    Ok(found)
}
