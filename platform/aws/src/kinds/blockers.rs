//! What keeps an object from being deleted, named in the refusal.
//!
//! AWS says only that there is a dependent object (aws-behaviours rows 13, 17, 18, 22). Network
//! interfaces of load balancers and tasks stay for minutes after their owners are gone; a reader
//! who waits wants to know for which.

use aws_sdk_ec2::types::{Filter, NetworkInterface};
use bella_engine::cloud::{CloudError, Fault};

use crate::clients::Aws;
use crate::error::refused;

/// Permissions of [`interfaces`].
pub(super) const ACTION: &str = "ec2:DescribeNetworkInterfaces";

/// Values that one filter takes (API reference of `Filter`).
pub(super) const MOST_VALUES: usize = 200;

/// Passes what has `value`.
pub(super) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// Passes what has one of `values`, of which there may be [`MOST_VALUES`].
pub(super) fn one_of(name: &str, values: &[String]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values.to_vec()))
        .build()
}

/// `error`, with what `find` says is in the way when the refusal is that something uses the object.
pub(super) async fn explain<F>(error: CloudError, find: F) -> CloudError
where
    F: Future<Output = Result<Vec<String>, CloudError>>,
{
    if error.fault != Fault::InUse {
        return error;
    }
    let what = match find.await {
        Ok(found) if found.is_empty() => "nothing is seen that uses it any more".to_owned(),
        Ok(found) => format!("in use by {}", found.join(", ")),
        Err(other) => format!("what uses it could not be read: {other}"),
    };
    CloudError {
        message: format!("{} ({what})", error.message),
        ..error
    }
}

/// The network interfaces that pass all of `filters`, one text each.
pub(super) async fn interfaces(aws: &Aws, filters: Vec<Filter>) -> Result<Vec<String>, CloudError> {
    let call = aws.ec2.describe_network_interfaces();
    let mut pages = call.set_filters(Some(filters)).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        found.extend(page.network_interfaces().iter().map(describe));
    }
    Ok(found)
}

fn describe(interface: &NetworkInterface) -> String {
    let id = interface.network_interface_id().unwrap_or("an interface");
    let public = interface
        .association()
        .and_then(|association| association.public_ip());
    let parts = [
        interface.interface_type().map(|kind| kind.as_str()),
        interface.description().filter(|text| !text.is_empty()),
        interface.requester_id(),
        public,
        interface.status().map(|status| status.as_str()),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    format!("{id} ({})", parts.join("; "))
}
