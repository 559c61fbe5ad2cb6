//! Measures the service beside a FastAPI application of the same shape, and beside an axum handler that does nothing, alternating,
//! and prints a table.
//!
//! Usage: `bench-service PYTHON [SECONDS] [CALLS]`, where `PYTHON` has what `service/bench/peer/requirements.txt` names.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

mod bare;
mod load;
mod peer;
mod processes;

use std::time::Duration;

use bare::Bare;
use load::Load;
use peer::Peer;
use support::{Call, Environment, Service, Stores};

/// How often each side is measured.
const ROUNDS: usize = 3;

/// Keep-alive connections that ask without pause.
const CONNECTIONS: usize = 50;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let python = arguments.next().expect("the first argument is a python");
    if python == bare::SERVE {
        let mut next = || arguments.next().expect("an address and an answer follow");
        return bare::serve(&next(), next()).await;
    }
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
        .with("SLOT_MINUTES", "5")
        // It logs what it logs in production, as the peer does.
        .without("RUST_LOG");
    let ours = Service::start(&environment).await;
    let peer = Peer::start(&python, &stores).await;
    let bare = Bare::start(&first_answer(&ours).await).await;
    println!(
        "POST /twilio/voice, {CONNECTIONS} keep-alive connections, session in Redis, {ROUNDS} rounds of {} s each, alternating\n",
        seconds.as_secs()
    );
    println!(
        "| | requests/s | requests per CPU-second | p50 ms | p99 ms | resident MiB | first answer ms |"
    );
    println!("|---|---|---|---|---|---|---|");
    let sides = [
        ("bella-service", &ours.address, ours.id(), ours.ready_after),
        (
            "FastAPI, 2 workers",
            &peer.address,
            peer.id(),
            peer.ready_after,
        ),
        (
            "axum, does nothing",
            &bare.address,
            bare.id(),
            bare.ready_after,
        ),
    ];
    let mut figures = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        for (side, (who, address, process, ready)) in sides.iter().enumerate() {
            let load = Load::new(address, *process, round * sides.len() + side);
            let took = load.run(seconds).await;
            took.print(who, *ready);
            figures[side].push(took.per_cpu_second());
        }
    }
    let [ours_did, peer_did, bare_did] = figures.map(median);
    println!(
        "\nRequests per CPU-second, medians: {:.1} times the peer's; a handler that does nothing, {:.1} times\n",
        ours_did / peer_did,
        bare_did / peer_did,
    );
    drop((peer, bare));
    whole_calls(&environment, &ours, calls).await;
}

/// What a caller hears first.
async fn first_answer(service: &Service) -> String {
    let mut call = Call::new("CA-first", "+14165550123", &[&service.address]);
    let answer = call.rings().await.expect("answers");
    answer.0.body
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
