//! A stack in an account and region: what commands that talk to AWS share.

mod elsewhere;
mod guest;
mod open;

use std::collections::BTreeMap;
use std::time::Duration;

use bella_aws::clients::{Access, Aws, Caller};
use bella_aws::kinds::KINDS;
use bella_aws::ledger::{LEDGER_TAG, Location, Place, Run, Store};
use bella_engine::address::Address;
use bella_engine::applied::Applied;
use bella_engine::graph::Graph;
use bella_engine::ledger::Actor;
use bella_engine::live::Live;
use bella_engine::planner::{self, Request};
use bella_engine::reference::{Reference, is_unresolved, resolve};
use bella_engine::resource::{Outputs, Tags};
use serde_json::Value;

use crate::commands::command;
use crate::context::Context;
use crate::error::CommandError;
use crate::money::{Money, Priced};
use crate::planning::Planned;
use crate::target::StackFile;

/// A connected stack.
pub(crate) struct Session {
    pub(crate) stack: String,
    pub(crate) region: String,
    pub(crate) aws: Aws,
    pub(crate) caller: Caller,
    /// How the account is reached, for other regions.
    access: Access,
    pub(crate) file: Option<Box<StackFile>>,
    pub(crate) store: Store,
    pub(crate) place: Place,
    /// Data stores that go leave no last copy, whatever the stack is for.
    pub(crate) skip_copies: bool,
    /// Where everybody finds the ledger: what the stack's tags say.
    home: Location,
    /// How long a listing may lag behind a change.
    pub(crate) lag: Duration,
}

impl Session {
    /// Who acts, for the lease and the history.
    pub(crate) fn actor(&self, operation: &str) -> Actor {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .or_else(|| std::env::var("HOSTNAME").ok())
            .unwrap_or_else(|| "unknown".to_owned());
        Actor {
            who: self.caller.arn.clone(),
            pid: std::process::id(),
            host: host.trim().to_owned(),
            operation: operation.to_owned(),
        }
    }

    /// Whether it is AWS itself that is talked to.
    pub(crate) fn is_aws(&self) -> bool {
        self.access.endpoint_url.is_none()
    }

    /// Takes the lease and begins a run.
    pub(crate) async fn begin(&self, operation: &str) -> Result<Run, CommandError> {
        let actor = self.actor(operation);
        Ok(self
            .store
            .begin(&self.place, actor, jiff::Timestamp::now())
            .await?)
    }

    /// Everything the stack has.
    pub(crate) async fn look(&self) -> Result<Live, CommandError> {
        Ok(Live::look(KINDS, &self.aws, &self.stack).await?)
    }

    /// Tags of everything in the stack, beside the address.
    pub(crate) fn tags(&self) -> Tags {
        let Some(file) = &self.file else {
            return Tags::new();
        };
        let mut tags = bella_stack::tags(&file.loaded.stack);
        tags.insert(LEDGER_TAG.to_owned(), self.home.tag());
        tags
    }

    /// The addresses of `live` by (kind, id): a child, which carries no tag of its own, by what the
    /// stack file or the ledger declares.
    pub(crate) async fn addresses(
        &self,
        live: &Live,
    ) -> Result<BTreeMap<(String, String), Address>, CommandError> {
        let applied = self.store.applied(&self.place).await?;
        self.addresses_by(live, applied)
    }

    /// As [`Session::addresses`], by what the ledger says was `applied`.
    pub(crate) fn addresses_by(
        &self,
        live: &Live,
        applied: Option<Applied>,
    ) -> Result<BTreeMap<(String, String), Address>, CommandError> {
        let mut applied = applied.unwrap_or_default();
        if let Some(file) = &self.file {
            let declared = file
                .graph
                .in_order()
                .map(|node| (node.address.clone(), node.properties.clone()));
            applied.objects.extend(declared);
        }
        let everything = live.objects.iter().map(|object| object.address.clone());
        let removal = planner::plan(&Request {
            catalog: KINDS,
            graph: &Graph::default(),
            live,
            applied: Some(&applied),
            tags: &Tags::new(),
            unprotect: &everything.chain(applied.objects.keys().cloned()).collect(),
            keep_copies: true,
            moved: &BTreeMap::new(),
        })?;
        Ok(removal
            .changes
            .into_iter()
            .filter_map(|change| Some(((change.kind, change.id?), change.address)))
            .collect())
    }

