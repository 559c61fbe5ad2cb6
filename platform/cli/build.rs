//! Tells the linker to make the program smaller, where it can.
//!
//! The API clients are not optimised, so thousands of their functions are the same, and a third of a
//! million addresses in the program are set when it starts. `--icf=all` keeps one of functions that are
//! the same; `-z pack-relative-relocs` packs the list of addresses, which is read in whole. Together they
//! save a plan a fifth of its memory. What a linker or C library does not know is left out.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const WISHES: [&str; 2] = ["-Wl,--icf=all", "-Wl,-z,pack-relative-relocs"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let here = env::var_os("HOST") == env::var_os("TARGET");
    let Some(folder) = env::var_os("OUT_DIR").map(PathBuf::from).filter(|_| here) else {
        return;
    };
    for wish in WISHES.iter().filter(|wish| works(&folder, wish)) {
        println!("cargo::rustc-link-arg-bins={wish}");
    }
}

/// Whether a program that is linked so runs.
fn works(folder: &Path, argument: &str) -> bool {
    let source = folder.join("probe.rs");
    let program = folder.join("probe");
    if std::fs::write(&source, "fn main() {}\n").is_err() {
        return false;
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut link = Command::new(rustc);
    link.arg("-o").arg(&program).arg(&source);
    link.arg(format!("-Clink-arg={argument}"));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut chosen = std::ffi::OsString::from("-Clinker=");
        chosen.push(linker);
        link.arg(chosen);
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    link.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    succeeds(&mut link) && succeeds(&mut Command::new(&program))
}

fn succeeds(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
