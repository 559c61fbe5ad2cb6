//! The reference pages, written from the registry: one for each kind, and the permissions of a run.

mod permissions;
mod schema;

use std::collections::BTreeMap;

use bella_engine::resource::{Disposition, Kind, Owner};
use serde_json::Value;

use crate::clients::Aws;
use crate::kinds::KINDS;

/// Every page by its path below the folder of the documentation.
#[must_use]
pub fn pages() -> BTreeMap<String, String> {
    let kinds = KINDS.iter().map(|kind| {
        (
            format!("kinds/{}.md", kind.kind()),
            page(*kind, &kind.schema()),
        )
    });
    let mut pages: BTreeMap<String, String> = kinds.collect();
    pages.insert("kinds/README.md".to_owned(), index());
    pages.insert("permissions.md".to_owned(), permissions::page());
    pages
}

fn index() -> String {
    let mut out = String::from(
        "# Kinds\n\nWhat a stack can have. The stack file's sections make most of them; any can be declared under\n\
         `resources` by its address `kind.name`.\n\n| Kind | Is |\n|---|---|\n",
    );
    let mut kinds: Vec<&&dyn Kind<Aws>> = KINDS.iter().collect();
    kinds.sort_by_key(|kind| kind.kind());
    for kind in kinds {
        let about = schema::description(&kind.schema());
        let first = about.split_inclusive(". ").next().unwrap_or_default();
        let name = kind.kind();
        out.push_str(&format!("| [{name}]({name}.md) | {} |\n", first.trim()));
    }
    out
}

fn page(kind: &dyn Kind<Aws>, schema: &Value) -> String {
    let mut out = format!("# {}\n\n", kind.kind());
    let about = schema::description(schema);
    if !about.is_empty() {
        out.push_str(&format!("{about}\n\n"));
    }
    out.push_str(&format!("{}\n\n{}\n\n", owned_by(kind), changed_by(kind)));
    out.push_str("## Properties\n\n");
    let rows = schema::properties(schema);
    match rows.is_empty() {
        true => out.push_str("None.\n"),
        false => {
            out.push_str("| Property | Type | Default | A change | |\n|---|---|---|---|---|\n");
            for row in rows {
                let change = match is_immutable(kind, &row.path) {
                    true => "replaces it",
                    false => "in place",
                };
                out.push_str(&format!(
                    "| `{}` | {} | {} | {change} | {} |\n",
                    row.path, row.shape, row.default, row.about
                ));
            }
        }
    }
    out.push_str("\n## Outputs\n\n");
    match kind.outputs() {
        [] => out.push_str("None.\n"),
        outputs => {
            for output in outputs {
                out.push_str(&format!("- `${{{}.NAME.{output}}}`\n", kind.kind()));
            }
        }
    }
    out.push_str("\n## Permissions\n\n");
    for action in kind.actions() {
        out.push_str(&format!("- `{action}`\n"));
    }
    out
}

fn owned_by(kind: &dyn Kind<Aws>) -> String {
    match kind.owner() {
        Owner::Tags => "It is a stack's by its own tags.".to_owned(),
        Owner::Parent(parent) => format!(
            "It is a stack's as the [{parent}]({parent}.md) it hangs on is, and has no tags of its own."
        ),
        Owner::Record => "It is a stack's by a record beside it.".to_owned(),
    }
}

fn changed_by(kind: &dyn Kind<Aws>) -> String {
    match kind.disposition() {
        Disposition::Replaceable => {
            "Where a change needs a new one, that is made first, its users move, and the old one goes.".to_owned()
        }
        Disposition::DataStore => {
            "It holds data: it is replaced or deleted only with `--unprotect`, or with the whole stack.".to_owned()
        }
        Disposition::Revisioned { keep } => format!(
            "Every change makes a new revision; {keep} older ones stay for a rollback."
        ),
    }
}

fn is_immutable(kind: &dyn Kind<Aws>, path: &str) -> bool {
    kind.immutable().iter().any(|field| {
        path == *field
            || path
                .strip_prefix(field)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}
