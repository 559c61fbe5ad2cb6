//! Containers that are plain processes, behind a subset of the Docker Engine API on a unix socket.
//!
//! The emulator starts databases, caches and tasks through that API, as it would with Docker. Here an image is either a
//! program the sandbox knows (PostgreSQL, Valkey, a base image whose commands the machine has itself) or one pulled from
//! a registry and unpacked; a container is a process with an address of its own on the loopback network, a folder for
//! its files and a log; a volume is a folder. Nothing listens on another interface.

mod address;
mod api;
mod certificate;
mod container;
mod drain;
mod engine;
mod frame;
mod front;
mod image;
mod limited;
mod log;
mod programs;
mod servers;
mod snapshots;
mod spec;
mod targets;
mod volumes;

pub(crate) use engine::{Database, EMULATOR, Engine, NETWORK};
pub(crate) use limited::Limited;
pub use servers::Mode;
pub(crate) use servers::{Servers, data_root, shared};
pub(crate) use targets::{Failure, Gone, Health, Target, Targets, Task};
