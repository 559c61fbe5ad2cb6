//! Who pays for what, and how what is nobody's is shared.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, StackLine};

/// How shared cost is split.
const RULE: &str = "what no stack's tag is on is split in proportion to the direct cost";

/// Cost by who answers for it and by who pays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Allocation {
    /// By the stacks' owners.
    pub by_owner: Vec<Share>,
    /// By the stacks' cost centres.
    pub by_cost_center: Vec<Share>,
    /// `billed` where every stack's bill is known, else `accrued`: what the direct cost is.
    pub basis: String,
    /// How shared cost is split.
    pub rule: String,
}

/// One share.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Share {
    /// The owner or the cost centre.
    pub name: String,
    /// What its own stacks came to, US dollars.
    #[schemars(with = "String")]
    pub direct_usd: Decimal,
    /// Its part of what no stack's tag is on, US dollars; nothing where that is not known.
    #[schemars(with = "String")]
    pub shared_usd: Decimal,
}

impl Allocation {
    /// Allocates the lines' cost, and of the account's untagged cost the part that falls to them.
    ///
    /// Other stacks of the account take their part too: it is split over all that carries a tag.
    #[must_use]
    pub fn of(lines: &[StackLine], account: Option<&Account>) -> Self {
        let is_billed = !lines.is_empty() && lines.iter().all(|line| line.billed_usd.is_some());
        let direct = |line: &StackLine| match is_billed {
            true => line.billed_usd.unwrap_or_default(),
            false => line.accrued_usd,
        };
        let factor = account.filter(|_| is_billed).and_then(|account| {
            let tagged = account.sums.run_rate - account.untagged_usd;
            account.untagged_usd.checked_div(tagged)
        });
        let shares = |name: fn(&StackLine) -> &str| {
            let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
            for line in lines {
                *sums.entry(name(line)).or_default() += direct(line);
            }
            let share = |(name, direct_usd): (&str, Decimal)| Share {
                name: name.to_owned(),
                direct_usd,
                shared_usd: direct_usd * factor.unwrap_or_default(),
            };
            sums.into_iter().map(share).collect()
        };
        Self {
            by_owner: shares(|line| &line.owner),
            by_cost_center: shares(|line| &line.cost_center),
            basis: if is_billed { "billed" } else { "accrued" }.to_owned(),
            rule: RULE.to_owned(),
        }
    }
}
