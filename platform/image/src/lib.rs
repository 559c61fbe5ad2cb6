//! Container images without a container engine: pulled from any registry, checked, unpacked.
//!
//! [`fetch`] brings an image into a [`BlobCache`], [`unpack`] lays its layers into a folder, [`pull`] is both. Nothing
//! here knows Amazon or a terminal: credentials are values, errors name the object and the next command.

mod architecture;
mod cache;
mod config;
mod credentials;
mod digest;
mod error;
mod manifest;
mod pull;
mod registry;
mod unpack;

pub use architecture::Architecture;
pub use cache::BlobCache;
pub use config::{Empty, History, ImageConfig, Process, Rootfs};
pub use credentials::Credentials;
pub use digest::Digest;
pub use error::ImageError;
pub use manifest::{Descriptor, Platform};
pub use oci_client::Reference;
pub use pull::{Fetched, fetch, parse_reference, pull};
pub use unpack::{Unpacked, unpack};
