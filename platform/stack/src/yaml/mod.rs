//! From bytes to one merged tree in which every value knows the file, line and column it was written at.
//!
//! Built on the events of `saphyr-parser`, a maintained YAML 1.2 parser: `serde_yaml` is archived, its forks (`serde_yaml_ng`,
//! `serde_norway`) keep its one-error-at-a-time interface, and value trees such as `saphyr::MarkedYaml` lose what the messages
//! here need: the place of a key, whether a scalar was quoted, the second of two equal keys, and that an anchor was used. YAML 1.2 is
//! what makes `20:00` and `on` text rather than 1200 and true.

mod chain;
mod merge;
mod parse;
mod scalar;
mod source;
mod tree;

pub use source::{Disk, Source};

pub(crate) use chain::read;
pub(crate) use parse::parse;
pub(crate) use tree::{Data, Entry, Files, Node, Place};
