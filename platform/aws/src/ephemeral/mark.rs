//! When a stack ends, where AWS is told so.

use aws_sdk_ec2::types::Tag;
use aws_sdk_ecs::types::Tag as EcsTag;
use bella_engine::cloud::CloudError;
use bella_engine::live::{Live, Object};
use jiff::Timestamp;

use super::Carrier;
use crate::clients::Aws;
use crate::error::refused;

/// Names of the rules begin so.
const EXPIRE: &str = "expire-";

/// Whether a schedule is one of the rules that stop a stack when its time is over.
pub(crate) fn is_expiry(schedule: &Object) -> bool {
    let name = schedule.id.rsplit('/').next().unwrap_or_default();
    schedule.kind == "schedule" && name.starts_with(EXPIRE)
}

/// The rules that stop the stack when its time is over, each with the moment from which it does: what `nights::hold` makes a plan of.
#[must_use]
pub fn expiry(live: &Live, expires: Timestamp) -> Vec<(&Object, Timestamp)> {
    let rules = live.objects.iter().filter(|object| is_expiry(object));
    rules.map(|rule| (rule, expires)).collect()
}

/// Writes on what a stack is listed by, as the tag of that key, when it ends.
///
/// No plan: what it changes is no property of a stack file, and moves while nothing else of the stack does.
///
/// # Errors
/// AWS refuses.
pub async fn mark(
    aws: &Aws,
    (carrier, key): (&Carrier, &str),
    expires: Timestamp,
) -> Result<(), CloudError> {
    let until = expires.to_string();
    match carrier {
        Carrier::Vpc(id) => {
            let tag = Tag::builder().key(key).value(until).build();
            let call = aws.ec2.create_tags().resources(id).tags(tag);
            call.send().await.map_err(refused)?;
        }
        Carrier::Cluster(arn) => {
            let tag = EcsTag::builder().key(key).value(until).build();
            let call = aws.ecs.tag_resource().resource_arn(arn).tags(tag);
            call.send().await.map_err(refused)?;
        }
    }
    Ok(())
}
