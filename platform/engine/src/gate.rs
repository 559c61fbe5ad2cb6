//! A last look at a step, once every value it needs is known and before anything is called.

use serde_json::Value;

use crate::address::Address;

/// Who is asked just before an object is made or changed.
pub trait Gate: Sync {
    /// Judges the properties that an object is about to get, with every reference resolved.
    ///
    /// # Errors
    /// Why that must not be, in words for whoever reads the end of the run; the step fails and nothing is called.
    fn pass(&self, address: &Address, properties: &Value) -> Result<(), String>;
}

/// Lets everything pass.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Gate for Open {
    fn pass(&self, _: &Address, _: &Value) -> Result<(), String> {
        Ok(())
    }
}
