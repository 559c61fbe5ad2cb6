//! The census: proof that a teardown left nothing, by other means than the kinds' own listings.
//!
//! Unfiltered describes of every service, matched on tags, generated names and VPC ids. An error in
//! a kind's `list` therefore cannot hide what it forgot.

mod app;
mod buckets;
mod data;
mod edge;
mod messages;
mod money;
mod monitoring;
mod network;
mod tagged;

use std::collections::BTreeSet;

use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::{Pending, Tags};
use futures_util::future::try_join_all;
use serde::Serialize;

use crate::clients::Aws;

/// Something that is still there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Survivor {
    /// What AWS calls it, for example `subnet`.
    pub what: &'static str,
    /// Its id, name or ARN.
    pub id: String,
    /// What ties it to the stack.
    pub why: String,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Stack name.
    pub stack: String,
    /// Ids of VPCs the stack had before the teardown.
    pub vpcs: BTreeSet<String>,
}

impl Wanted {
    /// Why an object counts as the stack's, if it does. A tag decides where there is one; a name
    /// counts only for objects without it, since `bella-dev` and `bella` share a beginning.
    fn ties(&self, tags: &Tags, name: Option<&str>, vpc: Option<&str>) -> Option<String> {
        match tags.get(STACK_TAG) {
            Some(stack) if *stack == self.stack => return Some(format!("tag {STACK_TAG}={stack}")),
            Some(_) => return None,
            None => {}
        }
        if let Some(vpc) = vpc.filter(|vpc| self.vpcs.contains(*vpc)) {
            return Some(format!("in {vpc}"));
        }
        let name = name.filter(|name| self.is_our_name(name))?;
        Some(format!("named {name}"))
    }

    /// `<stack>-<name>-<8 hexadecimal digits>`, or a path below `/bella/<stack>/`.
    fn is_our_name(&self, name: &str) -> bool {
        let path = name.trim_start_matches('/');
        if let Some(rest) = path.strip_prefix("bella/") {
            return rest.starts_with(&format!("{}/", self.stack));
        }
        let hashed = |rest: &str| {
            rest.rsplit_once('-').is_some_and(|(_, hash)| {
                hash.len() == 8 && hash.chars().all(|c| c.is_ascii_hexdigit())
            })
        };
        name.strip_prefix(&format!("{}-", self.stack))
            .is_some_and(hashed)
    }

    fn survivor(
        &self,
        what: &'static str,
        id: Option<&str>,
        tags: &Tags,
        name: Option<&str>,
        vpc: Option<&str>,
    ) -> Option<Survivor> {
        Some(Survivor {
            what,
            id: id?.to_owned(),
            why: self.ties(tags, name, vpc)?,
        })
    }
}

/// One service's part of the census.
type Read<'a> = Pending<'a, Result<Vec<Survivor>, CloudError>>;

/// Everything that is still there, sorted.
///
/// # Errors
/// AWS refuses one of the reads: then nothing is proven.
pub async fn census(aws: &Aws, wanted: &Wanted) -> Result<Vec<Survivor>, CloudError> {
    let reads: Vec<Read<'_>> = vec![
        Box::pin(network::networks(aws, wanted)),
        Box::pin(network::gateways(aws, wanted)),
        Box::pin(network::interfaces(aws, wanted)),
        Box::pin(app::roles(aws, wanted)),
        Box::pin(app::log_groups(aws, wanted)),
        Box::pin(app::repositories(aws, wanted)),
        Box::pin(app::load_balancers(aws, wanted)),
        Box::pin(app::containers(aws, wanted)),
        Box::pin(data::databases(aws, wanted)),
        Box::pin(data::caches(aws, wanted)),
        Box::pin(data::secrets(aws, wanted)),
        Box::pin(edge::certificates(aws, wanted)),
        Box::pin(edge::records(aws, wanted)),
        Box::pin(monitoring::monitoring(aws, wanted)),
        Box::pin(messages::topics(aws, wanted)),
        Box::pin(messages::queues(aws, wanted)),
        Box::pin(messages::schedule_groups(aws, wanted)),
        Box::pin(money::budgets(aws, wanted)),
        Box::pin(buckets::buckets(aws, wanted)),
    ];
    let found = try_join_all(reads).await?;
    let mut found: Vec<Survivor> = found.into_iter().flatten().collect();
    found.sort();
    Ok(found)
}

/// The last copies of the stack's data that teardowns kept on purpose, sorted: final snapshots and
/// secrets that can be restored. They are no survivors, and cost money.
///
/// # Errors
/// AWS refuses one of the reads.
pub async fn copies(aws: &Aws, wanted: &Wanted) -> Result<Vec<Survivor>, CloudError> {
    let mut found = data::copies(aws, wanted).await?;
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ties(tags: &[(&str, &str)], name: &str, vpc: &str) -> Option<String> {
        let wanted = Wanted {
            stack: "bella".to_owned(),
            vpcs: ["vpc-1".to_owned()].into(),
        };
        let tags = tags
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        wanted.ties(&tags, Some(name), Some(vpc))
    }

    #[test]
    fn tags_decide_and_names_of_a_longer_stack_do_not() {
        assert!(ties(&[("bella:stack", "bella")], "x", "vpc-9").is_some());
        assert!(
            ties(
                &[("bella:stack", "bella-dev")],
                "bella-dev-main-0123abcd",
                "vpc-1"
            )
            .is_none()
        );
        assert!(ties(&[], "x", "vpc-1").is_some());
        assert!(ties(&[], "bella-main-0123abcd", "vpc-9").is_some());
        assert!(ties(&[], "/bella/bella/service", "vpc-9").is_some());
        assert!(ties(&[], "/bella/bella-dev/service", "vpc-9").is_none());
        assert!(ties(&[], "bella-handmade", "vpc-9").is_none());
    }
}
