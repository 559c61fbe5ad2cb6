//! Sends requests to a booking service at a steady rate until its standard input ends, and prints how they fared.
//!
//! `callers URL PUBLIC_URL RATE`, with the service's `TWILIO_AUTH_TOKEN` in the environment.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints figures"
)]

use std::io::Read as _;
use std::process::ExitCode;

use bella_smoke::{Door, Keys};
use bella_tests::Callers;
use serde_json::json;
use zeroize::Zeroizing;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("callers: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, public, rate] = words.as_slice() else {
        return Err("usage: callers URL PUBLIC_URL RATE".to_owned());
    };
    let rate = rate
        .parse()
        .ok()
        .filter(|rate| *rate > 0)
        .ok_or_else(|| format!("{rate} is no number of requests a second"))?;
    let token = std::env::var("TWILIO_AUTH_TOKEN")
        .map_err(|_| "TWILIO_AUTH_TOKEN is not in the environment".to_owned())?;
    let keys = Keys {
        twilio_auth_token: Zeroizing::new(token),
        api_key: Zeroizing::default(),
    };
    let callers = Callers::start(Door::new(url, public, keys)?, rate);
    let mut ignored = Vec::new();
    let read = std::io::stdin().read_to_end(&mut ignored);
    let fared = callers.end();
    read.map_err(|why| format!("reading standard input: {why}"))?;
    println!(
        "{}",
        json!({
            "answered": fared.answered,
            "failed": fared.failed,
            "held_back": fared.held_back,
            "slowest_seconds": fared.slowest.as_secs_f64(),
        })
    );
    Ok(())
}
