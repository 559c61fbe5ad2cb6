//! The plan as a comment on a pull request.

use bella_engine::plan::{Action, Change, Plan};

use bella_policy::Verdict;

use super::plan::{added, symbol};
use super::value::leaves;
use crate::money::Priced;
use crate::session::Session;

/// Longest comment that GitHub takes is 65,536 characters; this leaves room for the rest of it.
const LONGEST_DETAILS: usize = 50_000;
/// Rows of the table; the details have all.
const MOST_ROWS: usize = 60;

/// The plan: its last line, what policies say, a table of what changes, and `text`, the plan as a terminal shows it,
/// folded away.
pub(crate) fn comment(
    session: &Session,
    plan: &Plan,
    priced: Option<&Priced>,
    verdicts: &[Verdict],
    text: &str,
) -> String {
    let text = text.trim_end();
    let (details, last) = text.rsplit_once("\n\n").unwrap_or(("", text));
    let mut out = format!(
        "### Plan for `{}` in {}\n\n**{}**\n",
        session.stack,
        session.region,
        last.trim()
    );
    out.push_str(&super::policy::table(verdicts));
    if plan.is_empty() {
        return out;
    }
    out.push_str("\n| | Object | Changes | $/month |\n|---|---|---|--:|\n");
    for (position, change) in plan.changes.iter().take(MOST_ROWS).enumerate() {
        let usd = priced.and_then(|priced| priced.deltas.get(position));
        out.push_str(&format!(
            "| `{}` | `{}` | {} | {} |\n",
            symbol(change.action),
            change.address,
            cell(&what(change)),
            usd.and_then(|usd| added(*usd)).unwrap_or_default()
        ));
    }
    let more = plan.changes.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        out.push_str(&format!("\nand {more} more.\n"));
    }
    out + &folded(details)
}

/// What is different, in a few words.
fn what(change: &Change) -> String {
    let mut parts: Vec<String> = change.reason.clone().into_iter().collect();
    let fields = change.fields.iter().flat_map(|field| {
        let note = match field.change.forces_replacement {
            true => " (forces replacement)",
            false => "",
        };
        leaves(&field.change.path, &field.change.from, &field.change.to)
            .into_iter()
            .map(move |leaf| format!("`{}`{note}", leaf.path))
    });
    parts.extend(fields);
    match (change.action, parts.is_empty()) {
        (Action::Create, true) => "new".to_owned(),
        (Action::Delete, true) => "removed".to_owned(),
        _ => parts.join(", "),
    }
}

/// Text in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Text behind a line that unfolds it, marked as a difference.
fn folded(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(marked).collect();
    let mut length = 0;
    let fitting = lines
        .iter()
        .take_while(|line| {
            length += line.chars().count() + 1;
            length <= LONGEST_DETAILS
        })
        .count();
    let left_out = lines.len() - fitting;
    lines.truncate(fitting);
    if left_out > 0 {
        lines.push(format!("# {left_out} more lines: see `bella plan`"));
    }
    let text = lines.join("\n");
    // A fence is longer than any run of backticks inside.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n<details><summary>Details</summary>\n\n{fence}diff\n{text}\n{fence}\n\n</details>\n")
}

/// A line with what colours it at its beginning: `+`, `-`, and `!` for a change in place.
fn marked(line: &str) -> String {
    let bare = line.trim_start();
    match (line.len() - bare.len(), bare.chars().next()) {
        (0..=2, Some('+' | '-')) => bare.to_owned(),
        (0..=2, Some('~')) => bare.replacen('~', "!", 1),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_marked_where_a_difference_is_coloured() {
        for (line, expected) in [
            ("  + vpc.main", "+ vpc.main"),
            ("-/+ vpc.main", "-/+ vpc.main"),
            ("  ~ vpc.main (vpc-1)", "! vpc.main (vpc-1)"),
            ("    ~ cidr: 1 -> 2", "    ~ cidr: 1 -> 2"),
            ("      cidr = 1", "      cidr = 1"),
        ] {
            assert_eq!(marked(line), expected);
        }
    }

    #[test]
    fn a_fence_holds_whatever_is_inside_and_long_text_is_cut() {
        let text = folded("  + a\n      script = ```x```");
        assert!(text.contains("\n````diff\n+ a\n"), "{text}");
        let long = folded(&"      x = 1\n".repeat(10_000));
        assert!(long.len() < 60_000);
        assert!(
            long.contains("\n# 5834 more lines: see `bella plan`\n"),
            "{}",
            &long[49_900..]
        );
    }
}
