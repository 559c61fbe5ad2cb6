//! The built `bella` as users run it, each test against a sandbox of its own, without a terminal.

mod adopt;
mod bed;
mod causes;
mod ci;
mod cloud;
mod cost;
mod crash;
mod deploy;
mod drift;
mod expiry;
mod faults;
mod interrupt;
mod ledger;
mod life;
mod nights;
mod output;
mod refusals;
mod regions;
mod resources;
mod sandbox;
mod saved;
mod secret;
mod strict;
mod switch;
mod terraform;
mod usage;
