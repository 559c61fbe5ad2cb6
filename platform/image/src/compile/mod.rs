//! The service, compiled so that it needs nothing of the machine it runs on.

mod toolchain;

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;

pub use toolchain::{Found, Toolchain};

use crate::{Architecture, ImageError};

/// Compiles `package`, which has one program of its own name, in the workspace in `folder` and answers where the program
/// is. What the compiler says goes to `say`, line by line.
///
/// # Errors
/// [`ImageError::NoToolchain`] where this machine cannot compile for `architecture`, [`ImageError::Compile`] where the
/// source does not.
pub fn compile(
    folder: &Path,
    package: &str,
    architecture: Architecture,
    say: &mut dyn FnMut(&str),
) -> Result<PathBuf, ImageError> {
    let toolchain = Toolchain::choose(architecture, &Found::on_this_machine(folder))?;
    let mut cargo = toolchain.cargo(folder);
    cargo
        .args(["--release", "--locked", "--package", package])
        .args(["--bin", package])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null());
    let (succeeded, program) =
        run(cargo, package, say).map_err(ImageError::file("run", Path::new("cargo")))?;
    match program {
        Some(program) if succeeded => Ok(program),
        _ => Err(ImageError::Compile {
            package: package.to_owned(),
            target: toolchain.target(),
            folder: folder.to_owned(),
        }),
    }
}

fn run(
    mut cargo: Command,
    package: &str,
    say: &mut dyn FnMut(&str),
) -> std::io::Result<(bool, Option<PathBuf>)> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut messages = String::new();
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        if let Some(mut stdout) = stdout {
            stdout.read_to_string(&mut messages)?;
        }
        Ok::<_, std::io::Error>(messages)
    });
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            say(&line?);
        }
    }
    let messages = reader.join().expect("reading does not panic")?;
    let succeeded = child.wait()?.success();
    Ok((succeeded, program(&messages, package)))
}

/// The program that Cargo says it made, among its messages, one JSON value a line.
fn program(messages: &str, package: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
        target: Option<Target>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| {
            message
                .target
                .as_ref()
                .is_some_and(|target| target.name == package)
        })
        .find_map(|message| message.executable)
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn the_program_is_the_one_of_its_name() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"build-script-build"},"executable":"/t/build"}
{"reason":"compiler-artifact","target":{"name":"bella_service"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"bella-service"},"executable":"/t/release/bella-service"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            program(messages, "bella-service").as_deref(),
            Some(std::path::Path::new("/t/release/bella-service"))
        );
        assert_eq!(program(messages, "other"), None);
    }
}
