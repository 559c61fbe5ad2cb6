//! For a terminal: tables, and a bar a stack.

use super::sections::{Section, account, bar_parts, estate, headline, of_stack, usd};
use super::{Report, StackLine, Status};

/// Characters of a whole budget.
const BAR: usize = 40;
/// Characters of a line.
const WIDTH: usize = 120;
/// With more stacks than this, only those that are not within their budgets are told in parts.
const TOLD: usize = 12;
/// Rows of a table of components; the others are one line.
const SHOWN: usize = 8;

/// The report, at most 120 characters wide but where a command or a sentence is longer, in plain characters without colours.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = format!("Cost of {}\n", report.month);
    for line in headline(report) {
        out.push_str(&format!("{line}\n"));
    }
    for section in estate(report) {
        out.push_str(&shown(&section, usize::MAX));
    }
    let (told, kept_short): (Vec<&StackLine>, Vec<&StackLine>) = report
        .stacks
        .iter()
        .partition(|line| report.stacks.len() <= TOLD || is_trouble(line));
    for line in told {
        out.push_str(&format!("\n{}", bar(line)));
        for section in of_stack(line) {
            out.push_str(&shown(&section, SHOWN));
        }
    }
    if !kept_short.is_empty() {
        out.push('\n');
        for line in kept_short {
            out.push_str(&bar(line));
        }
    }
    for section in account(report) {
        out.push_str(&shown(&section, usize::MAX));
    }
    out
}

fn is_trouble(line: &StackLine) -> bool {
    matches!(line.status(), Status::Over | Status::WillBeOver) || !line.idle.is_empty()
}

/// What is spent `#` and what is expected on top `-`, of the budget; `>` where it goes beyond.
fn bar(line: &StackLine) -> String {
    let (spent, ahead, beyond) = bar_parts(line, BAR);
    format!(
        "{:<24}  [{}{}{}]{} {} of {}\n",
        cut(&line.stack, 24),
        "#".repeat(spent),
        "-".repeat(ahead),
        " ".repeat(BAR - spent - ahead),
        if beyond { ">" } else { " " },
        usd(line.forecast_usd),
        usd(line.budget_usd)
    )
}

/// A section with at most so many rows; what the others come to is not hidden but said.
fn shown(section: &Section, most: usize) -> String {
    let mut out = format!("\n{}\n", section.title);
    if !section.lead.is_empty() {
        out.push_str(&format!("  {}\n", section.lead));
    }
    if section.has_table() {
        out.push_str(&table(section, most));
    }
    for note in &section.notes {
        out.push_str(&format!("  {}\n", plain(note)));
    }
    out
}

fn table(section: &Section, most: usize) -> String {
    let heading: Vec<String> = section
        .columns
        .iter()
        .map(|column| column.name.to_owned())
        .collect();
    let hidden = section.rows.len().saturating_sub(most);
    let rows = section.rows.iter().take(most);
    let all: Vec<Vec<String>> = [heading]
        .iter()
        .chain(rows)
        .chain(&section.totals)
        .map(|row| row.iter().map(|cell| plain(cell)).collect())
        .collect();
    let widths = widths(&all, section);
    let mut out = String::new();
    for (index, row) in all.iter().enumerate() {
        if hidden > 0 && index + section.totals.len() == all.len() {
            out.push_str(&format!("  {hidden} more\n"));
        }
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let (width, cell) = (widths[at], cut(cell, widths[at]));
            match section.columns[at].is_number {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        out.push_str(&format!("  {}\n", line.trim_end()));
    }
    out
}

/// As wide as the widest cell; where that is too much for a line, the widest texts give way, and never a number. The last column may
/// go on beyond: it is a command or a remark.
fn widths(rows: &[Vec<String>], section: &Section) -> Vec<usize> {
    let widest = |at: usize| {
        rows.iter()
            .filter_map(|row| Some(row.get(at)?.chars().count()))
            .max()
    };
    let count = section.columns.len();
    let mut widths: Vec<usize> = (0..count)
        .map(|at| widest(at).unwrap_or_default())
        .collect();
    let texts: Vec<usize> = (0..count)
        .filter(|at| !section.columns[*at].is_number)
        .collect();
    let source = (0..count).find(|at| section.columns[*at].name == "Source");
    while widths.iter().sum::<usize>() + 2 * count > WIDTH {
        // Where a price was read is the first to give way: other formats have it whole.
        if let Some(at) = source.filter(|at| widths[*at] > 8) {
            widths[at] -= 1;
            continue;
        }
        let Some(at) = texts.iter().copied().max_by_key(|at| widths[*at]) else {
            break;
        };
        if widths[at] <= 8 {
            break;
        }
        widths[at] -= 1;
    }
    widths
}

/// Text without characters that move the cursor.
fn plain(text: &str) -> String {
    text.chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect()
}

fn cut(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text
            .chars()
            .take(width.saturating_sub(1))
            .chain(['…'])
            .collect(),
        false => text.to_owned(),
    }
}
