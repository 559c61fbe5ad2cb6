use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bella_aws::kinds::KINDS;
use bella_aws::terraform;
use bella_engine::address::Address;
use bella_engine::export::{Configuration, Source, configuration};
use bella_engine::live::Live;
use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Value, json};

use super::provision::{command, quoted};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Leave: write what exists as another tool's configuration.
///
/// Example: bella export terraform stacks/dev.yaml --dir terraform
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    format: Format,
}

#[derive(Subcommand)]
enum Format {
    /// Write Terraform files with an import block for every resource.
    ///
    /// Given a stack file, values and references are the file's; given a name, those that were
    /// last applied. Nothing is changed in AWS, and values of secrets are never written.
    ///
    /// Example: bella export terraform stacks/dev.yaml --dir terraform
    Terraform(TerraformArgs),
}

#[derive(ClapArgs)]
struct TerraformArgs {
    /// Stack file or stack name.
    stack: String,
    /// Folder to write to: a new or empty one.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let Format::Terraform(args) = &args.format;
    refuse_used(&args.dir)?;
    let session = Session::open(cx, Target::parse(&args.stack)?).await?;
    let (live, declared) = what(cx, args, &session).await?;
    let addresses = session.addresses(&live).await?;
    let mut made = configuration(&Source {
        catalog: KINDS,
        live: &live,
        addresses: &addresses,
        declared: &declared,
        stack: &session.stack,
        region: &session.region,
        account: &session.caller.account,
    })?;
    session.note_calls(cx);
    if made.resources == 0 {
        return Err(CommandError::new(
            Exit::Failed,
            format!(
                "{} has nothing in {} ({}) to export",
                session.stack, session.region, session.caller.account
            ),
        )
        .hint(command(cx, "provision", &args.stack)));
    }
    let (stack, region, account) = (&session.stack, &session.region, &session.caller.account);
    let versions = terraform::versions(stack, region, account, made.resources);
    made.files.insert("versions.tf".to_owned(), versions);
    write(&args.dir, &made)?;
    tell(cx, args, &session, &made);
    Ok(Exit::Done)
}

/// A folder that holds something may be somebody's configuration with its state.
fn refuse_used(dir: &Path) -> Result<(), CommandError> {
    let taken = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    match taken || dir.is_file() {
        true => Err(
            CommandError::usage(format!("{} is not an empty folder", dir.display()))
                .hint("name a new one with --dir"),
        ),
        false => Ok(()),
    }
}

/// What exists, and what is declared of it: by the stack file, else as it was last applied.
async fn what(
    cx: &Context,
    args: &TerraformArgs,
    session: &Session,
) -> Result<(Live, BTreeMap<Address, Value>), CommandError> {
    if session.file.is_some() {
        let planned = session.plan(&BTreeSet::new()).await?;
        if !planned.plan.is_empty() {
            cx.ui.note(&format!(
                "note: {} changes are pending, and Terraform will want to make them; `{}` shows them\n",
                planned.plan.changes.len(),
                command(cx, "plan", &args.stack)
            ));
        }
        return Ok((planned.live, planned.graph.properties()));
    }
    let live = session.look().await?;
    let declared = match session.store.applied(&session.place).await? {
        Some(applied) => session.last_applied(&applied)?.0.properties(),
        None => BTreeMap::new(),
    };
    Ok((live, declared))
}

fn write(dir: &Path, made: &Configuration) -> Result<(), CommandError> {
    let failed = |path: &Path, err: &std::io::Error| {
        CommandError::new(Exit::Failed, format!("writing {}: {err}", path.display()))
            .hint("name a folder that can be written with --dir")
    };
    std::fs::create_dir_all(dir).map_err(|err| failed(dir, &err))?;
    for (name, text) in &made.files {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|err| failed(&path, &err))?;
    }
    Ok(())
}

fn tell(cx: &Context, args: &TerraformArgs, session: &Session, made: &Configuration) {
    let left_out: Vec<String> = made.left_out.iter().map(ToString::to_string).collect();
    if !left_out.is_empty() {
        cx.ui.note(&format!(
            "note: these have no form in Terraform and stay Bella's: {}\n",
            left_out.join(", ")
        ));
    }
    if cx.ui.json {
        cx.ui.document(&json!({
            "stack": session.stack,
            "region": session.region,
            "account": session.caller.account,
            "dir": args.dir,
            "files": made.files.keys().collect::<Vec<_>>(),
            "resources": made.resources,
            "left_out": left_out,
        }));
        return;
    }
    cx.ui.data(&format!(
        "{}: {} Terraform resources in {} files in {}.",
        session.stack,
        made.resources,
        made.files.len(),
        args.dir.display()
    ));
    let dir = quoted(&args.dir.display().to_string());
    cx.ui.note(&format!(
        "\nNext:\n  terraform -chdir={dir} init\n  terraform -chdir={dir} plan\n"
    ));
}
