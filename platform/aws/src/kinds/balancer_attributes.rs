//! A load balancer's attributes: keys and values, read and set apart from the rest.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;
use bella_engine::cloud::CloudError;

use super::LoadBalancer;
use crate::clients::Aws;
use crate::error::{refused, unknown_attribute};

const IDLE: &str = "idle_timeout.timeout_seconds";
const DROP: &str = "routing.http.drop_invalid_header_fields.enabled";
const PROTECTION: &str = "deletion_protection.enabled";

/// Keys with their values.
pub(super) type Attributes = BTreeMap<&'static str, String>;

/// What an answer shows.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) idle_timeout_seconds: u32,
    pub(super) drop_invalid_header_fields: bool,
    pub(super) deletion_protection: bool,
}

/// As `wanted` has them.
pub(super) fn of(wanted: &LoadBalancer) -> Attributes {
    BTreeMap::from([
        (IDLE, wanted.idle_timeout_seconds.to_string()),
        (DROP, wanted.drop_invalid_header_fields.to_string()),
        (PROTECTION, wanted.deletion_protection.to_string()),
    ])
}

/// Reads them; a key that is not there has AWS's default.
pub(super) async fn read(aws: &Aws, arn: &str) -> Result<Shown, CloudError> {
    let call = aws.elb.describe_load_balancer_attributes();
    let answer = call.load_balancer_arn(arn).send().await.map_err(refused)?;
    let value = |key: &str| {
        let found = answer
            .attributes()
            .iter()
            .find(|one| one.key() == Some(key));
        found
            .and_then(LoadBalancerAttribute::value)
            .unwrap_or_default()
    };
    Ok(Shown {
        idle_timeout_seconds: value(IDLE).parse().unwrap_or(60),
        drop_invalid_header_fields: value(DROP) == "true",
        deletion_protection: value(PROTECTION) == "true",
    })
}

/// Sets those of `wanted` that differ from `now`. A key that this partition does not know is left
/// out and the rest goes on (aws-behaviours row 24); reading back then shows AWS's default, so the
/// next plan still names the field.
pub(super) async fn set(
    aws: &Aws,
    arn: &str,
    mut wanted: Attributes,
    now: &Attributes,
) -> Result<(), CloudError> {
    wanted.retain(|key, value| now.get(key) != Some(value));
    while !wanted.is_empty() {
        let pairs = wanted.iter();
        let pairs =
            pairs.map(|(key, value)| LoadBalancerAttribute::builder().key(*key).value(value));
        let call = aws
            .elb
            .modify_load_balancer_attributes()
            .load_balancer_arn(arn);
        let call = call.set_attributes(Some(pairs.map(|pair| pair.build()).collect()));
        let Err(error) = call.send().await.map_err(refused) else {
            return Ok(());
        };
        let before = wanted.len();
        wanted.retain(|key, _| !unknown_attribute(&error, key));
        if wanted.len() == before {
            return Err(error);
        }
    }
    Ok(())
}

/// Turns deletion protection off where it is on.
pub(super) async fn unprotect(aws: &Aws, arn: &str) -> Result<(), CloudError> {
    if !read(aws, arn).await?.deletion_protection {
        return Ok(());
    }
    let off = BTreeMap::from([(PROTECTION, "false".to_owned())]);
    set(aws, arn, off, &Attributes::new()).await
}
