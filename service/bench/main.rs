//! Measures the service beside a minimal FastAPI application of the same shape, alternating, and prints a table.
//!
//! Usage: `bench-service PYTHON [SECONDS] [CALLS]`, where `PYTHON` has what `service/bench/peer/requirements.txt` names.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

mod load;
mod peer;
mod processes;

use std::time::Duration;

use load::Load;
use peer::Peer;
use support::{Environment, Service, Stores};

/// How often each side is measured.
const ROUNDS: usize = 3;

/// Keep-alive connections that ask without pause.
const CONNECTIONS: usize = 50;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let python = arguments.next().expect("the first argument is a python");
    let mut number = |default| {
        let given = arguments.next();
        given.map_or(default, |text| text.parse().expect("is a number"))
    };
    let seconds = Duration::from_secs(number(6));
    let calls = usize::try_from(number(10_000)).expect("is a count");
    let stores = Stores::own();
    let environment = stores
        .environment()
        .await
        .with("BUSINESS_HOURS", "mon-sun 00:00-24:00")
        .with("SLOT_MINUTES", "5");
    let ours = Service::start(&environment).await;
    let peer = Peer::start(&python, &stores).await;
    println!(
        "POST /twilio/voice, {CONNECTIONS} keep-alive connections, session in Redis, {ROUNDS} rounds of {} s each, alternating\n",
        seconds.as_secs()
    );
    println!(
        "| | requests/s | requests per CPU-second | p50 ms | p99 ms | resident MiB | first answer ms |"
    );
    println!("|---|---|---|---|---|---|---|");
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let took = Load::new(&ours.address, ours.id(), round)
            .run(seconds)
            .await;
        took.print("bella-service", ours.ready_after);
        fast.push(took.per_cpu_second());
        let took = Load::new(&peer.address, peer.id(), round)
            .run(seconds)
            .await;
        took.print("FastAPI, 2 workers", peer.ready_after);
        slow.push(took.per_cpu_second());
    }
    let times = median(fast) / median(slow);
    println!("\nRequests per CPU-second, medians: {times:.1} times as many\n");
    whole_calls(&environment, &ours, calls).await;
}

async fn whole_calls(environment: &Environment, ours: &Service, calls: usize) {
    let took = load::whole_calls(ours, calls, CONNECTIONS).await;
    let booked = "select count(*) from appointments where status = 'booked'";
    println!(
        "Whole calls (4 webhooks, booked): {} of {calls} booked at once, {} errors, {:.0} calls/s; slowest webhook {:.0} ms; \
         resident {:.1} MiB after a tenth, {:.1} MiB at the end; {} appointments",
        took.booked,
        took.errors,
        took.per_second,
        took.slowest.as_secs_f64() * 1e3,
        took.resident_early,
        took.resident_late,
        environment.count(booked).await,
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
