use bella_watch::page::{self, PAGES, Page};
use bella_watch::terminal::{Style, render};
use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::table::table;
use crate::ui::Paint;

/// Show what to do when something is wrong: a page for each alarm and each disaster.
///
/// The pages are within the program: no network and no account is needed.
///
/// Example: bella runbook show service-down
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the pages.
    ///
    /// Example: bella runbook list
    List,
    /// Show a page: signal, impact, check, act, verify, escalate.
    ///
    /// Example: bella runbook show high-error-rate
    Show {
        /// The page, as the alarm names it.
        name: String,
    },
}

pub(crate) fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::List => list(cx),
        Action::Show { name } => {
            let Some(page) = page::named(name) else {
                return Err(CommandError::usage(format!("there is no runbook `{name}`"))
                    .hint("`bella runbook list` names all"));
            };
            show(cx, &page);
        }
    }
    Ok(Exit::Done)
}

fn list(cx: &Context) {
    if cx.ui.json {
        cx.ui.document(
            &PAGES
                .iter()
                .map(|page| document(page, false))
                .collect::<Vec<_>>(),
        );
        return;
    }
    let rows = PAGES
        .iter()
        .map(|page| vec![page.name.to_owned(), page.signal()]);
    let rows: Vec<Vec<String>> = rows.collect();
    cx.ui.data(&table(&["NAME", "WHEN"], &rows));
}

fn show(cx: &Context, page: &Page) {
    if cx.ui.json {
        cx.ui.document(&document(page, true));
        return;
    }
    let paint = |style: Style, text: &str| match style {
        Style::Heading => cx.ui.paint(Paint::Bold, text),
        Style::Code => cx.ui.paint(Paint::Cyan, text),
    };
    cx.ui.data(&render(page.text, width(), &paint));
}

fn document(page: &Page, whole: bool) -> Value {
    let mut document = json!({
        "name": page.name,
        "title": page.title(),
        "signal": page.signal(),
    });
    if whole {
        document["commands"] = json!(page.commands());
        document["text"] = page.text.into();
    }
    document
}

/// Columns of a terminal that is narrow; else what is comfortable to read.
fn width() -> usize {
    const COMFORTABLE: usize = 100;
    let (_, columns) = console::Term::stdout().size();
    usize::from(columns).clamp(40, COMFORTABLE)
}
