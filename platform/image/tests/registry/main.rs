//! Images in a real registry (Debian's `docker-registry`), made and read back by other people's tools (`umoci`,
//! `skopeo`). `scripts/test` installs all three.

mod bed;
mod proxy;
mod pull;
mod push;
