use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::error::SandboxError;
use crate::home::short_hash;

/// The emulator with everything it needs, each at the version the sandbox is tested with.
pub(crate) const PINS: &str = include_str!("requirements.txt");

const CANDIDATES: [&str; 6] = [
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
];
const CHECK: &str =
    "import sys; assert sys.version_info >= (3, 10); import venv, ensurepip; print(sys.executable)";

/// The server programs and the emulator's Docker client, each at the version the sandbox is tested with.
pub(crate) const SERVER_PINS: &str = include_str!("servers.txt");

/// Names the environment built from the pins: another set of pins is another environment.
pub(crate) fn pins_hash() -> String {
    short_hash(PINS)
}

/// The first interpreter on the path that is new enough and can make an environment with pip.
pub(crate) async fn find_python() -> Result<String, SandboxError> {
    let mut tried = Vec::new();
    for candidate in CANDIDATES {
        let output = Command::new(candidate)
            .args(["-I", "-c", CHECK])
            .stdin(Stdio::null())
            .output()
            .await;
        match output {
            Ok(output) if output.status.success() => {
                return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
            }
            Ok(output) => {
                let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
                tried.push(format!("{candidate} ({})", shortcoming(&stderr)));
            }
            Err(_) => {}
        }
    }
    if tried.is_empty() {
        tried.push("no python3 on PATH".to_owned());
    }
    Err(SandboxError::NoPython {
        tried: tried.join(", "),
        install: install_line().to_owned(),
    })
}

fn shortcoming(stderr: &str) -> &'static str {
    if stderr.contains("AssertionError") {
        "older than 3.10"
    } else if stderr.contains("venv") || stderr.contains("ensurepip") {
        "without venv or ensurepip"
    } else {
        "does not run"
    }
}

/// What to type to get a Python, by what this system installs software with.
fn install_line() -> &'static str {
    let has = |path: &str| Path::new(path).exists();
    if cfg!(target_os = "macos") {
        "brew install python3"
    } else if has("/usr/bin/apt-get") {
        "sudo apt-get install python3 python3-venv"
    } else if has("/usr/bin/dnf") {
        "sudo dnf install python3"
    } else if has("/sbin/apk") {
        "sudo apk add python3"
    } else if has("/usr/bin/pacman") {
        "sudo pacman -S python"
    } else {
        "install Python 3.10 or later with venv, from your system's packages"
    }
}

#[cfg(test)]
mod tests {
    use super::{PINS, SERVER_PINS, shortcoming};

    #[test]
    fn every_pin_is_exact() {
        let pins: Vec<&str> = PINS
            .lines()
            .chain(SERVER_PINS.lines())
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .collect();
        assert!(pins.iter().any(|pin| pin.starts_with("ministack==")));
        for pin in pins {
            let (name, version) = pin.split_once("==").unwrap_or((pin, ""));
            assert!(
                !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()),
                "{pin}"
            );
        }
    }

    #[test]
    fn says_what_an_interpreter_lacks() {
        let cases = [
            ("Traceback\nAssertionError", "older than 3.10"),
            (
                "ModuleNotFoundError: No module named 'ensurepip'",
                "without venv or ensurepip",
            ),
            ("dyld: Library not loaded", "does not run"),
        ];
        for (stderr, expected) in cases {
            assert_eq!(shortcoming(stderr), expected);
        }
    }
}
