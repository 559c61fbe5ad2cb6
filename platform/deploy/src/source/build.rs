//! The service, compiled from its source tree.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use bella_image::{Architecture, compile};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::SERVICE;
use crate::problem::Problem;
use crate::site::{Site, Told};

/// Builds the service in `root`: for this machine and with its libraries in the sandbox, into the folder that everything else is built
/// into; else linked statically for `architecture`.
///
/// # Errors
/// Nothing on this machine builds for it, or it does not compile.
pub(super) async fn service<S: Site>(
    site: &S,
    root: &Path,
    architecture: Architecture,
) -> Result<PathBuf, S::Error> {
    site.tell(Told::Phase {
        name: "build",
        what: &format!("Building the service for {}", architecture.machine()),
    });
    let began = Instant::now();
    let (lines, mut told) = unbounded_channel::<String>();
    let (root, is_sandbox) = (root.to_owned(), site.is_sandbox());
    let building = tokio::task::spawn_blocking(move || match is_sandbox {
        true => for_this_machine(&root, &lines),
        false => compile(&root, SERVICE, architecture, &mut |line| say(&lines, line))
            .map_err(Problem::from),
    });
    while let Some(line) = told.recv().await {
        site.tell(Told::Line(&line));
    }
    let built = building
        .await
        .map_err(|err| failed(&format!("the builder ended early: {err}")))?;
    let program = built?;
    site.tell(Told::Done {
        what: "built",
        took: Some(began.elapsed()),
    });
    Ok(program)
}

fn for_this_machine(root: &Path, lines: &UnboundedSender<String>) -> Result<PathBuf, Problem> {
    let failed_to = |err: std::io::Error| failed(&err.to_string());
    let mut cargo = Command::new("cargo")
        .args(["build", "--release", "--package", SERVICE, "--bin", SERVICE])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed_to)?;
    let stdout = cargo.stdout.take();
    let messages = std::thread::spawn(move || stdout.and_then(|out| named(BufReader::new(out))));
    if let Some(stderr) = cargo.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            say(lines, &line.map_err(failed_to)?);
        }
    }
    let program = messages.join().ok().flatten();
    let status = cargo.wait().map_err(failed_to)?;
    if !status.success() {
        return Err(failed(&format!("cargo ended with {status}")));
    }
    program.ok_or_else(|| failed("cargo named no program"))
}

/// Whoever listened may have gone: the build goes on.
fn say(lines: &UnboundedSender<String>, line: &str) {
    let _nobody_listens = lines.send(line.to_owned());
}

fn failed(why: &str) -> Problem {
    Problem::failed(format!("building {SERVICE}: {why}"))
        .hint(format!("cargo build --release --package {SERVICE}"))
}

/// The program that cargo's messages name. They are read to their end, so that cargo is not stopped by a full pipe.
fn named(messages: impl std::io::BufRead) -> Option<PathBuf> {
    let mut found = None;
    for line in messages.lines().map_while(Result::ok) {
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        if message["target"]["name"] == SERVICE
            && let Some(path) = message["executable"].as_str()
        {
            found = Some(PathBuf::from(path));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::named;

    #[test]
    fn the_program_is_the_one_of_its_name() {
        let messages = r#"{"target":{"name":"build-script-build"},"executable":"/t/build"}
{"target":{"name":"bella-service"},"executable":"/t/release/bella-service"}
{"reason":"build-finished","success":true}"#;
        let found = named(messages.as_bytes());
        assert_eq!(
            found.as_deref(),
            Some(Path::new("/t/release/bella-service"))
        );
        assert_eq!(named("no json".as_bytes()), None);
    }
}
