//! A stack in an account and region: what commands that talk to AWS share.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bella_aws::clients::{Access, Aws, Caller};
use bella_aws::find::find_stack;
use bella_aws::kinds::KINDS;
use bella_aws::ledger::{Place, Run, Store};
use bella_engine::address::Address;
use bella_engine::graph::Graph;
use bella_engine::ledger::Actor;
use bella_engine::live::Live;
use bella_engine::planner::{self, Request};
use bella_engine::reference::{Reference, is_unresolved, resolve};
use bella_engine::resource::{Outputs, Tags};
use serde_json::Value;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::target::{StackFile, Target};

/// AWS listings show a change within this (`aws-behaviours.md` rows 11, 27).
const LAG: Duration = Duration::from_secs(60);
/// Another number of seconds for [`LAG`]: for an endpoint whose listings are exact, such as the
/// sandbox, where a resumed run need not look that long for what a cut-off one may have made.
const LAG_VARIABLE: &str = "BELLA_CONSISTENCY_SECONDS";

/// A connected stack.
pub(crate) struct Session {
    pub(crate) stack: String,
    pub(crate) region: String,
    pub(crate) aws: Aws,
    pub(crate) caller: Caller,
    pub(crate) file: Option<Box<StackFile>>,
    pub(crate) store: Store,
    pub(crate) place: Place,
    /// How long a listing may lag behind a change.
    pub(crate) lag: Duration,
}

impl Session {
    /// Connects to the account and region of `target`.
    ///
    /// # Errors
    /// Wrong credentials, region or endpoint, told in under five seconds; a name that is found
    /// nowhere or twice.
    pub(crate) async fn open(cx: &Context, target: Target) -> Result<Self, CommandError> {
        let endpoint = match cx.global.sandbox {
            true => cx.sandbox_up().await?.endpoint,
            false => cx.global.endpoint_url.clone(),
        };
        let access = |region: &str| Access {
            region: region.to_owned(),
            profile: cx.global.profile.clone(),
            endpoint_url: endpoint.clone(),
            dummy_credentials: cx.global.sandbox,
        };
        match target {
            Target::File(file) => {
                let region = file.loaded.stack.region.to_string();
                if let Some(other) = cx.global.region.as_ref().filter(|other| **other != region) {
                    return Err(CommandError::usage(format!(
                        "{} says region {region}, the command line says {other}",
                        file.path.display()
                    ))
                    .hint("leave --region out: a stack's region is in its file"));
                }
                let aws = Aws::new(&access(&region)).await;
                let caller = aws.caller().await?;
                let root = cx.ledger_root(Some(file.folder()))?;
                let stack = file.loaded.stack.stack.to_string();
                Self::assemble(stack, region, aws, caller, Some(file), root)
            }
            Target::Name(stack) => {
                let first = Self::any_region(cx);
                let aws = Aws::new(&access(&first)).await;
                let caller = aws.caller().await?;
                let region = match &cx.global.region {
                    Some(region) => region.clone(),
                    None => one_region(&stack, find_stack(&aws, &stack, &access).await?)?,
                };
                let aws = match region == first {
                    true => aws,
                    false => Aws::new(&access(&region)).await,
                };
                let root = cx.ledger_root(ledger_folder(&caller, &region, &stack))?;
                Self::assemble(stack, region, aws, caller, None, root)
            }
            Target::Past(stack) => {
                let first = Self::any_region(cx);
                let aws = Aws::new(&access(&first)).await;
                let caller = aws.caller().await?;
                let root = cx.ledger_root(ledger_folder(&caller, "", &stack))?;
                let places = Store::local(&root).places().await?;
                let known = places.into_iter().filter(|place| {
                    let asked = cx.global.region.as_ref();
                    place.stack == stack
                        && place.account == caller.account
                        && asked.is_none_or(|r| *r == place.region)
                });
                let region = one_region(&stack, known.map(|place| place.region).collect())?;
                Self::assemble(stack, region, aws, caller, None, root)
            }
        }
    }

    fn any_region(cx: &Context) -> String {
        let said = cx.global.region.clone();
        let env = || {
            std::env::var("AWS_REGION")
                .or_else(|_| std::env::var("AWS_DEFAULT_REGION"))
                .ok()
        };
        said.or_else(env).unwrap_or_else(|| "us-east-1".to_owned())
    }

    fn assemble(
        stack: String,
        region: String,
        aws: Aws,
        caller: Caller,
        file: Option<Box<StackFile>>,
        root: PathBuf,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            place: Place {
                account: caller.account.clone(),
                region: region.clone(),
                stack: stack.clone(),
            },
            store: Store::local(&root),
            lag: lag()?,
            stack,
            region,
            aws,
            caller,
            file,
        })
    }

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
        match &self.file {
            Some(file) => bella_stack::tags(&file.loaded.stack),
            None => Tags::new(),
        }
    }

    /// The addresses of `live` by (kind, id): a child, which carries no tag of its own, by what the
    /// stack file or the ledger declares.
    pub(crate) async fn addresses(
        &self,
        live: &Live,
    ) -> Result<BTreeMap<(String, String), Address>, CommandError> {
        let mut applied = self.store.applied(&self.place).await?.unwrap_or_default();
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

    /// The desired graph of the stack file.
    pub(crate) fn graph(&self) -> Result<&Graph, CommandError> {
        let file = self.file.as_ref().map(|file| &file.graph);
        file.ok_or_else(|| CommandError::usage("this command needs a stack file"))
    }

    /// The stack's budget, USD a month.
    pub(crate) fn budget(&self) -> Option<f64> {
        self.file
            .as_ref()
            .map(|file| file.loaded.stack.budget.monthly_usd)
    }

    /// The stack's outputs, as far as the objects they name exist.
    pub(crate) fn outputs(&self, known: &BTreeMap<Address, Outputs>) -> Vec<(String, String)> {
        let lookup = |reference: &Reference| {
            known
                .get(&reference.address)?
                .get(&reference.output)
                .cloned()
        };
        bella_stack::OUTPUTS
            .iter()
            .map(|(name, text)| (*name, resolve(&Value::from(*text), &lookup)))
            .filter(|(_, value)| !is_unresolved(value))
            .filter_map(|(name, value)| Some((name.to_owned(), value.as_str()?.to_owned())))
            .collect()
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

fn lag() -> Result<Duration, CommandError> {
    let Ok(text) = std::env::var(LAG_VARIABLE) else {
        return Ok(LAG);
    };
    let seconds = text.parse().map(Duration::from_secs);
    seconds.map_err(|err| {
        CommandError::usage(format!(
            "{LAG_VARIABLE}={text} is not a number of seconds: {err}"
        ))
    })
}

fn one_region(stack: &str, mut regions: Vec<String>) -> Result<String, CommandError> {
    match regions.len() {
        0 => Err(CommandError::new(Exit::Failed, format!("no stack {stack} was found in any enabled region"))
            .hint("check the name, --profile and the endpoint: the account asked is the one of these credentials")),
        1 => Ok(regions.remove(0)),
        _ => Err(CommandError::usage(format!("stack {stack} exists in {}", regions.join(" and ")))
            .hint("say which one is meant with --region")),
    }
}

/// Where a stack's ledger is when only its name is known: `.bella` here or in `stacks/`.
fn ledger_folder(caller: &Caller, region: &str, stack: &str) -> Option<PathBuf> {
    [PathBuf::from("."), PathBuf::from("stacks")]
        .into_iter()
        .find(|folder| {
            let account = folder.join(".bella").join(&caller.account);
            match region {
                "" => account.is_dir(),
                _ => account.join(region).join(stack).is_dir(),
            }
        })
}
