//! `bella-stores COMMAND…`: runs a command with a PostgreSQL and a Redis of its own.

use std::io::Write;
use std::process::{Command, ExitCode};

use bella_stores::{Postgres, Redis, StoreError};

/// The database that the command finds, empty.
const DATABASE: &str = "bella";

const USAGE: &str = "\
Runs a command with a PostgreSQL and a Redis of its own: it finds them in DATABASE_URL and REDIS_URL.
They are gone when it ends.

Usage: bella-stores COMMAND [ARGUMENT]...

Example:
  bella-stores sh -c 'psql \"$DATABASE_URL\"'";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next().filter(|first| first != "--help") else {
        // Nothing can be done about a closed standard error.
        let _ = writeln!(std::io::stderr(), "{USAGE}");
        return ExitCode::from(2);
    };
    // The terminal sends Ctrl-C to the command too; the stores are stopped when that has ended.
    let _ = ctrlc::set_handler(|| {});
    match with_stores(Command::new(&program).args(arguments)) {
        Ok(code) => code,
        Err(err) => {
            let _ = writeln!(std::io::stderr(), "bella-stores: {err}");
            ExitCode::FAILURE
        }
    }
}

fn with_stores(command: &mut Command) -> Result<ExitCode, StoreError> {
    let redis = Redis::start()?;
    let postgres = Postgres::start()?;
    postgres.create_database(DATABASE)?;
    let status = command
        .env("DATABASE_URL", postgres.url(DATABASE))
        .env("REDIS_URL", redis.url())
        .status()
        .map_err(|source| StoreError::Io {
            doing: "running the command",
            source,
        })?;
    // A command that a signal ended has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
