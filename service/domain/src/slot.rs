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

/// A slot at which nothing is yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeSlot {
    /// Its beginning.
    pub start: Zoned,
    /// Whether an appointment begins where it ends, or ends where it begins.
    pub adjoins: bool,
}

/// How many free slots are looked at for ones that adjoin appointments: more would lead far from what the caller wanted.
pub const LOOKED_AT: usize = 6;

/// `free` in the order in which a day is packed well.
///
/// What was asked for comes first, then what adjoins an appointment, each nearest first. A business whose day has no holes can be
/// booked for longer, and closed earlier.
pub fn packed(start: &Zoned, mut free: Vec<FreeSlot>) -> Vec<Zoned> {
    free.sort_by_key(|slot| (slot.start != *start, !slot.adjoins));
    free.into_iter().map(|slot| slot.start).collect()
}

/// What it means that `free` are the best of the [`candidates`] that are free.
pub fn found(start: &Zoned, free: Vec<Zoned>) -> Outcome {
    if free.first() == Some(start) {
        Outcome::Free
    } else {
        Outcome::Taken { nearest: free }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_adjoins_an_appointment_comes_before_what_is_nearer() {
        let at = |text: &str| -> Zoned {
            format!("2026-03-10T{text}[America/Toronto]")
                .parse()
                .expect("a time")
        };
        let free = |adjoining: &[&str]| -> Vec<FreeSlot> {
            ["14:00", "13:30", "14:30", "13:00"]
                .into_iter()
                .map(|text| FreeSlot {
                    start: at(text),
                    adjoins: adjoining.contains(&text),
                })
                .collect()
        };
        let packed = |asked: &str, adjoining: &[&str]| -> Vec<String> {
            let packed = packed(&at(asked), free(adjoining)).into_iter();
            packed
                .map(|slot| slot.strftime("%H:%M").to_string())
                .collect()
        };
        assert_eq!(
            packed("15:00", &["13:00", "14:30"]),
            ["14:30", "13:00", "14:00", "13:30"]
        );
        assert_eq!(
            packed("14:00", &["13:00"]),
            ["14:00", "13:00", "13:30", "14:30"]
        );
        assert_eq!(packed("15:00", &[]), ["14:00", "13:30", "14:30", "13:00"]);
    }
}
