use super::{Listed, Tagged};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// How each kind is listed: the action, its list, and the element with the ARN.
const KINDS: [(&str, &str, &str); 4] = [
    ("DescribeDBInstances", "DBInstances", "DBInstanceArn"),
    (
        "DescribeDBParameterGroups",
        "DBParameterGroups",
        "DBParameterGroupArn",
    ),
    ("DescribeDBSnapshots", "DBSnapshots", "DBSnapshotArn"),
    (
        "DescribeDBSubnetGroups",
        "DBSubnetGroups",
        "DBSubnetGroupArn",
    ),
];

/// Databases, their groups and snapshots.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let mut found = Vec::new();
        for (action, list, element) in KINDS {
            let answer = turn.rds(action, &[]).await?;
            let arns: Vec<String> = xml::items(xml::parse(&answer).root(), list)
                .into_iter()
                .map(|object| xml::text(object, element).to_owned())
                .collect();
            for arn in arns {
                let fields = [("ResourceName", arn.as_str())];
                let answer = turn.rds("ListTagsForResource", &fields).await?;
                let tags = pairs(&answer);
                found.push(Tagged { arn, tags });
            }
        }
        Ok(found)
    })
}

/// The tags of an answer to `ListTagsForResource`.
pub(super) fn pairs(answer: &str) -> Vec<(String, String)> {
    let document = xml::parse(answer);
    let tags = xml::items(document.root(), "TagList").into_iter();
    let text = |tag, name| xml::text(tag, name).to_owned();
    tags.map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}
