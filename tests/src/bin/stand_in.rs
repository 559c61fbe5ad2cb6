//! A version of the booking service that does not serve: as the words behind its own program say.
//!
//! One program stands for all, since an image holds a program and nothing else: a copy of it with `behaviour=NAME` behind its end is
//! another version. The migration of each succeeds, as it does nothing.

use std::io::{Error, Read as _, Result, Write as _};
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

const MARK: &[u8] = b"behaviour=";

fn main() -> ExitCode {
    if std::env::args().any(|word| word == "migrate") {
        return ExitCode::SUCCESS;
    }
    match behave() {
        Ok(code) => code,
        Err(error) => {
            let _unheard = writeln!(std::io::stderr(), "stand-in: {error}");
            ExitCode::FAILURE
        }
    }
}

fn behave() -> Result<ExitCode> {
    // An image has no `/proc` to ask for the program; its entrypoint names it.
    let program = std::env::args_os().next().unwrap_or_default();
    let program = std::fs::read(program)?;
    let marked = program.windows(MARK.len()).rposition(|part| part == MARK);
    let named = marked.map(|at| &program[at + MARK.len()..]);
    match named.map(<[u8]>::trim_ascii) {
        Some(b"crash") => {
            writeln!(
                std::io::stderr(),
                "thread 'main' panicked at service/src/main.rs:7: no opening hours"
            )?;
            Ok(ExitCode::from(101))
        }
        Some(b"hold") => hold(),
        Some(b"elsewhere") => {
            answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        other => Err(Error::other(format!("no such behaviour: {other:?}"))),
    }
}

/// Takes more and more memory, as fast as it is given.
fn hold() -> Result<ExitCode> {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 16 * 1024 * 1024]);
        std::thread::sleep(Duration::from_millis(10));
        if held.len() > 128 {
            return Err(Error::other("2 GiB are held, and nobody minds"));
        }
    }
}

/// Gives everybody one answer.
fn answer(with: &[u8]) -> Result<ExitCode> {
    let bind = std::env::var("BIND").map_err(Error::other)?;
    for stream in TcpListener::bind(bind)?.incoming() {
        let mut stream = stream?;
        let mut asked = [0; 1024];
        let _length = stream.read(&mut asked)?;
        stream.write_all(with)?;
    }
    Ok(ExitCode::SUCCESS)
}
