//! Buckets and their objects.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("s3", "", "NoSuchKey", "", Fault::NotFound),
    row("s3", "", "NoSuchBucket", "", Fault::NotFound),
    // A HEAD is answered without a body, so that the status is all there is.
    row("s3", "HeadBucket", "NotFound", "", Fault::NotFound),
    row("s3", "", "NoSuchBucketPolicy", "", Fault::NotFound),
    row("s3", "CreateBucket", "BucketAlreadyOwnedByYou", "", Fault::Exists),
    row("s3", "CreateBucket", "BucketAlreadyExists", "", Fault::Exists),
    // A conditional write whose condition does not hold, or that met another one under way.
    row("s3", "PutObject", "PreconditionFailed", "", Fault::Exists),
    within(60, row("s3", "PutObject", "ConditionalRequestConflict", "", Fault::NotYet)),
    within(60, row("s3", "", "OperationAborted", "", Fault::NotYet)),
];
