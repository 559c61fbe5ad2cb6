//! Plans in files: written by `plan --out`, carried out by `provision --plan`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bella_engine::address::Address;
use bella_engine::saved::{FORMAT, SavedPlan};

use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::session::Session;

impl Session {
    /// The plan with everything it depends on.
    pub(crate) fn saved(&self, planned: &Planned, unprotect: &BTreeSet<Address>) -> SavedPlan {
        SavedPlan {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stack: self.stack.clone(),
            account: self.caller.account.clone(),
            region: self.region.clone(),
            made: jiff::Timestamp::now(),
            graph: planned.graph.digest(),
            tags: self.tags(),
            unprotect: unprotect.clone(),
            plan: planned.plan.clone(),
        }
    }
}

/// Writes a plan to a file, over one that is there.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(path: &Path, plan: &SavedPlan) -> Result<(), CommandError> {
    let mut text = serde_json::to_string_pretty(plan).unwrap_or_default();
    text.push('\n');
    std::fs::write(path, text).map_err(|err| {
        CommandError::new(
            Exit::Failed,
            format!("writing the plan to {}: {err}", path.display()),
        )
        .hint("name another file with --out FILE")
    })
}

/// A plan that was read from a file.
pub(crate) struct FromFile {
    path: PathBuf,
    plan: SavedPlan,
}

impl FromFile {
    /// Reads a plan.
    ///
    /// # Errors
    /// There is no such file, or it is no saved plan.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        let unusable = |why: String| {
            CommandError::usage(format!("{} is no saved plan: {why}", path.display()))
                .hint("make one with: bella plan STACK --out FILE")
        };
        let text = std::fs::read_to_string(path).map_err(|err| unusable(err.to_string()))?;
        let plan = serde_json::from_str(&text).map_err(|err| unusable(err.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            plan,
        })
    }

    /// What may go by this plan.
    pub(crate) fn unprotect(&self) -> BTreeSet<Address> {
        self.plan.unprotect.clone()
    }

    /// Refuses the plan when what would be planned now is another one; `renew` is the command that
    /// makes it anew.
    ///
    /// # Errors
    /// The stack file, the cloud, the place or the tool moved.
    pub(crate) fn check(&self, now: &SavedPlan, renew: &str) -> Result<(), CommandError> {
        match self.plan.moved(now) {
            None => Ok(()),
            Some(moved) => Err(CommandError::usage(format!(
                "the plan in {} is not carried out: {moved}",
                self.path.display()
            ))
            .hint(format!(
                "look at the difference as it is now, and save it, with: {renew} --out {}",
                self.path.display()
            ))),
        }
    }
}
