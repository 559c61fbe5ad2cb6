use aws_sdk_ec2::types::Tag;
use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use bella_watch::doctor::{Finding, Quota, quota};

use super::Subject;
use crate::clients::Aws;
use crate::error::refused;

pub(super) async fn ask(aws: &Aws, subject: &Subject) -> Result<Vec<Finding>, CloudError> {
    let stack = subject.stack.as_deref();
    let rows = [
        (
            "VPCs",
            "vpc",
            "L-F678F1CE",
            vpcs(aws, stack).await?,
            subject.vpcs as f64,
        ),
        (
            "Elastic IP addresses",
            "ec2",
            "L-0263D0A3",
            addresses(aws, stack).await?,
            subject.addresses as f64,
        ),
        (
            "internet gateways",
            "vpc",
            "L-A4707A72",
            gateways(aws, stack).await?,
            subject.gateways as f64,
        ),
        // What others run at the moment is not counted: it changes by the minute.
        ("vCPUs of tasks", "fargate", "L-3032A538", 0, subject.vcpus),
        (
            "vCPUs of Spot tasks",
            "fargate",
            "L-36FBB829",
            0,
            subject.spot_vcpus,
        ),
    ];
    let mut all = Vec::new();
    for (what, service, code, others, wanted) in rows {
        let call = aws.quotas.get_service_quota();
        let call = call.service_code(service).quota_code(code);
        let answer = call.send().await.map_err(refused)?;
        let limit = answer.quota().and_then(|quota| quota.value());
        all.push(match limit {
            Some(limit) => quota(&Quota {
                what,
                service,
                code,
                limit,
                others: others as f64,
                stack: wanted,
            }),
            None => Finding::unknown("quotas", format!("{what}: AWS names no value")),
        });
    }
    Ok(all)
}

/// Whether somebody else's: not tagged as the stack's.
fn is_others(tags: &[Tag], stack: Option<&str>) -> bool {
    let is_ours = |tag: &Tag| tag.key() == Some(STACK_TAG) && tag.value() == stack;
    stack.is_none() || !tags.iter().any(is_ours)
}

async fn vpcs(aws: &Aws, stack: Option<&str>) -> Result<usize, CloudError> {
    let mut pages = aws.ec2.describe_vpcs().into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        let others = page
            .vpcs()
            .iter()
            .filter(|one| is_others(one.tags(), stack));
        count += others.count();
    }
    Ok(count)
}

async fn addresses(aws: &Aws, stack: Option<&str>) -> Result<usize, CloudError> {
    let answer = aws.ec2.describe_addresses().send().await.map_err(refused)?;
    let all = answer.addresses().iter();
    Ok(all.filter(|one| is_others(one.tags(), stack)).count())
}

async fn gateways(aws: &Aws, stack: Option<&str>) -> Result<usize, CloudError> {
    let mut pages = aws.ec2.describe_internet_gateways().into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        let all = page.internet_gateways().iter();
        count += all.filter(|one| is_others(one.tags(), stack)).count();
    }
    Ok(count)
}
