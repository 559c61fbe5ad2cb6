//! What the engine asks of a cloud, and how a cloud says no.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::resource::Scope;

/// A cloud account and region that kinds act on.
pub trait Cloud: Send + Sync + 'static {
    /// One look at the cloud: clients plus a memo, so that kinds which need the same listing share
    /// one read. A look is never older than the call that made it.
    type Look: Send + Sync;

    /// Starts a look with an empty memo.
    fn look(&self, scope: &Scope) -> Self::Look;

    /// How many changing calls `service` bears at once from one caller.
    fn parallel(&self, service: &str) -> usize;

    /// Where the stack lives; part of every generated name.
    fn region(&self) -> &str;
}

/// What a refusal means to the engine. One table in the cloud's crate decides it from the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The object is not there. Success for a delete.
    NotFound,
    /// An object of that name is there already.
    Exists,
    /// Something still uses the object.
    InUse,
    /// Too many calls.
    Throttled,
    /// True in a while: a state that has to pass, a new id or role not yet visible everywhere.
    NotYet,
    /// Credentials are wrong, expired, or lack a permission.
    Denied,
    /// No answer, or a 5xx: the call may or may not have been carried out.
    Ambiguous,
    /// The endpoint was never reached.
    Unreachable,
    /// Anything else; asking again would not help.
    Rejected,
}

impl Fault {
    /// How long a call that fails so is worth repeating when its table row says nothing else
    /// (`aws-behaviours.md` §4g: propagation, dependency and state deadlines).
    #[must_use]
    pub fn patience(self) -> Option<Duration> {
        match self {
            Self::Throttled => Some(Duration::from_secs(5 * 60)),
            Self::NotYet => Some(Duration::from_secs(4 * 60)),
            Self::InUse => Some(Duration::from_secs(20 * 60)),
            Self::Ambiguous | Self::Unreachable => Some(Duration::from_secs(60)),
            Self::NotFound | Self::Exists | Self::Denied | Self::Rejected => None,
        }
    }
}

/// A refused call, in the cloud's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudError {
    /// What it means.
    pub fault: Fault,
    /// Client name, for example `ec2`.
    pub service: String,
    /// Operation, for example `CreateVpc`.
    pub operation: String,
    /// Error code, for example `VpcLimitExceeded`; empty where the answer carried none.
    pub code: String,
    /// The cloud's text.
    pub message: String,
    /// For a support case.
    pub request_id: Option<String>,
    /// How long repeating is worth it; overrides [`Fault::patience`].
    pub patience: Option<Duration>,
    /// What to type or do next, where that is known.
    pub hint: Option<String>,
}

impl CloudError {
    /// An error that a kind raises itself, for an answer that makes no sense.
    #[must_use]
    pub fn new(fault: Fault, service: &str, operation: &str, message: impl Into<String>) -> Self {
        Self {
            fault,
            service: service.to_owned(),
            operation: operation.to_owned(),
            code: String::new(),
            message: message.into(),
            request_id: None,
            patience: None,
            hint: None,
        }
    }

    /// How long to keep repeating the call, if at all.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.patience.or_else(|| self.fault.patience())
    }
}

impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.operation)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for CloudError {}
