//! `bella-service`.

use std::process::ExitCode;

use bella_service::commands::Cli;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            use std::io::Write;
            // Nothing can be done about a closed standard error.
            let _ = writeln!(std::io::stderr(), "bella-service: {err}");
            err.exit_code()
        }
    }
}
