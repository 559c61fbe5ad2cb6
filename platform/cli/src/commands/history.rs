use bella_aws::ledger::RunRecord;
use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::table::table;
use crate::session::Session;
use crate::target::Target;

/// Show who did what, when, newest first.
///
/// Example: bella history stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
    /// How many runs.
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse_or_past(&args.stack)?).await?;
    let runs = session.store.history(&session.place, args.limit).await?;
    if cx.ui.json {
        cx.ui.document(&runs);
        return Ok(Exit::Done);
    }
    if runs.is_empty() {
        cx.ui.note(&format!(
            "the ledger at {} has no record of {}",
            session.store.location(),
            session.stack
        ));
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = runs.iter().map(row).collect();
    cx.ui.data(&table(
        &["WHEN", "WHAT", "OUTCOME", "CHANGES", "WHO"],
        &rows,
    ));
    Ok(Exit::Done)
}

/// Who went over the budget, and why.
fn over_budget(run: &RunRecord) -> String {
    run.over_budget.as_ref().map_or(String::new(), |accepted| {
        format!(
            "; ${:.2} over budget: {}",
            accepted.over_usd, accepted.reason
        )
    })
}

fn row(run: &RunRecord) -> Vec<String> {
    let changes: Vec<String> = run
        .planned
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    vec![
        run.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        run.actor.operation.clone(),
        run.outcome.clone().unwrap_or_else(|| "cut off".to_owned()),
        if changes.is_empty() {
            "none".to_owned()
        } else {
            changes.join(", ")
        },
        format!(
            "{} on {}{}",
            run.actor.who,
            run.actor.host,
            over_budget(run)
        ),
    ]
}
