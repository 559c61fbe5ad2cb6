//! The part of the Docker Engine API that the emulator's client speaks, over HTTP on a unix socket.

mod archive;
mod containers;
mod exec;
mod images;
mod inspect;
mod lists;
mod logs;
mod networks;
mod reply;
mod server;
mod volumes;

pub(super) use exec::Exec;
