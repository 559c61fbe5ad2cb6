//! `bella-service`.

use std::process::ExitCode;

use bella_service::commands::Cli;
use clap::Parser;
use tokio::runtime::Builder;

/// A webhook makes and drops some hundred small values: an eighth of its time with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tokio's own variable; where it is set it decides.
const THREADS: &str = "TOKIO_WORKER_THREADS";

fn main() -> ExitCode {
    let mut runtime = Builder::new_multi_thread();
    if std::env::var_os(THREADS).is_none() {
        // A task has half a processor, and grows by more tasks. On one thread webhooks share their writes to Redis and PostgreSQL,
        // and none waits for another thread to wake up.
        runtime.worker_threads(1);
    }
    let runtime = runtime.enable_all().build();
    let ran = runtime.map(|runtime| runtime.block_on(Cli::parse().run()));
    let (said, code) = match ran {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(err)) => (err.to_string(), err.exit_code()),
        Err(err) => (format!("starting threads: {err}"), ExitCode::FAILURE),
    };
    use std::io::Write;
    // Nothing can be done about a closed standard error.
    let _ = writeln!(std::io::stderr(), "bella-service: {said}");
    code
}
