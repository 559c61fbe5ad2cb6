use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Mutex as Turnstile;

use super::SERVICE;
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: OneCreation = OneCreation {
    under_way: Mutex::new(BTreeMap::new()),
};

/// Holds creations of one name apart: the emulator looks for the name, starts a server, and only then has the name.
pub(crate) struct OneCreation {
    under_way: Mutex<BTreeMap<String, Arc<Turnstile<()>>>>,
}

impl Rule for OneCreation {
    fn name(&self) -> &'static str {
        "one-database-of-a-name"
    }

    fn about(&self) -> About {
        About::corrects(
            "Of creations of one name at one time, one makes a database and the others find it there.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["CreateDBInstance"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let name = turn
                .form()
                .text("DBInstanceIdentifier")
                .to_ascii_lowercase();
            let key = turn.call.access_key.as_deref().unwrap_or_default();
            let name = format!("{key}/{}/{name}", turn.region());
            let turnstile = {
                let mut all = self
                    .under_way
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                Arc::clone(all.entry(name.clone()).or_default())
            };
            let passed = turnstile.lock().await;
            let outcome = turn.pass().await;
            drop(passed);
            let mut all = self
                .under_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            // This call's and the map's: nobody waits.
            if Arc::strong_count(&turnstile) == 2 {
                all.remove(&name);
            }
            outcome
        })
    }
}
