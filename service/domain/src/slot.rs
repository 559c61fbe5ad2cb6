//! Which slots to look for, and what the answer means.

use jiff::Zoned;

use crate::dialogue::Outcome;
use crate::rules::Rules;

/// Slots to ask the database about for [`crate::dialogue::Effect::FindSlot`], best first.
///
/// Without `until`: `start` itself if it can be booked, then the nearest to it. With `until`: the slots that begin from
/// `start` to before `until`, earliest first, then the others, nearest to `start` first.
pub fn candidates(
    start: &Zoned,
    until: Option<&Zoned>,
    rules: &Rules,
    now: &Zoned,
) -> impl Iterator<Item = Zoned> + use<> {
    let (from, to) = (start.clone(), until.cloned());
    let inside = to.as_ref().map(|to| rules.within(&from, to, now));
    let outside = rules
        .nearest(start, now)
        .filter(move |slot| to.as_ref().is_none_or(|to| *slot < from || slot >= to));
    inside.into_iter().flatten().chain(outside)
}

/// What it means that `free` are the best of the [`candidates`] that are free.
pub fn found(start: &Zoned, free: Vec<Zoned>) -> Outcome {
    if free.first() == Some(start) {
        Outcome::Free
    } else {
        Outcome::Taken { nearest: free }
    }
}
