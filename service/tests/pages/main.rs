//! The pages and the API as a person, a browser and a program meet them.

mod browser;
mod doors;
mod running;
mod service;
