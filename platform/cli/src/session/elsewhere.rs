//! A stack of the same name in another region: what a changed `region:` would leave behind.

use bella_aws::clients::{Access, Aws};
use bella_aws::find::find_stack;
use bella_aws::kinds::KINDS;
use bella_engine::live::{Live, Object};
use bella_engine::resource::{Disposition, find_kind};

use super::Session;
use crate::error::{CommandError, Exit};

/// What the stack has in another region.
pub(crate) struct Elsewhere {
    pub(crate) region: String,
    live: Live,
}

impl Session {
    /// What a stack of this name has in other regions, asked only where `live` has nothing in this
    /// one: a stack that is here already was not moved.
    pub(crate) async fn elsewhere(&self, live: &Live) -> Result<Vec<Elsewhere>, CommandError> {
        if !live.objects.is_empty() {
            return Ok(Vec::new());
        }
        let access = |region: &str| Access {
            region: region.to_owned(),
            ..self.access.clone()
        };
        let mut others = Vec::new();
        for found in find_stack(&self.aws, &self.stack, Some(&self.region)).await? {
            if found.region == self.region {
                continue;
            }
            let aws = Aws::new(&access(&found.region)).await;
            others.push(Elsewhere {
                live: Live::look(KINDS, &aws, &self.stack).await?,
                region: found.region,
            });
        }
        Ok(others)
    }

    /// Refuses to make a second stack beside one in another region, unless that is `accepted`.
    ///
    /// # Errors
    /// There is one, with what would be left there.
    pub(crate) async fn refuse_second_region(
        &self,
        live: &Live,
        accepted: bool,
    ) -> Result<(), CommandError> {
        if accepted {
            return Ok(());
        }
        let others = self.elsewhere(live).await?;
        let Some(first) = others.first() else {
            return Ok(());
        };
        let mut error = CommandError::new(Exit::Denied, first.left_by(self));
        error
            .lines
            .extend(others[1..].iter().map(|other| other.left_by(self)));
        Err(error.hint(format!(
            "remove it there first with `bella teardown {} --region {}`, set `region` back, or have both with --accept-second-region",
            self.stack, first.region
        )))
    }
}

impl Elsewhere {
    /// What stays behind, in a sentence.
    pub(crate) fn left_by(&self, session: &Session) -> String {
        let holds_data = |object: &&Object| {
            find_kind(KINDS, &object.kind)
                .is_some_and(|kind| kind.disposition() == Disposition::DataStore)
        };
        let stores = self.live.objects.iter().filter(holds_data);
        let stores: Vec<String> = stores.map(|object| object.address.to_string()).collect();
        let data = match stores.is_empty() {
            true => String::new(),
            false => format!(", with data in {}", stores.join(", ")),
        };
        format!(
            "{} has {} objects in {}{data}; they would stay and cost money beside a second stack in {}",
            session.stack,
            self.live.objects.len(),
            self.region,
            session.region
        )
    }
}
