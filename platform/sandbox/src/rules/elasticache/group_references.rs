use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "cache-references-checked",
    about: About::refuses(
        "A cache is made in a subnet group and with security groups that are there; failover needs a replica, and \
         several zones need failover.",
    ),
    service: SERVICE,
    operations: &[
        "CreateReplicationGroup",
        "CreateServerlessCache",
        "DecreaseReplicaCount",
        "ModifyReplicationGroup",
        "ModifyServerlessCache",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        for group in form.list("SecurityGroupIds") {
            let fields = [("GroupId.1", group)];
            let answer = turn.ec2("DescribeSecurityGroups", &fields).await?;
            if xml::items(xml::parse(&answer).root(), "securityGroupInfo").is_empty() {
                return Ok(Some(Refused::new(
                    "InvalidParameterValue",
                    format!("Some security group Ids are invalid: {group}"),
                )));
            }
        }
        if let Some(name) = form.get("CacheSubnetGroupName") {
            let fields = [("CacheSubnetGroupName", name)];
            let answer = turn
                .elasticache("DescribeCacheSubnetGroups", &fields)
                .await?;
            if xml::items(xml::parse(&answer).root(), "CacheSubnetGroups").is_empty() {
                return Ok(Some(Refused::new(
                    "CacheSubnetGroupNotFoundFault",
                    format!("Cache Subnet Group {name} does not exist."),
                )));
            }
        }
        let Some(id) = form.get("ReplicationGroupId") else {
            return Ok(None);
        };
        let fields = [("ReplicationGroupId", id)];
        let answer = turn
            .elasticache("DescribeReplicationGroups", &fields)
            .await?;
        let document = xml::parse(&answer);
        let group = xml::items(document.root(), "ReplicationGroups")
            .into_iter()
            .next();
        let is = |field: &str, element: &str| match (form.get(field), group) {
            (Some(value), _) => value == "true",
            (None, Some(group)) => xml::text(group, element) == "enabled",
            (None, None) => false,
        };
        let members = group.map(|group| xml::items(group, "NodeGroupMembers").len());
        let number = |field: &str| form.get(field).and_then(|text| text.parse::<usize>().ok());
        let nodes = number("NumCacheClusters")
            .or(number("NewReplicaCount").map(|replicas| replicas + 1))
            .or(members);
        let failover = is("AutomaticFailoverEnabled", "AutomaticFailover");
        let refused = if failover && nodes.unwrap_or(1) < 2 {
            Some(
                "Replication group with automatic failover enabled must have at least one read replica.",
            )
        } else if is("MultiAZEnabled", "MultiAZ") && !failover {
            Some("Must have automatic failover enabled to enable Multi-AZ.")
        } else {
            None
        };
        Ok(refused.map(|message| Refused::new("InvalidParameterCombination", message)))
    })
}
