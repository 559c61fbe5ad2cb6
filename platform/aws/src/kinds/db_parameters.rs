//! Parameters of a database parameter group: read, set and reset apart from the rest.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_rds::types::{ApplyMethod, Parameter};
use bella_engine::cloud::CloudError;

use crate::clients::Aws;
use crate::error::refused;

/// Values by parameter name.
pub(super) type Parameters = BTreeMap<String, String>;

/// One call changes so many at most (API reference, `ModifyDBParameterGroup`).
const BATCH: usize = 20;

/// Those that somebody set; the family's defaults are not among them.
pub(super) async fn read(aws: &Aws, group: &str) -> Result<Parameters, CloudError> {
    let call = aws.rds.describe_db_parameters().source("user");
    let call = call.db_parameter_group_name(group);
    let mut pages = call.into_paginator().items().send();
    let mut found = Parameters::new();
    while let Some(parameter) = pages.next().await {
        let parameter = parameter.map_err(refused)?;
        let pair = parameter.parameter_name.zip(parameter.parameter_value);
        found.extend(pair);
    }
    Ok(found)
}

/// Sets those of `wanted` that differ from `now`, and gives back to the family those that went.
/// A static one takes effect when its servers restart, which is not done here.
pub(super) async fn set(
    aws: &Aws,
    group: &str,
    wanted: &Parameters,
    now: &Parameters,
) -> Result<(), CloudError> {
    let changed: Vec<(&String, Option<&String>)> = wanted
        .iter()
        .filter(|(name, value)| now.get(*name) != Some(value))
        .map(|(name, value)| (name, Some(value)))
        .collect();
    let gone: Vec<(&String, Option<&String>)> = now
        .keys()
        .filter(|name| !wanted.contains_key(*name))
        .map(|name| (name, None))
        .collect();
    if changed.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let fixed = static_ones(aws, group).await?;
    let parameter = |(name, value): &(&String, Option<&String>)| {
        let method = match fixed.contains(*name) {
            true => ApplyMethod::PendingReboot,
            false => ApplyMethod::Immediate,
        };
        let parameter = Parameter::builder().parameter_name(*name);
        parameter
            .set_parameter_value(value.cloned())
            .apply_method(method)
            .build()
    };
    for batch in changed.chunks(BATCH) {
        let call = aws.rds.modify_db_parameter_group();
        let call = call.db_parameter_group_name(group);
        call.set_parameters(Some(batch.iter().map(parameter).collect()))
            .send()
            .await
            .map_err(refused)?;
    }
    for batch in gone.chunks(BATCH) {
        let call = aws.rds.reset_db_parameter_group();
        let call = call.db_parameter_group_name(group);
        call.set_parameters(Some(batch.iter().map(parameter).collect()))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(())
}

/// Names of the parameters that are read when a server starts, and at no other time.
async fn static_ones(aws: &Aws, group: &str) -> Result<BTreeSet<String>, CloudError> {
    let call = aws.rds.describe_db_parameters();
    let call = call.db_parameter_group_name(group);
    let mut pages = call.into_paginator().items().send();
    let mut found = BTreeSet::new();
    while let Some(parameter) = pages.next().await {
        let parameter = parameter.map_err(refused)?;
        if parameter.apply_type() == Some("static") {
            found.extend(parameter.parameter_name);
        }
    }
    Ok(found)
}
