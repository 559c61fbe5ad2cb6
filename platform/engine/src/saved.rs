//! A plan that was looked at before it is carried out, perhaps by somebody else.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::plan::{Change, Origin, Plan};
use crate::resource::Tags;

/// The shape of what is saved; another number is another shape.
pub const FORMAT: u32 = 1;

/// A plan with everything it was made from. Like the plan it holds no secret value: properties
/// carry only references to secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the tool.
    pub version: String,
    /// Stack name.
    pub stack: String,
    /// The account it was made for.
    pub account: String,
    /// The region it was made for.
    pub region: String,
    /// When it was made, UTC.
    pub made: Timestamp,
    /// Digest of the desired graph.
    pub graph: String,
    /// Tags that every object carries.
    pub tags: Tags,
    /// Protected objects that were allowed to go.
    pub unprotect: BTreeSet<Address>,
    /// The plan.
    pub plan: Plan,
}

/// What moved between a saved plan and the one that would be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Another shape of file.
    Format,
    /// Another version of the tool: it may plan otherwise.
    Version {
        /// The plan's.
        then: String,
        /// This one's.
        now: String,
    },
    /// It is for another stack, account or region.
    Elsewhere {
        /// Where it was made for.
        then: String,
        /// Where this run is.
        now: String,
    },
    /// The stack file asks for something else.
    File,
    /// The cloud is no longer as it was; where that shows.
    Cloud {
        /// Objects whose line in the plan is another one.
        addresses: Vec<Address>,
    },
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => write!(f, "it has a format that this version does not read"),
            Self::Version { then, now } => {
                write!(f, "it was made by bella {then}, and this is {now}")
            }
            Self::Elsewhere { then, now } => write!(f, "it is for {then}, and this is {now}"),
            Self::File => write!(f, "the stack file asks for something else since"),
            Self::Cloud { addresses } if addresses.is_empty() => {
                write!(f, "the cloud has changed since")
            }
            Self::Cloud { addresses } => {
                let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                write!(f, "the cloud has changed since, at {}", list.join(", "))
            }
        }
    }
}

impl SavedPlan {
    /// What moved since this plan was made, `now` being the plan as it would be made now; `None`
    /// when carrying out either is the same. The first reason tells enough: the others follow.
    #[must_use]
    pub fn moved(&self, now: &Self) -> Option<Moved> {
        let place = |plan: &Self| format!("{} in {} ({})", plan.stack, plan.region, plan.account);
        if self.format != now.format {
            return Some(Moved::Format);
        }
        if self.version != now.version {
            return Some(Moved::Version {
                then: self.version.clone(),
                now: now.version.clone(),
            });
        }
        if place(self) != place(now) {
            return Some(Moved::Elsewhere {
                then: place(self),
                now: place(now),
            });
        }
        if (&self.graph, &self.tags) != (&now.graph, &now.tags) {
            return Some(Moved::File);
        }
        let (then, now) = (unattributed(&self.plan), unattributed(&now.plan));
        (then != now).then(|| Moved::Cloud {
            addresses: differing(&then.changes, &now.changes),
        })
    }
}

/// Who moved is told from the ledger; what is done does not depend on it.
fn unattributed(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for change in &mut plan.changes {
        change.origin = Origin::Unknown;
        for field in &mut change.fields {
            field.origin = Origin::Unknown;
        }
    }
    plan
}

fn differing(then: &[Change], now: &[Change]) -> Vec<Address> {
    let only = |here: &[Change], there: &[Change]| -> BTreeSet<Address> {
        let new = here.iter().filter(|change| !there.contains(change));
        new.map(|change| change.address.clone()).collect()
    };
    let both = &only(then, now) | &only(now, then);
    both.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::plan::Action;

    fn saved() -> SavedPlan {
        SavedPlan {
            format: FORMAT,
            version: "1.0.0".to_owned(),
            stack: "bella".to_owned(),
            account: "123456789012".to_owned(),
            region: "ca-central-1".to_owned(),
            made: Timestamp::UNIX_EPOCH,
            graph: "a".to_owned(),
            tags: Tags::new(),
            unprotect: BTreeSet::new(),
            plan: Plan {
                changes: vec![change("vpc.main")],
                ..Plan::default()
            },
        }
    }

    fn change(address: &str) -> Change {
        Change {
            address: Address::parse(address).expect("a valid address"),
            kind: "vpc".to_owned(),
            action: Action::Create,
            origin: Origin::Stack,
            id: None,
            fields: Vec::new(),
            reason: None,
            desired: Value::Null,
            live: Value::Null,
        }
    }

    fn after(change: impl FnOnce(&mut SavedPlan)) -> Option<String> {
        let mut now = saved();
        change(&mut now);
        saved().moved(&now).map(|moved| moved.to_string())
    }

    #[test]
    fn what_moved_is_said_and_what_does_not_matter_is_not() {
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(after(|_| ()), None);
        assert_eq!(after(|it| it.made = Timestamp::MAX), None);
        assert_eq!(after(|it| it.plan.changes[0].origin = Origin::Drift), None);
        assert_eq!(
            after(|it| it.version = "1.1.0".to_owned()),
            said("it was made by bella 1.0.0, and this is 1.1.0")
        );
        assert_eq!(
            after(|it| it.region = "eu-west-1".to_owned()),
            said(
                "it is for bella in ca-central-1 (123456789012), and this is bella in eu-west-1 (123456789012)"
            )
        );
        assert_eq!(
            after(|it| it.graph = "b".to_owned()),
            said("the stack file asks for something else since")
        );
        assert_eq!(
            after(|it| it.plan.changes.push(change("vpc.other"))),
            said("the cloud has changed since, at vpc.other")
        );
        assert_eq!(
            after(|it| it.plan.changes[0].id = Some("vpc-1".to_owned())),
            said("the cloud has changed since, at vpc.main")
        );
    }

    #[test]
    fn it_reads_back_as_it_was_written() {
        let text = serde_json::to_string(&saved()).expect("a plan is JSON");
        let read: SavedPlan = serde_json::from_str(&text).expect("it reads back");
        assert_eq!(read, saved());
    }
}
