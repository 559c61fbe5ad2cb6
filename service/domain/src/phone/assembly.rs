//! One number from all stretches of digits.

use super::mobile::Mobile;
use super::reading::{Reading, readings};
use super::run::{Link, Run, runs};
use crate::understood::{NotUnderstood, Understood};

/// What a caller's words say as a telephone number, typed or spoken.
///
/// Understands digits and number words in groups, pairs, hundreds and repeats ("double five"), homophones
/// where a digit is missing ("to", "for"), fillers, an area code or a country code named as such, and
/// extensions, which are dropped. A correction ("no", "sorry", "I mean") replaces the number, or its end if
/// only that is said again. Of a mobile and another number the mobile stands, else the last one said.
/// Without a country code a number is North American.
///
/// # Errors
/// No number; fewer or more digits than a number has ("a digit is missing", "the area code is missing",
/// "too many digits"); two numbers joined by "or"; a number that cannot exist.
pub fn understand(text: &str) -> Understood<Mobile> {
    let runs = runs(text);
    let mut assembly = Assembly::default();
    for run in &runs {
        assembly.take(run);
    }
    if assembly.ambiguous {
        return Err(NotUnderstood::because("two different telephone numbers"));
    }
    if assembly.unclear {
        return Err(NotUnderstood::because("a correction that fits nowhere"));
    }
    if let Some(found) = assembly.number {
        return Ok(found.mobile);
    }
    scattered(&runs).ok_or_else(|| NotUnderstood::because(assembly.reason()))
}

/// Digits after which one reading of each stretch will do: two numbers with country codes, more is none.
const LONGEST: usize = 32;

#[derive(Default)]
struct Assembly {
    number: Option<Found>,
    /// Digits that are not a number yet.
    part: Option<Part>,
    ambiguous: bool,
    /// A correction that fits nowhere: "416 555 1234, no, 647".
    unclear: bool,
    /// The most digits heard in one piece, for the reason.
    heard: usize,
    heard_impossible: bool,
}

struct Found {
    mobile: Mobile,
    cell: Option<bool>,
}

#[derive(Clone)]
struct Part {
    readings: Vec<Reading>,
    plus: bool,
}

impl Assembly {
    fn take(&mut self, run: &Run) {
        if run.denied {
            return;
        }
        let part = Part {
            readings: readings(&run.pieces),
            plus: run.plus,
        };
        let late = || {
            let readings = readings(&run.pieces[1..]);
            Part {
                readings,
                plus: false,
            }
            .whole()
        };
        if let Some(mobile) = part.whole().or_else(|| run.may_begin_late.then(late)?) {
            self.found(mobile, run);
            return;
        }
        self.note(&part);
        if let Some(mobile) = self.corrected(&part, run) {
            self.found(mobile, run);
            return;
        }
        if self.number.is_some() && run.link == Link::Corrects && part.shortest() > 2 {
            self.unclear = true;
        }
        let joined = match (&self.part, run.link) {
            (Some(before), Link::Continues | Link::Corrects) => Some(if run.area {
                part.followed_by(before)
            } else {
                before.followed_by(&part)
            }),
            _ => None,
        };
        match joined {
            Some(joined) => {
                if let Some(mobile) = joined.whole() {
                    self.found(mobile, run);
                } else {
                    self.note(&joined);
                    self.part = Some(joined);
                }
            }
            None => self.part = Some(part),
        }
    }

    fn found(&mut self, mobile: Mobile, run: &Run) {
        self.part = None;
        self.unclear = false;
        if let Some(before) = &self.number {
            if before.cell == Some(true) && run.cell == Some(false) {
                return;
            }
            let same = before.mobile == mobile;
            self.ambiguous = run.link == Link::Alternative && !same && run.cell.is_none();
        }
        self.number = Some(Found {
            mobile,
            cell: run.cell,
        });
    }

