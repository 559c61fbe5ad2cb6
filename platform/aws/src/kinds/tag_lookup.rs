//! Tags of objects whose listing shows none.

use std::future::Future;

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use crate::look::Look;

/// Permission of [`of`], beside the one that `ask` needs.
pub(super) const ACTION: &str = "tag:GetResources";

/// The tags of the object `arn`, `None` when it has gone.
///
/// They come from the tagging service, one call for all kinds, where it knows the object. It hears
/// of an object seconds later: what is not in it, and what a look waits for, is asked by `ask`.
pub(super) async fn of<F>(look: &Look, arn: &str, ask: F) -> Result<Option<Tags>, CloudError>
where
    F: Future<Output = Result<Tags, CloudError>>,
{
    if let Some(tags) = noted(look, arn).await? {
        return Ok(Some(tags));
    }
    match ask.await {
        Ok(tags) => Ok(Some(tags)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The tags of the object `arn` by the tagging service; `None` when it does not know the object,
/// and for a look that waits for one.
pub(super) async fn noted(look: &Look, arn: &str) -> Result<Option<Tags>, CloudError> {
    match look.focus() {
        Some(_) => Ok(None),
        None => Ok(look.tagged().await?.get(arn).cloned()),
    }
}

/// The beginning of the names that objects of the stack are given.
pub(super) fn name_start(look: &Look) -> String {
    format!("{}-", look.stack())
}

/// The stack's objects by the tagging service, as the parts of their ARNs behind `lead`: those that
/// were adopted have other names than ours.
pub(super) async fn known(look: &Look, lead: &str) -> Result<Vec<String>, CloudError> {
    let tagged = look.tagged().await?;
    let parts = tagged.keys().filter_map(|arn| arn.strip_prefix(lead));
    Ok(parts.map(str::to_owned).collect())
}
