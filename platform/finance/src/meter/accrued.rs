//! Time × quantity × the price of that time.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::cost::{Confidence, Price, PriceBook};
use bella_engine::usage::Quantity;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::life::{Life, Stretch};
use super::rounding::Rounding;
use crate::finding::{About, Finding};

/// Prices, and the first moment at which they hold.
#[derive(Clone, Copy, Debug)]
pub struct Dated<'a> {
    /// Since when. The first of several holds before that too.
    pub since: Timestamp,
    /// The prices.
    pub book: &'a PriceBook,
}

/// What is metered.
#[derive(Clone, Copy, Debug)]
pub struct Meter<'a> {
    /// The objects, also those that are gone.
    pub lives: &'a [Life],
    /// Prices, earliest first.
    pub prices: &'a [Dated<'a>],
    /// The moment of the reading.
    pub now: Timestamp,
}

/// What one component came to at one price.
#[derive(Clone, Debug, PartialEq)]
pub struct Accrued {
    /// Whose.
    pub address: Address,
    /// What of it.
    pub component: &'static str,
    /// As a bill shows it, with the region's prefix.
    pub usage_type: String,
    /// Units.
    pub quantity: Decimal,
    /// The unit.
    pub unit: String,
    /// US dollars a unit.
    pub unit_usd: Decimal,
    /// US dollars, exact.
    pub usd: Decimal,
    /// Where the price was read.
    pub source: String,
    /// When it was read, where the source says so.
    pub as_of: Option<Date>,
    /// How sure the price is.
    pub confidence: Confidence,
}

/// A reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metered {
    /// Lines by address and component, one for each price.
    pub lines: Vec<Accrued>,
    /// What is not in them, and why.
    pub findings: Vec<Finding>,
}

impl Metered {
    /// The exact sum, US dollars.
    #[must_use]
    pub fn usd(&self) -> Decimal {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// Exact sums by usage type.
    #[must_use]
    pub fn by_usage_type(&self) -> BTreeMap<String, Decimal> {
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(line.usage_type.clone()).or_default() += line.usd;
        }
        sums
    }
}

/// What tells components apart: name, service, usage type, tier.
type Key<'a> = (&'static str, &'static str, &'a str, &'static str);
/// A stretch of one component.
type Piece<'a> = (Timestamp, Timestamp, &'a Quantity);

impl Meter<'_> {
    /// What accrued from `from` up to `until`, or up to now where that is earlier. What runs now and
    /// is billed by the hour has its begun hour in it.
    #[must_use]
    pub fn between(&self, from: Timestamp, until: Timestamp) -> Metered {
        let mut out = Metered::default();
        let mut sums: BTreeMap<(usize, Key<'_>, usize), Decimal> = BTreeMap::new();
        for (index, life) in self.lives.iter().enumerate() {
            let stretches = life.stretches(self.now, &mut out.findings);
            for (key, pieces) in components(&stretches) {
                for run in runs(&pieces) {
                    for (book, quantity) in self.split(&rounded(run), from, until) {
                        *sums.entry((index, key, book)).or_default() += quantity;
                    }
                }
            }
        }
        let mut doubted = BTreeSet::new();
        for ((index, key, book), quantity) in &sums {
            let address = &self.lives[*index].address;
            let found = self.lives[*index].unit(*key);
            let Some(used) = found.filter(|_| !quantity.is_zero()) else {
                continue;
            };
            let used = Quantity {
                quantity: *quantity,
                ..used.clone()
            };
            match self.prices.get(*book).map(|dated| dated.book.price(&used)) {
                Some(Ok(price)) => {
                    if self.is_of_the_future(price) && doubted.insert(price.billed_as.clone()) {
                        out.findings.push(future(price));
                    }
                    out.lines.push(line(address, &used, price));
                }
                Some(Err(why)) => out
                    .findings
                    .push(unpriced(address, &used, &why.to_string())),
                None => out
                    .findings
                    .push(unpriced(address, &used, "no prices were given")),
            }
        }
        out
    }

    /// Units of pieces within a period, by the prices that hold.
    fn split(&self, run: &[Piece<'_>], from: Timestamp, until: Timestamp) -> Vec<(usize, Decimal)> {
        let mut out = Vec::new();
        for (start, end, used) in run {
            // Without any price, one turn, so that what was used is reported.
            for index in 0..self.prices.len().max(1) {
                let since = match index {
                    0 => Timestamp::MIN,
                    _ => self.prices[index].since,
                };
                let next = self
                    .prices
                    .get(index + 1)
                    .map_or(Timestamp::MAX, |next| next.since);
                let (start, end) = ((*start).max(since).max(from), (*end).min(next).min(until));
                if start < end {
                    let hours =
                        Decimal::from(end.duration_since(start).as_secs()) / Decimal::from(3600);
                    out.push((index, hours * used.quantity));
                }
            }
        }
        out
    }

    fn is_of_the_future(&self, price: &Price) -> bool {
        // A day that has begun anywhere on Earth is no future.
        let latest = TimeZone::fixed(jiff::tz::offset(14))
            .to_datetime(self.now)
            .date();
        price.as_of.is_some_and(|day| day > latest)
    }
}

impl Life {
    fn unit(&self, key: Key<'_>) -> Option<&Quantity> {
        let states = self
            .steps
            .iter()
            .map(|step| &step.state)
            .chain(&self.present);
        let mut uses = states.filter_map(|state| match state {
            super::State::Uses(uses) => Some(uses),
            super::State::Gone => None,
        });
        uses.find_map(|uses| uses.iter().find(|one| key_of(one) == key))
    }
}

fn key_of(used: &Quantity) -> Key<'_> {
    (used.component, used.service, &used.usage_type, used.tier)
}

