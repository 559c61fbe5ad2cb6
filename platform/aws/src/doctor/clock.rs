use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, clock};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::clients::Aws;
use crate::error::refused;

/// Keeps the `Date` of an answer, and when it came.
#[derive(Clone, Debug, Default)]
struct Dated(Arc<Mutex<Option<(String, Timestamp)>>>);

impl Intercept for Dated {
    fn name(&self) -> &'static str {
        "bella-date"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some((date.to_owned(), Timestamp::now()));
        }
        Ok(())
    }
}

pub(super) async fn ask(aws: &Aws) -> Result<Vec<Finding>, CloudError> {
    let dated = Dated::default();
    let call = aws.sts.get_caller_identity().customize();
    call.interceptor(dated.clone())
        .send()
        .await
        .map_err(refused)?;
    let kept = dated.0.lock().unwrap_or_else(PoisonError::into_inner);
    let there = kept.as_ref().and_then(|(date, here)| {
        let there = DateTimeParser::new().parse_timestamp(date).ok()?;
        Some((*here, there))
    });
    Ok(vec![match there {
        Some((here, there)) => clock(here, there),
        None => Finding::unknown("clock", "the answer has no date"),
    }])
}
