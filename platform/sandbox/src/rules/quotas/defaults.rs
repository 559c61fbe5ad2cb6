/// A quota of one account in one region, as the Service Quotas console lists it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub(super) service: &'static str,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// AWS's default; vCPUs for Fargate, else a number of objects.
    pub(super) value: u32,
}

pub(super) const QUOTAS: [Quota; 16] = [
    of("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
    of(
        "elasticloadbalancing",
        "L-53DA6B97",
        "Application Load Balancers per Region",
        50,
    ),
    of(
        "elasticloadbalancing",
        "L-B22855CB",
        "Target Groups per Region",
        3000,
    ),
    of(
        "fargate",
        "L-3032A538",
        "Fargate On-Demand vCPU resource count",
        6,
    ),
    of(
        "fargate",
        "L-36FBB829",
        "Fargate Spot vCPU resource count",
        6,
    ),
    of("rds", "L-7B6409FD", "DB instances", 40),
    of(
        "vpc",
        "L-0EA8095F",
        "Inbound or outbound rules per security group",
        60,
    ),
    of("vpc", "L-1B52E74A", "Gateway VPC endpoints per Region", 20),
    of("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50),
    of("vpc", "L-407747CB", "Subnets per VPC", 200),
    of("vpc", "L-589F43AA", "Route tables per VPC", 200),
    of("vpc", "L-93826ACB", "Routes per route table", 500),
    of("vpc", "L-A4707A72", "Internet gateways per Region", 5),
    of("vpc", "L-E79EC296", "VPC security groups per Region", 2500),
    of("vpc", "L-F678F1CE", "VPCs per Region", 5),
    of("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5),
];

const fn of(service: &'static str, code: &'static str, name: &'static str, value: u32) -> Quota {
    Quota {
        service,
        code,
        name,
        value,
    }
}

/// The name of a service that has quotas here.
pub(super) fn name_of(service: &str) -> &'static str {
    match service {
        "ec2" => "Amazon Elastic Compute Cloud (Amazon EC2)",
        "elasticloadbalancing" => "Elastic Load Balancing (ELB)",
        "fargate" => "AWS Fargate",
        "rds" => "Amazon Relational Database Service (Amazon RDS)",
        _ => "Amazon Virtual Private Cloud (Amazon VPC)",
    }
}
