use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// A program that dies with this process and can be signalled together with its children.
///
/// `setpriv` sets what it is sent when the daemon dies; where there is none, the next daemon ends what is left over. A
/// user, where given, is taken on before the program runs.
pub(super) fn command(program: impl AsRef<OsStr>, user: Option<u32>, signal: &str) -> Command {
    let mut command = match find("setpriv") {
        Some(setpriv) => {
            let mut command = std::process::Command::new(setpriv);
            if let Some(user) = user {
                command
                    .arg(format!("--reuid={user}"))
                    .arg(format!("--regid={user}"))
                    .arg("--clear-groups");
            }
            command
                .arg(format!("--pdeathsig={signal}"))
                .arg(program.as_ref());
            command
        }
        None => {
            let mut command = std::process::Command::new(program);
            if let Some(user) = user {
                command.uid(user).gid(user);
            }
            command
        }
    };
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut command = Command::from(command);
    command.kill_on_drop(true);
    command
}

/// The program of this name on the search path.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Runs a program to its end; an error holds what it said.
pub(super) async fn run(command: &mut Command, what: &Path) -> std::io::Result<String> {
    let output = command.output().await?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(std::io::Error::other(format!(
        "{} ended with {}: {}",
        what.display(),
        output.status,
        said.trim()
    )))
}
