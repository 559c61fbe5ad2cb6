//! What the emulator gets wrong, one behaviour a file: each rule stands around the calls it applies to and may answer
//! itself, change the request, or change the emulator's answer. Adding one is a file and a line in `RULES`.

mod rule;
mod store;
mod turn;

pub(crate) use rule::Rule;
pub(crate) use store::Store;
pub(crate) use turn::{Turn, run};

/// All rules; where several apply to one call, the earlier stands outside the later.
pub(crate) static RULES: &[&dyn Rule] = &[];
