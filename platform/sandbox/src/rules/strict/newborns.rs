//! What was made a moment ago: ARNs, and identifiers of EC2.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, body_text};

pub(super) static RULE: Newborns = Newborns;

pub(super) struct Newborns;

const NAME: &str = "made-a-moment-ago";

/// Until when each may not be seen.
type All = BTreeMap<String, Timestamp>;

/// Those that may not be seen yet.
pub(super) fn unseen(turn: &Turn<'_>) -> All {
    let mut all: All = turn.store.read(NAME);
    let now = turn.clock.now();
    all.retain(|_, until| *until > now);
    all
}

impl Rule for Newborns {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> About {
        About::corrects("What was just made is not seen everywhere for some seconds.")
    }

    fn applies(&self, call: &Call) -> bool {
        let starts = ["Create", "Request", "Register", "Allocate"];
        starts.iter().any(|start| call.operation.starts_with(start))
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let answer = turn.pass().await?;
            if !answer.status.is_success() {
                return Ok(answer);
            }
            let asked = String::from_utf8_lossy(&turn.request.body).into_owned();
            let asked = asked.replace("%3A", ":").replace("%2F", "/");
            let now = turn.clock.now();
            // What the request names was there before.
            let made: All = names(&body_text(&answer))
                .filter(|name| !asked.contains(name.as_str()))
                .filter_map(|name| Some((name.clone(), turn.temper.unseen_until(&name)?)))
                .collect();
            // Should it not be saved, all is seen at once.
            let _ = turn.store.change(NAME, |all: &mut All| {
                all.retain(|_, until| *until > now);
                all.extend(made);
            });
            Ok(answer)
        })
    }
}

fn names(text: &str) -> impl Iterator<Item = String> {
    const IDS: [&str; 8] = [
        "vpc-",
        "subnet-",
        "sg-",
        "sgr-",
        "igw-",
        "rtb-",
        "vpce-",
        "eipalloc-",
    ];
    let is_end = |c: char| c.is_whitespace() || "<>\"',;()".contains(c);
    let words = text.split(is_end).filter(|word| {
        word.starts_with("arn:aws:") || IDS.iter().any(|start| word.starts_with(start))
    });
    words.map(str::to_owned)
}
