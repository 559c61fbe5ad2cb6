//! The stack that another one is a guest of.

use bella_engine::cloud::CloudError;
use bella_engine::live::{Live, LookError};
use bella_engine::resource::{Catalog, Of};

use crate::clients::Aws;
use crate::ephemeral::{Tagged, list};
use crate::kinds::{
    DbInstance, DnsRecord, EcsService, Listener, LoadBalancer, ReplicationGroup, ServerlessCache,
    Vpc,
};

/// The tag of a guest that names its host.
pub const HOST_TAG: &str = "bella:host";

/// What a guest uses.
static USED: Catalog<Aws> = &[
    &Of::<Vpc>::NEW,
    &Of::<LoadBalancer>::NEW,
    &Of::<Listener>::NEW,
    &Of::<DnsRecord>::NEW,
    &Of::<DbInstance>::NEW,
    &Of::<ServerlessCache>::NEW,
    &Of::<ReplicationGroup>::NEW,
    &Of::<EcsService>::NEW,
];

static DATABASES: Catalog<Aws> = &[&Of::<DbInstance>::NEW];

/// What a stack has of that which a guest uses.
///
/// # Errors
/// Listings that failed.
pub async fn look(aws: &Aws, stack: &str) -> Result<Live, Vec<LookError>> {
    Live::look(USED, aws, stack).await
}

/// Whether a stack has a database server.
///
/// # Errors
/// Listings that failed.
pub async fn has_database(aws: &Aws, stack: &str) -> Result<bool, Vec<LookError>> {
    let live = Live::look(DATABASES, aws, stack).await?;
    Ok(!live.objects.is_empty())
}

/// The guests of a stack in the region of the clients.
///
/// # Errors
/// AWS refuses the listing.
pub async fn guests(aws: &Aws, stack: &str) -> Result<Vec<Tagged>, CloudError> {
    let region = aws.region().to_owned();
    let mut all = list(aws, HOST_TAG, &[region]).await?;
    all.retain(|guest| guest.tags.get(HOST_TAG).is_some_and(|host| host == stack));
    Ok(all)
}
