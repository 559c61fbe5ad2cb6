//! Plans of a stack of which parts are deleted while it rests.

use std::collections::BTreeSet;

use bella_aws::nights::{self, Place};
use bella_engine::address::Address;
use bella_engine::applied::Applied;
use bella_engine::graph::Graph;
use bella_engine::live::Live;
use bella_engine::resource::Tags;
use bella_stack::{DATABASE, Resting, SERVICE, asleep};

use super::{Planned, Seen, shared_tags};
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::of;

/// Statuses of a database that takes no connections until somebody starts it.
const STOPPED: [&str; 2] = ["stopping", "stopped"];

impl Session {
    /// What the stack file wants of a stack that runs this image, as it is found.
    pub(super) fn graph_now(
        &self,
        image: Option<&str>,
        live: &Live,
        applied: Option<&Applied>,
    ) -> Result<Graph, CommandError> {
        let file = self.file()?;
        match (Resting::of(&file.loaded.stack, image), image) {
            (Some(resting), _) => of(resting.nodes(&self.addressed(live, applied)?)),
            (None, Some(image)) => file.graph_running(image),
            (None, None) => Ok(self.graph()?.clone()),
        }
    }

    /// What a stack that rests does without at the moment, by address; nothing where it runs.
    ///
    /// # Errors
    /// The resources do not fit together.
    pub(crate) fn absent(
        &self,
        live: &Live,
        applied: Option<&Applied>,
    ) -> Result<BTreeSet<String>, CommandError> {
        match asleep(live) {
            true => self.deleted(live, applied),
            false => Ok(BTreeSet::new()),
        }
    }

    /// What goes while the stack rests and is not there, by address, whether it rests or not.
    ///
    /// # Errors
    /// The resources do not fit together.
    pub(crate) fn deleted(
        &self,
        live: &Live,
        applied: Option<&Applied>,
    ) -> Result<BTreeSet<String>, CommandError> {
        let stack = self.file.as_ref().map(|file| &file.loaded.stack);
        match stack.and_then(|stack| Resting::of(stack, None)) {
            Some(resting) => Ok(resting.gone(&self.addressed(live, applied)?)),
            None => Ok(BTreeSet::new()),
        }
    }

    /// Says what the stack does without while it rests: its plan does not.
    ///
    /// # Errors
    /// As [`Session::absent`].
    pub(crate) fn note_absent(
        &self,
        cx: &Context,
        (live, applied): (&Live, Option<&Applied>),
        stack: &str,
    ) -> Result<(), CommandError> {
        let absent = self.absent(live, applied)?;
        if !absent.is_empty() {
            let absent: Vec<String> = absent.into_iter().collect();
            cx.ui.note(&format!(
                "note: {} rests without {}; they are made by {}\n",
                self.stack,
                absent.join(", "),
                command(cx, "schedule start", stack)
            ));
        }
        Ok(())
    }

    /// Refuses to put anything into a stack that is without what a version needs to serve: its database is stopped, or a part was deleted.
    ///
    /// # Errors
    /// It is; AWS refuses to describe what runs.
    pub(crate) async fn refuse_at_rest(
        &self,
        cx: &Context,
        (live, applied): (&Live, Option<&Applied>),
        stack: &str,
    ) -> Result<(), CommandError> {
        if self.file()?.loaded.stack.auto_shutdown.is_none() {
            return Ok(());
        }
        let address =
            |text| Address::parse(text).expect("the blueprint's own addresses can be read");
        let mut without: Vec<String> = match Place::of(live, &address(SERVICE), &address(DATABASE))
        {
            Some(place) => {
                let seen = nights::see(&self.aws, &place).await?;
                let down = seen
                    .database
                    .filter(|status| STOPPED.contains(&status.as_str()));
                down.map(|status| format!("{DATABASE}, which is {status}"))
                    .into_iter()
                    .collect()
            }
            None => return Ok(()),
        };
        without.extend(self.deleted(live, applied)?);
        if without.is_empty() {
            return Ok(());
        }
        Err(CommandError::new(
            Exit::Failed,
            format!(
                "{} is without what a version needs: {}",
                self.stack,
                without.join(", ")
            ),
        )
        .hint(format!(
            "start it first; it stays on until its next start by its hours: {}",
            command(cx, "schedule start", stack)
        )))
    }

