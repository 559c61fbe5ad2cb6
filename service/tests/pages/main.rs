//! The pages and the API as a person, a browser and a program meet them.

mod admin;
mod api;
mod browser;
mod doors;
mod peer;
mod running;
mod service;
mod usage;
