//! A day as a list and a week as a grid: appointments, and the free time between them. Pure.

use bella_domain::rules::Rules;
use jiff::Zoned;
use jiff::civil::Date;

use super::row::Row;
use super::times;

/// A row of the week's grid, in minutes.
const QUARTER: u16 = 15;

/// A line of a day.
pub(super) enum Line {
    /// Time that can be booked.
    Free {
        from: String,
        to: String,
        link: String,
    },
    /// An appointment.
    Taken(Row),
}

/// Minutes of a day, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: u16,
    to: u16,
}

/// A day's appointments and what is free, in order of time. `rows` are those of the day, earliest first.
pub(super) fn lines(date: Date, rows: Vec<Row>, rules: &Rules, now: &Zoned) -> Vec<Line> {
    let mut lines: Vec<(u16, Line)> = free(date, &rows, rules, now)
        .into_iter()
        .map(|span| {
            let line = Line::Free {
                from: shown(span.from),
                to: shown(span.to),
                link: link(date, span.from),
            };
            (span.from, line)
        })
        .collect();
    for row in rows {
        lines.push((begins(&row), Line::Taken(row)));
    }
    // Stable: of what begins at once, the order above stays.
    lines.sort_by_key(|(begins, _)| *begins);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// A day of the week's grid.
pub(super) struct Day {
    /// `2026-03-10`, which is also what its heading is known by.
    pub(super) date: Date,
    pub(super) name: String,
    pub(super) today: bool,
    pub(super) blocks: Vec<Block>,
    /// Why there is no block.
    pub(super) nothing: String,
}

/// A stretch of a day: an appointment, or free.
pub(super) struct Block {
    /// Its first row of the grid, from 1.
    pub(super) at: u16,
    /// Its rows.
    pub(super) length: u16,
    pub(super) row: Option<Row>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) link: String,
}

/// A mark at the side of the grid.
pub(super) struct Hour {
    pub(super) row: u16,
    pub(super) name: String,
}

/// A week's days, without those that are closed and empty at its end, and the hours beside them.
pub(super) fn week(
    days: Vec<(Date, Vec<Row>)>,
    rules: &Rules,
    now: &Zoned,
) -> (Vec<Day>, Vec<Hour>) {
    let spans: Vec<(u16, u16)> = days
        .iter()
        .filter_map(|(date, rows)| reach(*date, rows, rules))
        .collect();
    let first = spans.iter().map(|span| span.0).min().unwrap_or(9 * 60) / 60;
    let last = spans
        .iter()
        .map(|span| span.1)
        .max()
        .unwrap_or(17 * 60)
        .div_ceil(60);
    let mut shown: Vec<Day> = days
        .into_iter()
        .map(|(date, rows)| day(date, rows, first * 60, rules, now))
        .collect();
    while shown.len() > 5
        && shown
            .last()
            .is_some_and(|day| day.blocks.is_empty() && rules.slots(day.date).is_empty())
    {
        shown.pop();
    }
    let hours = (first..last)
        .map(|hour| Hour {
            row: (hour - first) * 60 / QUARTER + 1,
            name: self::shown(hour * 60).replace(":00", ""),
        })
        .collect();
    (shown, hours)
}

fn day(date: Date, rows: Vec<Row>, first: u16, rules: &Rules, now: &Zoned) -> Day {
    let spans = free(date, &rows, rules, now);
    let place = |span: Span, row| Block {
        at: span.from.saturating_sub(first) / QUARTER + 1,
        length: (span.to - span.from).div_ceil(QUARTER).max(1),
        row,
        from: shown(span.from),
        to: shown(span.to),
        link: link(date, span.from),
    };
    let mut blocks: Vec<Block> = spans.into_iter().map(|span| place(span, None)).collect();
    for row in rows.into_iter().filter(|row| row.status.takes_time()) {
        blocks.push(place(occupied(&row), Some(row)));
    }
    blocks.sort_by_key(|block| block.at);
    let nothing = match rules.check_day(date, now) {
        Err(bella_domain::rules::Refusal::Holiday(name)) => format!("Closed: {name}"),
        Err(bella_domain::rules::Refusal::Closed(_)) => "Closed".to_owned(),
        _ => "No appointments".to_owned(),
    };
    Day {
        date,
        name: times::short_day(date),
        today: date == now.date(),
        blocks,
        nothing,
    }
}

/// From when to when something is on a day: opening hours, and appointments outside them.
fn reach(date: Date, rows: &[Row], rules: &Rules) -> Option<(u16, u16)> {
    let open = rules.hours.on(date.weekday());
    let from = open
        .iter()
        .map(|range| range.from)
        .chain(rows.iter().map(begins))
        .min()?;
    let ends = rows.iter().map(|row| occupied(row).to);
    let to = open.iter().map(|range| range.to).chain(ends).max()?;
    Some((from, to))
}

/// What can still be booked of a day: opening hours without what is taken and without what is over, where at least one slot fits.
fn free(date: Date, rows: &[Row], rules: &Rules, now: &Zoned) -> Vec<Span> {
    let slot = rules.slot_minutes();
    if date < now.date() || rules.check_day(date, now).is_err() {
        return Vec::new();
    }
    let soonest = if date == now.date() {
        (minute(now) + 1).next_multiple_of(QUARTER)
    } else {
        0
    };
    let mut taken: Vec<Span> = rows
        .iter()
        .filter(|row| row.status.takes_time() && !row.test)
        .map(occupied)
        .collect();
    taken.sort_by_key(|span| span.from);
    let mut spans = Vec::new();
    for range in rules.hours.on(date.weekday()) {
        let mut from = range.from.max(soonest);
        for span in taken
            .iter()
            .filter(|span| span.from < range.to && span.to > range.from)
        {
            spans.push(Span {
                from,
                to: span.from,
            });
            from = from.max(span.to);
        }
        spans.push(Span { from, to: range.to });
    }
    spans.retain(|span| span.to >= span.from.saturating_add(slot));
    spans
}

fn occupied(row: &Row) -> Span {
    let from = begins(row);
    Span {
        from,
        to: (from + row.minutes).min(24 * 60),
    }
}

fn begins(row: &Row) -> u16 {
    minute(&row.start)
}

fn minute(at: &Zoned) -> u16 {
    u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs())
}

/// `1:30 PM` of a minute of the day.
pub(super) fn shown(minute: u16) -> String {
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{hour}:{minute:02} {half}")
}

fn link(date: Date, minute: u16) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    format!("/admin/appointments/new?date={date}&time={hour:02}:{minute:02}")
}
