//! The kinds: one file each, one line each in [`KINDS`].

mod ec2_tags;
mod vpc;

use bella_engine::resource::{Catalog, Of};

use crate::clients::Aws;

pub use vpc::Vpc;

/// Every kind the tool knows.
pub static KINDS: Catalog<Aws> = &[&Of::<Vpc>::NEW];
