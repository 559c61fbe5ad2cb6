use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::effect::Hit;
use super::fault::Fault;
use crate::gateway::Call;
use crate::temper::Dice;

/// The faults in force, in the order given.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    list: Vec<Fault>,
    /// Calls of each operation since the faults were set. Chance goes by them and not by the order of all calls, which
    /// differs from run to run where calls are made at the same time.
    calls: BTreeMap<(String, String), u64>,
}

impl Faults {
    /// Replaces all faults; counting begins anew.
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        *self.inner() = Inner {
            list: faults,
            calls: BTreeMap::new(),
        };
    }

    pub(crate) fn current(&self) -> Vec<Fault> {
        self.inner().list.clone()
    }

    /// Counts the call against every fault that matches it and returns what the first one due does.
    pub(crate) fn take(&self, call: &Call, seed: u64) -> Option<Hit> {
        let mut inner = self.inner();
        let Inner { list, calls } = &mut *inner;
        if list.is_empty() {
            return None;
        }
        let key = (call.service.clone(), call.operation.clone());
        let nth = calls.entry(key).or_default();
        *nth += 1;
        let mut due = None;
        for (index, fault) in list.iter_mut().enumerate() {
            if !fault.matches(call) {
                continue;
            }
            let index = index.to_string();
            let dice = Dice::of(
                seed,
                &["fault", &index, &call.service, &call.operation],
                *nth,
            );
            let hit = fault.count(call, dice);
            due = due.or(hit);
        }
        due
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::super::Effect;
    use super::{Faults, Hit};
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

    fn with(faults: &str) -> Faults {
        let all = Faults::default();
        all.set(serde_json::from_str(faults).expect("valid"));
        all
    }

    #[test]
    fn skips_then_hits_then_passes() {
        let faults = with(
            r#"[{"service":"ec2","operation":"CreateVpc","after":1,"times":2,"fault":"error","status":503,"code":"RequestLimitExceeded","message":"slow down"},
                {"operation":"CreateVpc","after":3,"fault":"drop_after"}]"#,
        );
        let error = Some(Hit {
            fault: "error",
            effect: Effect::Error {
                status: StatusCode::SERVICE_UNAVAILABLE,
                code: "RequestLimitExceeded".to_owned(),
                message: "slow down".to_owned(),
            },
        });
        let lost = Some(Hit {
            fault: "drop_after",
            effect: Effect::DropAfter,
        });
        let got: Vec<_> = (0..5).map(|_| faults.take(&call("CreateVpc"), 0)).collect();
        assert_eq!(got, [None, error.clone(), error, lost, None]);
        assert_eq!(faults.take(&call("DeleteVpc"), 0), None);
        faults.set(Vec::new());
        assert_eq!(faults.take(&call("CreateVpc"), 0), None);
    }

    #[test]
    fn a_rate_is_kept_and_replayed_by_its_seed() {
        let hits = |seed: u64, between: usize| -> Vec<usize> {
            let faults = with(r#"[{"rate":0.2,"fault":"reset"}]"#);
            let hit = |nth: &usize| {
                // What other operations do in between changes nothing.
                for _ in 0..(nth % (between + 1)) {
                    faults.take(&call("DescribeVpcs"), seed);
                }
                faults.take(&call("CreateVpc"), seed).is_some()
            };
            (0..1000).filter(hit).collect()
        };
        let first = hits(1, 0);
        assert!((160..=240).contains(&first.len()), "{}", first.len());
        assert_eq!(hits(1, 3), first);
        assert_ne!(hits(2, 0), first);
    }
}
