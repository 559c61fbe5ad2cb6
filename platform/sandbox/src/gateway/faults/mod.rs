//! What tests inject into calls: which calls are hit (`fault`), what happens to them (`effect`), how slow they get
//! (`latency`), and the list that is in force (`active`).

mod active;
mod effect;
mod fault;
mod latency;

pub(crate) use active::Faults;
pub(crate) use effect::Effect;
