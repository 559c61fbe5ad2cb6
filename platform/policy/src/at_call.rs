//! Rules asked again about one object, once AWS has decided everything that its properties refer to.

use bella_engine::address::Address;
use bella_engine::gate::Gate;
use bella_stack::stack::Exception;
use serde_json::Value;

use crate::document::Document;
use crate::set::PolicySet;
use crate::unknown::marked;

/// The rules and what they saw of the plan.
pub struct AtCall {
    /// The rules.
    pub set: PolicySet,
    /// What they saw when the plan was made; the time is that of the plan, so that a run that has begun can end.
    pub document: Document,
    /// The stack file's exceptions.
    pub exceptions: Vec<Exception>,
}

impl Gate for AtCall {
    /// Judges an object some of whose properties were unknown in the plan. Verdicts on other objects were given with the plan.
    fn pass(&self, address: &Address, properties: &Value) -> Result<(), String> {
        let address = address.to_string();
        let now = marked(properties);
        let same = |resource: &&mut crate::document::Wanted| resource.address == address;
        let mut document = self.document.clone();
        match document.resources.iter_mut().find(same) {
            Some(resource) if resource.properties != now => resource.properties = now,
            Some(_) | None => return Ok(()),
        }
        let verdicts = self.set.judge(&document, &self.exceptions);
        let denied: Vec<String> = verdicts
            .map_err(|why| why.to_string())?
            .iter()
            .filter(|verdict| verdict.denies() && verdict.address == address)
            .map(|verdict| format!("denied by {}: {}", verdict.policy, verdict.message))
            .collect();
        match denied.is_empty() {
            true => Ok(()),
            false => Err(denied.join("; ")),
        }
    }
}
