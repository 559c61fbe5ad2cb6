//! Which calls the SDK may repeat by itself, and how many were made.
//!
//! A lost answer to `CreateVpc` plus the SDK's own retry makes two VPCs. So the SDK retries only
//! reads and calls that carry an idempotency token; the engine looks again before it repeats any
//! other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;

/// Changing operations in whose requests we always set an idempotency token.
const TOKENED: &[&str] = &[
    "CreateNatGateway",
    "CreateVpcEndpoint",
    "CreateService",
    "RequestCertificate",
];

/// Whether repeating an operation blindly is harmless.
#[must_use]
pub fn is_repeatable(operation: &str) -> bool {
    let reads = ["Describe", "List", "Get", "Head", "BatchGet", "Lookup"];
    reads.iter().any(|verb| operation.starts_with(verb)) || TOKENED.contains(&operation)
}

/// Calls by operation, each attempt counted.
#[derive(Debug, Default)]
pub struct CallLog(Mutex<BTreeMap<String, u64>>);

impl CallLog {
    /// `service:Operation` to attempts.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// All attempts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts().values().sum()
    }

    fn count(&self, operation: String) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(operation).or_default() += 1;
    }
}

/// The interceptor of every client.
#[derive(Debug)]
pub(crate) struct Watch(Arc<CallLog>);

impl Watch {
    pub(crate) fn new(log: Arc<CallLog>) -> Self {
        Self(log)
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "bella"
    }

    /// The first hook that a client's interceptor has after the operation's metadata is known: in
    /// `read_before_execution` there is none yet.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let repeatable = cfg
            .load::<Metadata>()
            .is_some_and(|metadata| is_repeatable(metadata.name()));
        if !repeatable {
            cfg.interceptor_state().store_put(RetryConfig::disabled());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(metadata) = cfg.load::<Metadata>() {
            self.0
                .count(format!("{}:{}", metadata.service(), metadata.name()));
        }
        Ok(())
    }
}
