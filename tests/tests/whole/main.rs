//! The stacks that are shipped, whole, against the sandbox: made, changed in every field, removed,
//! counted.

mod budget;
mod census;
mod change;
mod shipped;
