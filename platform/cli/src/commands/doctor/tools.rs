//! Versions: of this program, and of others that it runs or has people type.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use bella_deploy::Source;
use bella_image::ImageError;
use bella_watch::doctor::{Answer, Finding, Tool};
use bella_watch::doctor::{own as judged, tool, tools};

use crate::context::Context;
use crate::session::Session;
use crate::target::StackFile;

/// Whether the stack was changed by a newer version of this program.
pub(super) async fn own(session: &Session) -> Option<Finding> {
    match session.store.history(&session.place, 1).await {
        Ok(runs) => judged(
            env!("CARGO_PKG_VERSION"),
            runs.first().map(|run| run.version.as_str()),
        ),
        Err(error) => Some(Finding::unknown("tools", error.to_string())),
    }
}

/// Every other program; of a stack that is not the sandbox's also what builds for its processor.
pub(super) fn seen(cx: &Context, file: Option<&StackFile>) -> Vec<Finding> {
    let is_sandbox = cx.global.sandbox;
    let all = tools(Source::has_tree(), is_sandbox);
    let mut found: Vec<Finding> = all
        .iter()
        .filter_map(|one| tool(one, &answer(one)))
        .collect();
    let built = file
        .filter(|_| !is_sandbox)
        .and_then(|file| Source::toolchain(&file.loaded.stack.service));
    found.extend(built.map(|chosen| match chosen {
        Ok(toolchain) => Finding::well("tools", format!("builds for {}", toolchain.target())),
        Err(ImageError::NoToolchain {
            architecture,
            install,
        }) => Finding::wrong(
            "tools",
            format!(
                "nothing here builds the service for {architecture}, which the stack file wants"
            ),
            install,
        ),
        Err(other) => Finding::unknown("tools", other.to_string()),
    }));
    found
}

fn answer(tool: &Tool) -> Answer {
    let ran = Command::new(tool.program)
        .arg(tool.asked)
        // Terraform asks its maker for a newer one.
        .env("CHECKPOINT_DISABLE", "1")
        .stdin(Stdio::null())
        .output();
    match ran {
        Err(why) if why.kind() == ErrorKind::NotFound => Answer::Missing,
        Err(why) => Answer::Failed(why.to_string()),
        Ok(output) if output.status.success() => {
            Answer::Said(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Answer::Failed(said.lines().next().unwrap_or_default().to_owned())
        }
    }
}