    /// The stack file.
    pub(crate) fn file(&self) -> Result<&StackFile, CommandError> {
        let file = self.file.as_deref();
        file.ok_or_else(|| CommandError::usage("this command needs a stack file"))
    }

    /// The graph of the stack file before anything was deployed to the stack.
    pub(crate) fn graph(&self) -> Result<&Graph, CommandError> {
        Ok(&self.file()?.graph)
    }

    /// What the stack file costs; `None` where there is none.
    ///
    /// # Errors
    /// As [`Money::of`].
    pub(crate) fn money(&self) -> Result<Option<Money>, CommandError> {
        self.file.as_ref().map(|file| Money::of(file)).transpose()
    }

    /// What a plan changes of it.
    ///
    /// # Errors
    /// As [`Money::of`].
    pub(crate) fn priced(&self, planned: &Planned) -> Result<Option<Priced>, CommandError> {
        Ok(self.money()?.map(|money| Priced {
            deltas: money.deltas(&planned.plan, &planned.live),
            money,
        }))
    }

    /// The refusal of a stack over its budget; a warning where it is near.
    pub(crate) fn over_budget(
        &self,
        cx: &Context,
        stack: &str,
        priced: Option<&Priced>,
    ) -> Option<CommandError> {
        let money = &priced?.money;
        if let Some(warning) = money.warning() {
            cx.ui.note(&warning);
        }
        self.refusal(&command(cx, "provision", stack), money)
    }

    /// The refusal of a stack over its budget, with the command that goes over it.
    pub(crate) fn refusal(&self, provision: &str, money: &Money) -> Option<CommandError> {
        let accept = format!("{provision} --accept-over-budget REASON");
        money.refusal(self.file.as_ref()?, &accept)
    }

    /// The stack's outputs, as far as the objects they name exist.
    pub(crate) fn outputs(&self, known: &BTreeMap<Address, Outputs>) -> Vec<(String, String)> {
        let lookup = |reference: &Reference| {
            known
                .get(&reference.address)?
                .get(&reference.output)
                .cloned()
        };
        let known = bella_stack::OUTPUTS
            .iter()
            .map(|(name, text)| (*name, resolve(&Value::from(*text), &lookup)))
            .filter(|(_, value)| !is_unresolved(value))
            .filter_map(|(name, value)| Some((name.to_owned(), value.as_str()?.to_owned())));
        let mut outputs: Vec<(String, String)> = Vec::new();
        for (name, value) in known {
            if outputs.iter().all(|(said, _)| *said != name) {
                outputs.push((name, value));
            }
        }
        outputs
    }

    /// Says which parts of the stack file this release does not make.
    pub(crate) fn note_gaps(&self, cx: &Context) {
        let Some(file) = &self.file else {
            return;
        };
        let gaps = bella_stack::not_yet_provisioned(&file.loaded.stack);
        if !gaps.is_empty() {
            cx.ui.note(&format!(
                "note: not provisioned by this release: {}\n",
                gaps.join(", ")
            ));
        }
    }

    /// With --verbose, says how many calls were made.
    pub(crate) fn note_calls(&self, cx: &Context) {
        if cx.ui.verbose {
            let counts = self.aws.calls().counts();
            let list: Vec<String> = counts
                .iter()
                .map(|(call, count)| format!("  {count:>4} {call}"))
                .collect();
            cx.ui.note(&format!(
                "{} AWS calls\n{}",
                self.aws.calls().total(),
                list.join("\n")
            ));
        }
    }
}
