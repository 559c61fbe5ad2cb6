//! Names of people.
//!
//! - [`person`]: a name, written or heard
//! - [`lexicon`]: words that are no names, and words that are names only in some places
//! - [`carrier`]: "my name is", "this is" and their kin
//! - [`phrase`]: the words of a name, from where it begins
//! - [`spelling`]: names said letter by letter
//! - [`casing`]: capitals as names are written
//! - [`style`]: how a turn and its words are written
//! - [`hearing`]: which words of a turn are the name

mod carrier;
mod casing;
mod hearing;
mod lexicon;
mod person;
mod phrase;
mod spelling;
mod style;

pub use hearing::{doubtful, hear, understand};
pub use person::{HeardName, PersonName};
