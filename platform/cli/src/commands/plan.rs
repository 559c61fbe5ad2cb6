use std::path::PathBuf;

use bella_policy::{Operation, Verdict};
use clap::Args as ClapArgs;

use super::provision::{command, quoted, unprotected};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Priced;
use crate::planning::Planned;
use crate::render;
use crate::saved;
use crate::session::Session;
use crate::target::Target;
use crate::ui::Ui;

/// Show what provision would change: the stack file against what exists, asked of AWS now.
///
/// Exits with 3 when a policy denies the plan, with 4 when the stack is estimated over its budget.
///
/// Example: bella plan stacks/dev.yaml --sandbox --exit-code
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Save the plan, for `provision --plan FILE`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Let a protected object be replaced or deleted by the saved plan; may be repeated.
    #[arg(long, value_name = "ADDRESS", requires = "out")]
    unprotect: Vec<String>,
    /// As a comment on a pull request.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Exit with 6 when changes are pending.
    #[arg(long)]
    exit_code: bool,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let unprotect = unprotected(&args.unprotect)?;
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let planned = session.plan(&unprotect).await?;
    session.note_gaps(cx);
    let found = (&planned.live, planned.applied.as_ref());
    session.note_absent(cx, found, &args.stack)?;
    for other in session.elsewhere(&planned.live).await? {
        cx.ui.note(&format!("note: {}\n", other.left_by(&session)));
    }
    if let Some(path) = &args.out {
        saved::write(path, &session.saved(&planned, &unprotect))?;
    }
    let priced = session.priced(&planned)?;
    let judged = session.judge(cx, (&planned, None), priced.as_ref(), Operation::Provision)?;
    let verdicts = judged.as_ref().map_or(&[][..], |judged| &judged.verdicts);
    show(cx, args, &session, &planned, priced.as_ref(), verdicts);
    let over = session.over_budget(cx, &args.stack, priced.as_ref());
    let refusal = judged.and_then(|judged| judged.refusal()).or(over);
    if let Some(path) = &args.out {
        let command = command(cx, "provision", &args.stack);
        let path = quoted(&path.display().to_string());
        cx.ui.note(&format!(
            "\nSaved. Carry it out with: {command} --plan {path}"
        ));
    }
    session.note_calls(cx);
    if let Some(refusal) = refusal {
        // The document has said it already.
        return match cx.ui.json {
            true => Ok(refusal.exit),
            false => Err(refusal),
        };
    }
    let pending = args.exit_code && !planned.plan.is_empty();
    Ok(if pending { Exit::Changes } else { Exit::Done })
}

fn show(
    cx: &Context,
    args: &Args,
    session: &Session,
    planned: &Planned,
    priced: Option<&Priced>,
    verdicts: &[Verdict],
) {
    if cx.ui.json {
        cx.ui
            .document(&render::plan::document(session, planned, priced, verdicts));
        return;
    }
    let text = |ui: &Ui, shown: &[Verdict]| render::plan::text(ui, &planned.plan, priced, shown);
    cx.ui.data(&match args.markdown {
        true => {
            let text = text(&cx.ui.without_color(), &[]);
            render::markdown::comment(session, &planned.plan, priced, verdicts, &text)
        }
        false => text(&cx.ui, verdicts),
    });
}
