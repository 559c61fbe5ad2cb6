//! Codes that mean the same from every service, but for those in a section of its own.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 8: credentials are never retried.
    row("", "", "ExpiredToken*", "", Fault::Denied),
    row("", "", "RequestExpired", "", Fault::Denied),
    row("", "", "InvalidClientTokenId", "", Fault::Denied),
    row("", "", "UnrecognizedClientException", "", Fault::Denied),
    row("", "", "InvalidAccessKeyId", "", Fault::Denied),
    row("", "", "SignatureDoesNotMatch", "", Fault::Denied),
    row("", "", "IncompleteSignature", "", Fault::Denied),
    row("", "", "InvalidSignatureException", "", Fault::Denied),
    row("", "", "MissingAuthenticationToken*", "", Fault::Denied),
    row("", "", "OptInRequired", "", Fault::Denied),
    row("", "", "AuthFailure", "", Fault::Denied),
    row("", "", "AccessDenied*", "", Fault::Denied),
    row("", "", "UnauthorizedOperation", "", Fault::Denied),
    // Row 9: throttling.
    row("", "", "RequestLimitExceeded", "", Fault::Throttled),
    row("", "", "Throttling*", "", Fault::Throttled),
    row("", "", "ThrottledException", "", Fault::Throttled),
    row("", "", "TooManyRequestsException", "", Fault::Throttled),
    row("", "", "RequestThrottled*", "", Fault::Throttled),
    row("", "", "SlowDown", "", Fault::Throttled),
    // Rows 49, 50: repositories and log groups.
    row("", "", "RepositoryAlreadyExistsException", "", Fault::Exists),
    row("", "", "RepositoryNotFoundException", "", Fault::NotFound),
    row("", "", "LifecyclePolicyNotFoundException", "", Fault::NotFound),
    row("", "", "ResourceAlreadyExistsException", "", Fault::Exists),
    row("", "", "ResourceNotFoundException", "", Fault::NotFound),
    within(60, row("", "", "OperationAbortedException", "", Fault::NotYet)),
];