    /// The number said before with its area code, its end, or a part of it said anew.
    fn corrected(&self, part: &Part, run: &Run) -> Option<Mobile> {
        if run.link != Link::Corrects && !run.ending {
            return None;
        }
        let before = match (&self.number, &self.part) {
            (_, Some(part)) => part.readings.iter().map(|old| old.digits.clone()).collect(),
            (Some(found), None) => vec![found.mobile.e164().strip_prefix("+1")?.to_owned()],
            (None, None) => return None,
        };
        let whole_before = self.part.is_none();
        before.iter().find_map(|old: &String| {
            part.readings.iter().find_map(|reading| {
                let new = &reading.digits;
                if run.area && new.len() == 3 && old.len() == 10 {
                    return Mobile::north_american(&format!("{new}{}", &old[3..]));
                }
                let kept = 10_usize.checked_sub(new.len())?;
                let replaced = old.len().checked_sub(kept)?;
                let enough = run.ending || new.len() == 4 || new.len() == 7 || !whole_before;
                (enough && replaced <= new.len() && !new.is_empty())
                    .then(|| Mobile::north_american(&format!("{}{new}", &old[..kept])))?
            })
        })
    }

    fn note(&mut self, part: &Part) {
        let length = part.shortest();
        self.heard = self.heard.max(length);
        self.heard_impossible |= part.plus && length >= 8
            || part
                .readings
                .iter()
                .any(|reading| match reading.digits.len() {
                    10 => true,
                    11 => reading.digits.starts_with('1'),
                    _ => false,
                });
    }

    fn reason(&self) -> &'static str {
        match self.heard {
            _ if self.heard_impossible => "no such telephone number",
            0..=2 => "no telephone number",
            7 => "the area code is missing",
            9 => "a digit is missing",
            3..=8 => "digits are missing",
            _ => "too many digits",
        }
    }
}

impl Part {
    /// The number this is by itself, cut like a telephone number where there is a choice.
    fn whole(&self) -> Option<Mobile> {
        if self.plus {
            return self.best(Mobile::international);
        }
        self.best(single).or_else(|| self.best(said_again))
    }

    fn best(&self, number: impl Fn(&str) -> Option<Mobile>) -> Option<Mobile> {
        let mut best = None;
        for reading in &self.readings {
            let likelihood = reading.likelihood();
            let better = best.as_ref().is_none_or(|(found, _)| likelihood > *found);
            if better && let Some(mobile) = number(&reading.digits) {
                best = Some((likelihood, mobile));
            }
        }
        best.map(|(_, mobile)| mobile)
    }

    fn shortest(&self) -> usize {
        let lengths = self.readings.iter().map(|reading| reading.digits.len());
        lengths.min().unwrap_or(0)
    }

    fn followed_by(&self, after: &Self) -> Self {
        let most = if self.shortest() > LONGEST { 1 } else { 8 };
        let firsts = self.readings.iter().take(most);
        let readings = firsts
            .flat_map(|first| {
                after
                    .readings
                    .iter()
                    .take(most)
                    .map(|second| first.then(second))
            })
            .collect();
        Self {
            readings,
            plus: self.plus,
        }
    }
}

/// Ten digits, eleven with the country code first, or what is dialled for abroad.
fn single(digits: &str) -> Option<Mobile> {
    match digits.len() {
        10 => Mobile::north_american(digits),
        11 if digits.starts_with('1') => Mobile::north_american(&digits[1..]),
        14.. => Mobile::international(digits.strip_prefix("011")?),
        _ => None,
    }
}

/// A number said twice, or begun and then said whole; a later one said after it stands.
fn said_again(digits: &str) -> Option<Mobile> {
    [11, 10].into_iter().find_map(|length| {
        let at = digits.len().checked_sub(length)?;
        let (before, last) = digits.split_at(at);
        let mobile = single(last)?;
        let begun = before.len() >= 3 && last.starts_with(before);
        (begun || single(before).is_some()).then_some(mobile)
    })
}

/// A number whose groups stand between words that have nothing to do with it.
fn scattered(runs: &[Run]) -> Option<Mobile> {
    let parts: Vec<Vec<Reading>> = runs
        .iter()
        .filter(|run| !run.denied)
        .map(|run| readings(&run.pieces))
        .collect();
    let groups = parts
        .iter()
        .all(|readings| readings.iter().any(|reading| reading.digits.len() >= 3));
    if !groups
        || !(2..=4).contains(&parts.len())
        || runs.iter().any(|run| run.link == Link::Alternative)
    {
        return None;
    }
    let mut whole = Part {
        readings: vec![Reading::default()],
        plus: false,
    };
    for readings in parts {
        let next = Part {
            readings,
            plus: false,
        };
        whole = whole.followed_by(&next);
    }
    whole.best(single)
}
