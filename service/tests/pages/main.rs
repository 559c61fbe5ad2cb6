//! The pages and the API as a person, a browser and a program meet them.

mod doors;
mod service;
