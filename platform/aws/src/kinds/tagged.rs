//! Tags of objects whose own listing shows none.

use bella_engine::cloud::CloudError;
use bella_engine::resource::Tags;

use super::at_once::{self, Read};
use crate::clients::Aws;
use crate::look::Look;
use crate::tags::owned;

/// An object of a listing.
pub(super) struct Listed<T> {
    pub(super) arn: String,
    /// Its name at AWS, generated or not.
    pub(super) name: String,
    pub(super) wire: T,
}

/// Asks for the tags of one ARN; `None` when the object has gone.
pub(super) type Ask = fn(Aws, String) -> Read<Option<Tags>>;

/// Those of `all` that are the stack's, with their tags.
///
/// The tagging service knows them by one call for all kinds, but hears of a new one late; so one
/// that has the stack's name and is not known there is asked for by itself. Other stacks' objects
/// cost no call, but for those of a stack whose name begins with this one's and a hyphen.
pub(super) async fn of_stack<T>(
    look: &Look,
    all: Vec<Listed<T>>,
    ask: Ask,
) -> Result<Vec<(T, Tags)>, CloudError> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let tagged = look.tagged().await?;
    let lead = format!("{}-", look.stack());
    let is_unknown = |it: &Listed<T>| !tagged.contains_key(&it.arn) && it.name.starts_with(&lead);
    let reads: Vec<Read<_>> = all
        .iter()
        .filter(|it| is_unknown(it))
        .map(|it| ask(look.aws.clone(), it.arn.clone()))
        .collect();
    let mut answers = at_once::all(reads).await?.into_iter();
    let mut found = Vec::new();
    for it in all {
        let tags = match is_unknown(&it) {
            true => answers.next().flatten(),
            false => tagged.get(&it.arn).cloned(),
        };
        let ours = tags.filter(|tags| owned(look.stack(), tags).is_some());
        found.extend(ours.map(|tags| (it.wire, tags)));
    }
    Ok(found)
}

/// What `who` is called at AWS: the last part of its ARN, which these services use as its id.
pub(super) fn name_of(id: &str) -> &str {
    id.rsplit(':').next().unwrap_or(id)
}
