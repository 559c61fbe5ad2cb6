//! What stacks cost so far, for the commands that say it.
//!
//! - [`subject`]: what is known of a stack beside its past, with its file or without
//! - [`meter`]: the lives of its objects
//! - [`bill`]: the account's bill
//! - [`calls`]: what the service metered of its calls
//! - [`line`]: all of it, as a line of the report

pub(crate) mod bill;
pub(crate) mod calls;
pub(crate) mod line;
pub(crate) mod meter;
pub(crate) mod subject;