/// The stretches in which each component is used, in order.
fn components<'a>(stretches: &[Stretch<'a>]) -> BTreeMap<Key<'a>, Vec<Piece<'a>>> {
    let mut components: BTreeMap<Key<'a>, Vec<Piece<'a>>> = BTreeMap::new();
    for stretch in stretches {
        for used in stretch.uses.iter().filter(|used| !used.quantity.is_zero()) {
            let pieces = components.entry(key_of(used)).or_default();
            pieces.push((stretch.from, stretch.until, used));
        }
    }
    components
}

/// Pieces that follow one another without a gap.
fn runs<'a, 'b>(pieces: &'b [Piece<'a>]) -> impl Iterator<Item = &'b [Piece<'a>]> {
    pieces.chunk_by(|one, next| one.1 == next.0)
}

/// A run with its end moved to where AWS stops billing it.
fn rounded<'a>(run: &[Piece<'a>]) -> Vec<Piece<'a>> {
    let mut run = run.to_vec();
    let (Some(first), Some(last)) = (run.first().copied(), run.last_mut()) else {
        return run;
    };
    // A begun second counts, as whatever is billed in larger units is billed from it on.
    let length = last.1.duration_since(first.0).as_secs();
    let more = Rounding::of(last.2).billed(length.max(1)) - length;
    last.1 = last
        .1
        .checked_add(SignedDuration::from_secs(more))
        .unwrap_or(last.1);
    run
}

fn line(address: &Address, used: &Quantity, price: &Price) -> Accrued {
    Accrued {
        address: address.clone(),
        component: used.component,
        usage_type: price.billed_as.clone(),
        quantity: used.quantity,
        unit: price.unit.clone(),
        unit_usd: price.usd,
        usd: used.quantity * price.usd,
        source: price.source.clone(),
        as_of: price.as_of,
        confidence: price.confidence,
    }
}

fn unpriced(address: &Address, used: &Quantity, why: &str) -> Finding {
    let text = format!(
        "used {} {} of {}, which is in no total: {why}",
        used.quantity.round_dp(4).normalize(),
        used.unit,
        used.component
    );
    Finding::new(About::Unpriced, address.to_string(), text)
}

fn future(price: &Price) -> Finding {
    let day = price.as_of.map(|day| day.to_string()).unwrap_or_default();
    let text =
        format!("is priced as of {day}, which has not come: the price book or this clock is wrong");
    Finding::new(About::PriceFromFuture, price.billed_as.clone(), text)
}
