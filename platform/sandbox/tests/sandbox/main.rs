//! The sandbox as its callers use it: real processes, the real emulator, and plain HTTP requests.
//!
//! The tests share one environment of installed parts (`BELLA_SANDBOX_ENV`, else in Cargo's target folder), which the
//! first to need it installs; each has a home of its own.

mod aws;
mod constraints;
mod costs;
mod data;
mod deployments;
mod edge;
mod faults;
mod health;
mod identity;
mod instance;
mod life;
mod listing;
mod network;
mod older;
mod refusals;
mod saving;
mod scaling;
mod scene;
mod schedules;
mod servers;
mod serving;
mod slow;
mod strict;
mod tagging;
mod temper;
mod terraform;