    /// The plan that deletes what the stack does without while it rests; `None` where there is no such part.
    ///
    /// # Errors
    /// As [`Session::plan`].
    pub(crate) async fn plan_removal(&self) -> Result<Option<Planned>, CommandError> {
        let seen = self.see(self.graph()?).await?;
        let image = self.running(&seen.live).await?;
        let Some(resting) = Resting::of(&self.file()?.loaded.stack, image.as_deref()) else {
            return Ok(None);
        };
        let live = self.addressed(&seen.live, seen.applied.as_ref())?;
        let graph = of(resting.removing(&live))?;
        let tags = shared_tags(&live);
        self.compare_part(graph, resting.goes(), &tags, Seen { live, ..seen })
            .map(Some)
    }

    /// The plan that makes anew what was deleted, and has what refers to it follow; `None` where there is no such part.
    ///
    /// # Errors
    /// As [`Session::plan`]; the stack file says more than was provisioned.
    pub(crate) async fn plan_return(
        &self,
        provision: &str,
    ) -> Result<Option<Planned>, CommandError> {
        let seen = self.see(self.graph()?).await?;
        let image = self.running(&seen.live).await?;
        let Some(resting) = Resting::of(&self.file()?.loaded.stack, image.as_deref()) else {
            return Ok(None);
        };
        let live = self.addressed(&seen.live, seen.applied.as_ref())?;
        // Also where nothing is gone: a run may have ended before what refers to it followed.
        let nodes = match resting.restoring(&live) {
            Ok(nodes) => nodes,
            Err(_) if resting.gone(&live).is_empty() => return Ok(None),
            Err(lacking) => {
                let lacking: Vec<String> = lacking.into_iter().collect();
                let why = format!(
                    "what {} does without at night cannot be made again: {} is not there yet",
                    self.stack,
                    lacking.join(", ")
                );
                return Err(CommandError::new(Exit::Changes, why)
                    .hint(format!("make what its file says first: {provision}")));
            }
        };
        let tags = shared_tags(&live);
        self.compare_part(of(nodes)?, resting.goes(), &tags, Seen { live, ..seen })
            .map(Some)
    }

    /// The difference between `graph` with these tags and what exists at its addresses and those that go.
    pub(super) fn compare_part(
        &self,
        graph: Graph,
        goes: &BTreeSet<String>,
        tags: &Tags,
        seen: Seen,
    ) -> Result<Planned, CommandError> {
        let addresses: BTreeSet<Address> =
            graph.in_order().map(|node| node.address.clone()).collect();
        let is_part =
            |address: &Address| addresses.contains(address) || goes.contains(&address.to_string());
        let Seen {
            mut live,
            applied: whole,
        } = seen;
        live.objects.retain(|object| is_part(&object.address));
        let applied = whole.clone().map(|mut applied| {
            applied.objects.retain(|address, _| is_part(address));
            applied
        });
        let planned = self.compare(graph, tags, Seen { live, applied }, &BTreeSet::new())?;
        let stands = |address: &Address| {
            let own = planned.applied.as_ref();
            own.is_some_and(|own| own.objects.contains_key(address))
        };
        let applied = whole.map(|mut applied| {
            applied
                .objects
                .retain(|address, _| !is_part(address) || stands(address));
            applied
        });
        Ok(Planned { applied, ..planned })
    }

    /// The same objects, each with the stack file's address, also those that do not say theirs.
    fn addressed(&self, live: &Live, applied: Option<&Applied>) -> Result<Live, CommandError> {
        let mut addresses = self.addresses_by(live, applied.cloned())?;
        let mut live = live.clone();
        for object in &mut live.objects {
            let key = (object.kind.clone(), object.id.clone());
            if let Some(address) = addresses.remove(&key) {
                object.address = address;
            }
        }
        Ok(live)
    }
}
