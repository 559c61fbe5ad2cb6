//! For chats, tickets and pull requests.

use super::sections::{Section, account, estate, headline, of_stack};
use super::{Report, StackLine, Status};

/// A comment on GitHub holds 65,536 characters.
const MOST: usize = 60_000;

/// The report in GitHub's Markdown.
///
/// What people wrote can neither break a table nor call anybody. Where it would be longer than a comment may be, the details of stacks
/// that are within their budgets are left out, and that is said.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let is_trouble = |line: &StackLine| matches!(line.status(), Status::Over | Status::WillBeOver);
    let whole = with(report, |_| true);
    if whole.len() <= MOST {
        return whole;
    }
    let short = with(report, is_trouble);
    let text = if short.len() <= MOST {
        short
    } else {
        with(report, |_| false)
    };
    let said = "\nDetails are left out, as they are too long for a comment: `bella cost report --format html` has them.\n";
    let mut text = match text.char_indices().nth(MOST) {
        None => text,
        Some((end, _)) => {
            let end = text[..end].rfind('\n').unwrap_or(end);
            text[..end + 1].to_owned()
        }
    };
    text.push_str(said);
    text
}

fn with(report: &Report, is_told: impl Fn(&StackLine) -> bool) -> String {
    let mut out = format!("### Cost of {}\n\n", report.month);
    for line in headline(report) {
        out.push_str(&format!("{}<br>\n", escaped(&line)));
    }
    for section in estate(report) {
        out.push_str(&shown(&section));
    }
    for line in report.stacks.iter().filter(|line| is_told(line)) {
        let name = escaped(&line.stack);
        out.push_str(&format!("\n<details><summary>{name}: details</summary>\n"));
        for section in of_stack(line) {
            out.push_str(&shown(&section));
        }
        out.push_str("\n</details>\n");
    }
    for section in account(report) {
        out.push_str(&shown(&section));
    }
    out
}

fn shown(section: &Section) -> String {
    let mut out = format!("\n**{}**\n", escaped(&section.title));
    if !section.lead.is_empty() {
        out.push_str(&format!("\n{}\n", escaped(&section.lead)));
    }
    if section.has_table() {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        out.push('\n');
        out.push_str(&row(section
            .columns
            .iter()
            .map(|column| column.name.to_owned())
            .collect()));
        let marks = section
            .columns
            .iter()
            .map(|column| if column.is_number { "--:" } else { "---" });
        out.push_str(&row(marks.map(str::to_owned).collect()));
        for cells in &section.rows {
            out.push_str(&row(cells.iter().map(|cell| escaped(cell)).collect()));
        }
        for cells in &section.totals {
            let bold = |cell: &String| match cell.is_empty() {
                true => String::new(),
                false => format!("**{}**", escaped(cell)),
            };
            out.push_str(&row(cells.iter().map(bold).collect()));
        }
    }
    if !section.notes.is_empty() {
        out.push('\n');
        for note in &section.notes {
            out.push_str(&format!("- {}\n", escaped(note)));
        }
    }
    out
}

/// Text that is only text: no markup, no mention, no new line.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // GitHub looks for mentions and issues when Markdown, entities and escapes are done (github/cmark-gfm issue 181): only
            // something that is no text parts the sign from the name.
            '@' | '#' => {
                out.push(one);
                out.push_str("<!---->");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(one);
            }
            one if one.is_control() => out.push(' '),
            one => out.push(one),
        }
    }
    out
}
