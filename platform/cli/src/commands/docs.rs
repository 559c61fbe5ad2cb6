use std::path::PathBuf;

use bella_aws::kinds::KINDS;
use bella_aws::reference::pages;
use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Write the reference pages: one for each kind, the permissions of a run, what the sandbox does, the schema of reports.
///
/// They are written from what the program itself goes by, over those that are there.
///
/// Example: bella docs --dir docs
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Folder of the documentation.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let mut pages = pages();
    let actions = KINDS.iter().flat_map(|kind| kind.actions()).copied();
    pages.insert(bella_sandbox::PAGE.to_owned(), bella_sandbox::page(actions));
    pages.insert(
        bella_finance::report::SCHEMA_PAGE.to_owned(),
        bella_finance::report::schema_page(),
    );
    for (name, text) in &pages {
        let path = args.dir.join(name);
        let written = match path.parent() {
            Some(folder) => std::fs::create_dir_all(folder),
            None => Ok(()),
        };
        written
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|err| {
                CommandError::new(Exit::Failed, format!("writing {}: {err}", path.display()))
                    .hint("name another folder with --dir DIR")
            })?;
    }
    cx.ui
        .note(&format!("{} pages in {}", pages.len(), args.dir.display()));
    Ok(Exit::Done)
}
