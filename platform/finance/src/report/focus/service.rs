//! AWS's services in FOCUS's categories, and regions by the beginning of a usage type.

use crate::bill::Line;

/// FOCUS's service categories, version 1.2.
pub(super) const CATEGORIES: &[&str] = &[
    "AI and Machine Learning",
    "Analytics",
    "Business Applications",
    "Compute",
    "Databases",
    "Developer Tools",
    "Identity",
    "Integration",
    "Internet of Things",
    "Management and Governance",
    "Media",
    "Migration",
    "Mobile",
    "Multicloud",
    "Networking",
    "Other",
    "Security",
    "Storage",
    "Web",
];

const ECS: &str = "Amazon Elastic Container Service";
const RDS: &str = "Amazon Relational Database Service";
const CACHE: &str = "Amazon ElastiCache";
const BALANCER: &str = "Amazon Elastic Load Balancing";
const VPC: &str = "Amazon Virtual Private Cloud";
const EC2: &str = "EC2 - Other";
const CLOUDWATCH: &str = "AmazonCloudWatch";
const DNS: &str = "Amazon Route 53";
const SECRETS: &str = "AWS Secrets Manager";
const EXPLORER: &str = "AWS Cost Explorer";
const TRANSFER: &str = "AWS Data Transfer";

/// What no service's alone is: storage by the byte, tax, credits.
const NOBODY: &str = "Amazon Web Services";

/// Usage types that are one service's alone, by a part of their names.
const TOLD: &[(&str, &str)] = &[
    ("Fargate-", ECS),
    ("InstanceUsage:db.", RDS),
    ("Multi-AZUsage:db.", RDS),
    ("RDS:", RDS),
    ("CPUCredits:db.", RDS),
    ("NodeUsage:cache.", CACHE),
    ("CachedData:", CACHE),
    ("ElastiCacheProcessingUnits:", CACHE),
    ("LoadBalancerUsage", BALANCER),
    ("LCUUsage", BALANCER),
    ("NatGateway-", EC2),
    ("PublicIPv4:", VPC),
    ("VpcEndpoint-", VPC),
    ("CW:", CLOUDWATCH),
    ("DashboardsUsageHour", CLOUDWATCH),
    ("DataProcessing-Bytes", CLOUDWATCH),
    ("HostedZone", DNS),
    ("DNS-Queries", DNS),
    ("AWSSecretsManager", SECRETS),
    ("USE1-APIRequest", EXPLORER),
    ("DataTransfer-", TRANSFER),
];

/// The service of a line, in Cost Explorer's words: as the bill says, or else as the usage type tells.
pub(super) fn service(line: &Line) -> &str {
    let told = || {
        let found = TOLD.iter().find(|(part, _)| line.usage_type.contains(part));
        found.map_or(NOBODY, |(_, service)| service)
    };
    line.service
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(told)
}

/// FOCUS's category of a service.
pub(super) fn category(service: &str) -> &'static str {
    match service {
        ECS
        | EC2
        | "Amazon Elastic Compute Cloud - Compute"
        | "Amazon EC2 Container Registry (ECR)" => "Compute",
        RDS | CACHE | "Amazon DynamoDB" => "Databases",
        BALANCER | VPC | DNS | TRANSFER | "Amazon CloudFront" | "Amazon API Gateway" => {
            "Networking"
        }
        CLOUDWATCH | EXPLORER | "AWS Budgets" | "AWS CloudTrail" | "AWS Config" => {
            "Management and Governance"
        }
        SECRETS | "AWS Key Management Service" | "AWS WAF" | "AWS Certificate Manager" => {
            "Security"
        }
        "Amazon Simple Storage Service" => "Storage",
        "Amazon Simple Notification Service"
        | "Amazon Simple Queue Service"
        | "CloudWatch Events" => "Integration",
        _ => "Other",
    }
}

/// FOCUS's subcategory for what is in none of a category's own.
pub(super) fn subcategory(category: &str) -> String {
    match category {
        "Other" => "Other (Other)".to_owned(),
        category => format!("Other ({category})"),
    }
}

/// Id and name of the region of a usage type; `None` where it does not say.
pub(super) fn region(usage_type: &str) -> Option<(&'static str, &'static str)> {
    let (prefix, _) = usage_type.split_once('-')?;
    Some(match prefix {
        "CAN1" => ("ca-central-1", "Canada (Central)"),
        "EU" | "EUW1" => ("eu-west-1", "Europe (Ireland)"),
        "USE1" => ("us-east-1", "US East (N. Virginia)"),
        "USW2" => ("us-west-2", "US West (Oregon)"),
        _ => return None,
    })
}
