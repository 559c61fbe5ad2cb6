use std::sync::{Mutex, PoisonError};

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::classify::Call;

/// One fault that a test asks for: which calls it hits, which of them, and what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// Signing name; `*` for every service.
    #[serde(default = "any")]
    service: String,
    /// Operation; `*` for every operation.
    #[serde(default = "any")]
    operation: String,
    /// Matching calls that pass before the fault begins.
    #[serde(default)]
    after: u64,
    /// Matching calls it then hits.
    #[serde(default = "once")]
    times: u64,
    fault: Kind,
    #[serde(default = "default_status")]
    status: u16,
    #[serde(default = "default_code")]
    code: String,
    #[serde(default = "default_message")]
    message: String,
    /// Milliseconds, for `delay_ms`.
    #[serde(default)]
    delay_ms: u64,
    /// Matching calls so far; told by GET, not settable.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Error,
    DropBefore,
    DropAfter,
    DelayMs,
}

/// What happens to one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The emulator is not asked; this error is the answer.
    Error {
        status: StatusCode,
        code: String,
        message: String,
    },
    /// The emulator is not asked and the connection is cut.
    DropBefore,
    /// The emulator does the work and the connection is cut without its answer.
    DropAfter,
    /// The call waits before it goes on.
    Delay(std::time::Duration),
}

impl Effect {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Error { .. } => "error",
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::Delay(_) => "delay_ms",
        }
    }
}

/// The faults in force, in the order given.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Replaces all faults; counting begins anew.
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        *self.list.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    pub(crate) fn current(&self) -> Vec<Fault> {
        self.list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Counts the call against every fault that matches it and returns what the first one due does.
    pub(crate) fn take(&self, call: &Call) -> Option<Effect> {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = None;
        for fault in list.iter_mut().filter(|fault| fault.matches(call)) {
            fault.seen += 1;
            let nth = fault.seen - 1;
            let hit = nth >= fault.after && nth - fault.after < fault.times;
            if hit && due.is_none() {
                due = Some(fault.effect());
            }
        }
        due
    }
}

impl Fault {
    fn matches(&self, call: &Call) -> bool {
        (self.service == "*" || self.service == call.service)
            && (self.operation == "*" || self.operation == call.operation)
    }

    fn effect(&self) -> Effect {
        match self.fault {
            Kind::Error => Effect::Error {
                status: StatusCode::from_u16(self.status)
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                code: self.code.clone(),
                message: self.message.clone(),
            },
            Kind::DropBefore => Effect::DropBefore,
            Kind::DropAfter => Effect::DropAfter,
            Kind::DelayMs => Effect::Delay(std::time::Duration::from_millis(self.delay_ms)),
        }
    }
}

fn any() -> String {
    "*".to_owned()
}

fn once() -> u64 {
    1
}

fn default_status() -> u16 {
    500
}

fn default_code() -> String {
    "InternalError".to_owned()
}

fn default_message() -> String {
    "An internal error has occurred".to_owned()
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::{Effect, Faults};
    use crate::gateway::{Call, Protocol};

    fn call(operation: &str) -> Call {
        Call {
            service: "ec2".to_owned(),
            operation: operation.to_owned(),
            region: None,
            access_key: None,
            protocol: Protocol::Ec2Query,
            dry_run: false,
        }
    }

    #[test]
    fn skips_then_hits_then_passes() {
        let faults = Faults::default();
        faults.set(
            serde_json::from_str(
                r#"[{"service":"ec2","operation":"CreateVpc","after":1,"times":2,"fault":"error","status":503,"code":"RequestLimitExceeded","message":"slow down"},
                    {"operation":"CreateVpc","after":3,"fault":"drop_after"}]"#,
            )
            .expect("valid"),
        );
        let error = Some(Effect::Error {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "RequestLimitExceeded".to_owned(),
            message: "slow down".to_owned(),
        });
        let got: Vec<_> = (0..5).map(|_| faults.take(&call("CreateVpc"))).collect();
        assert_eq!(
            got,
            [None, error.clone(), error, Some(Effect::DropAfter), None]
        );
        assert_eq!(faults.take(&call("DeleteVpc")), None);
        faults.set(Vec::new());
        assert_eq!(faults.take(&call("CreateVpc")), None);
    }
}
