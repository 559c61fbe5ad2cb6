//! Rules asked about a document.

use bella_stack::stack::Exception;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::document::Document;
use crate::exception::except;
use crate::set::{LIBRARY, PolicyError, PolicySet, ROOT};
use crate::verdict::{Severity, State, Verdict};

/// What a rule answers of one object; without an address, of the stack.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    address: Option<String>,
    message: String,
}

/// The sets that a rule may define.
const ANSWERS: [(&str, Severity, State); 3] = [
    ("deny", Severity::Deny, State::Denied),
    ("warn", Severity::Warn, State::Warned),
    ("unknown", Severity::Warn, State::Unknown),
];

impl PolicySet {
    /// Every verdict on a document, what is denied first, then by policy and address.
    ///
    /// # Errors
    /// A rule cannot be worked out, or answers something that is no verdict.
    pub fn judge(
        &self,
        document: &Document,
        exceptions: &[Exception],
    ) -> Result<Vec<Verdict>, PolicyError> {
        let input = serde_json::to_value(document);
        let input = input.expect("a document has only texts as keys");
        let verdicts = self.answers(&input, &document.stack)?;
        let today = document.now.date.parse::<Date>();
        let today = today.expect("the moment's day was printed by the same library");
        let names = self.names();
        let mut verdicts = except(verdicts, exceptions, names, today, &document.stack);
        verdicts.sort_by(|one, other| {
            let key = |verdict: &Verdict| (verdict.severity, verdict.state);
            key(one).cmp(&key(other)).then_with(|| one.cmp(other))
        });
        Ok(verdicts)
    }

    /// What every rule answers of an input, as Rego gives it: by policy, its sets `deny`, `warn`, `unknown` and whatever else it defines.
    ///
    /// # Errors
    /// A rule cannot be worked out.
    pub fn raw(&self, input: &Value) -> Result<Value, PolicyError> {
        let wrong = |why: String| PolicyError::Wrong {
            policy: format!("data.{ROOT}"),
            why,
        };
        let mut engine = self.engine.clone();
        engine.set_input(regorus::Value::from(input.clone()));
        let results = engine
            .eval_query(format!("data.{ROOT}"), false)
            .map_err(|why| wrong(why.to_string()))?;
        let value = results
            .result
            .first()
            .and_then(|result| result.expressions.first())
            .map(|expression| &expression.value)
            .ok_or_else(|| wrong("no answer".to_owned()))?;
        serde_json::to_value(value).map_err(|why| wrong(why.to_string()))
    }

    fn answers(&self, input: &Value, stack: &str) -> Result<Vec<Verdict>, PolicyError> {
        let answers = self.raw(input)?;
        let mut verdicts = Vec::new();
        for policy in self.names().iter().filter(|name| *name != LIBRARY) {
            for (set, severity, state) in ANSWERS {
                let Some(found) = answers[policy].get(set) else {
                    continue;
                };
                let found = Vec::<Finding>::deserialize(found).map_err(|why| {
                    let why = format!("`{set}` has to be a set of objects with `message` and perhaps `address`: {why}");
                    PolicyError::Wrong {
                        policy: policy.clone(),
                        why,
                    }
                })?;
                verdicts.extend(found.into_iter().map(|one| Verdict {
                    policy: policy.clone(),
                    address: one.address.unwrap_or_else(|| stack.to_owned()),
                    severity,
                    state,
                    message: one.message,
                    exception: None,
                }));
            }
        }
        Ok(verdicts)
    }
}
