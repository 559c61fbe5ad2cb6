//! Programs in Python that tests ask for a second opinion, installed once into the folder that tests may keep things in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A virtual environment called `name` with what `pins` names, a line `package==version` each; grown under another name, so that
/// what has the name is whole.
///
/// # Panics
/// `python3` with `venv` or the package registry is missing.
#[must_use]
pub fn environment(name: &str, pins: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running test has a path");
    let target = own
        .ancestors()
        .nth(3)
        .expect("tests are in <target>/<profile>/deps");
    let kept = target.join("tmp");
    let folder = kept.join(name);
    if folder.is_dir() {
        return folder;
    }
    fs::create_dir_all(&kept).expect("the target folder can be written");
    let partial = kept.join(format!("{name}.{}", std::process::id()));
    run(Command::new("python3").args(["-m", "venv"]).arg(&partial));
    let wanted = partial.join("requirements.txt");
    fs::write(&wanted, pins).expect("the folder was just made");
    let pip = [
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-input",
        "--no-deps",
        "-r",
    ];
    run(Command::new(partial.join("bin/python"))
        .args(pip)
        .arg(wanted));
    place(&partial, &folder);
    folder
}

/// Another test may have been first; then its folder counts.
fn place(partial: &Path, folder: &Path) {
    if fs::rename(partial, folder).is_err() {
        fs::remove_dir_all(partial).expect("the folder goes");
    }
    assert!(folder.is_dir(), "{} is not there", folder.display());
}

fn run(command: &mut Command) {
    let ended = command.status();
    let ended = ended.unwrap_or_else(|why| panic!("{command:?} does not run: {why}"));
    assert!(ended.success(), "{command:?} ended with {ended}");
}
