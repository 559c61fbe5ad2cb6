//! Container images without a container engine: assembled, pushed to any registry, pulled from any, unpacked.
//!
//! [`compile`] makes a program that needs nothing, [`assemble`] an [`Image`] of it by a [`Recipe`], [`sbom`] its bill of materials, [`push`] sends both.
//! [`fetch`] brings an image into a [`BlobCache`], [`unpack`] lays its layers into a folder, [`pull`] is both;
//! [`platforms`] only asks what one is made for. Nothing here calls Amazon or knows a terminal: credentials are values,
//! errors name the object and the next command.

mod architecture;
mod assemble;
mod cache;
mod compile;
mod config;
mod credentials;
mod digest;
mod error;
mod libraries;
mod manifest;
mod origin;
mod platforms;
mod program;
mod pull;
mod push;
mod registry;
mod sbom;
mod unpack;

pub use architecture::Architecture;
pub use assemble::{Image, Libraries, Recipe, USER, assemble};
pub use cache::BlobCache;
pub use compile::{Found, Toolchain, compile};
pub use config::{Empty, History, ImageConfig, Process, Rootfs};
pub use credentials::Credentials;
pub use digest::Digest;
pub use error::ImageError;
pub use manifest::{Descriptor, Platform};
pub use oci_client::Reference;
pub use origin::Origin;
pub use platforms::platforms;
pub use program::{Linking, Program};
pub use pull::{Fetched, fetch, parse_reference, pull};
pub use push::{Pushed, push};
pub use sbom::sbom;
pub use unpack::{Unpacked, unpack};
