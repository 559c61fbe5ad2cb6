use std::collections::BTreeMap;

use super::{Listed, Tagged};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Everything that `DescribeTags` knows: networks, their parts, addresses.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let answer = turn.ec2("DescribeTags", &[]).await?;
        let lead = format!("arn:aws:ec2:{}:{}:", turn.region(), turn.account().await?);
        let document = xml::parse(&answer);
        let mut objects: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for tag in xml::items(document.root(), "tagSet") {
            let text = |name| xml::text(tag, name).to_owned();
            let arn = format!("{lead}{}/{}", text("resourceType"), text("resourceId"));
            let pair = (text("key"), text("value"));
            objects.entry(arn).or_default().push(pair);
        }
        Ok(objects
            .into_iter()
            .map(|(arn, tags)| Tagged { arn, tags })
            .collect())
    })
}
