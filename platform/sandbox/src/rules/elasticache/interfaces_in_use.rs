use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// A subnet that is only in a subnet group counts once that group has a cache.
pub(crate) static RULE: Refusal = Refusal {
    name: "cache-interface-in-use-refused",
    about: About::refuses(
        "A security group or subnet that a cache's network interface is in is not deleted.",
    ),
    service: "ec2",
    operations: &["DeleteSecurityGroup", "DeleteSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (group, subnet) = (form.text("GroupId"), form.text("SubnetId"));
        let wanted = if group.is_empty() { subnet } else { group };
        let caches = turn.elasticache("DescribeCacheClusters", &[]).await?;
        let serverless = turn.elasticache("DescribeServerlessCaches", &[]).await?;
        let mut used = mentions(&caches, wanted) || mentions(&serverless, wanted);
        let groups = turn.elasticache("DescribeCacheSubnetGroups", &[]).await?;
        for node in xml::items(xml::parse(&groups).root(), "CacheSubnetGroups") {
            let has_it = xml::items(node, "Subnets")
                .iter()
                .any(|subnet| xml::text(*subnet, "SubnetIdentifier") == wanted);
            used |= has_it && mentions(&caches, xml::text(node, "CacheSubnetGroupName"));
        }
        Ok(used.then(|| match group {
            "" => Refused::new(
                "DependencyViolation",
                format!("The subnet '{subnet}' has dependencies and cannot be deleted."),
            ),
            _ => Refused::new(
                "DependencyViolation",
                format!("resource {group} has a dependent object"),
            ),
        }))
    })
}

fn mentions(answer: &str, text: &str) -> bool {
    let document = xml::parse(answer);
    document.descendants().any(|node| node.text() == Some(text))
}
