use super::rds::pairs;
use super::{Listed, Tagged};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// How each kind is listed: the action and its list.
const KINDS: [(&str, &str); 4] = [
    ("DescribeCacheClusters", "CacheClusters"),
    ("DescribeCacheSubnetGroups", "CacheSubnetGroups"),
    ("DescribeReplicationGroups", "ReplicationGroups"),
    ("DescribeServerlessCaches", "ServerlessCaches"),
];

/// Caches and their subnet groups.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let mut found = Vec::new();
        for (action, list) in KINDS {
            let answer = turn.elasticache(action, &[]).await?;
            let arns: Vec<String> = xml::items(xml::parse(&answer).root(), list)
                .into_iter()
                .map(|object| xml::text(object, "ARN").to_owned())
                .collect();
            for arn in arns {
                let fields = [("ResourceName", arn.as_str())];
                let answer = turn.elasticache("ListTagsForResource", &fields).await?;
                let tags = pairs(&answer);
                found.push(Tagged { arn, tags });
            }
        }
        Ok(found)
    })
}
