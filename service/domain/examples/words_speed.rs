//! Prints how long understanding a caller's words takes, and what the first foreign number costs.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::Instant;

use bella_domain::{answer, intent, name, phone};

const NUMBERS: [&str; 4] = [
    "416-555-1234",
    "my number is four one six, triple five, oh one double nine",
    "four sixteen five fifty-five twelve thirty four",
    "416 555 1234, sorry, 1235 at the end",
];

const NAMES: [&str; 4] = [
    "Noah Thiessen",
    "Hi, my name is Jan van der Berg and I'd like to book an appointment",
    "John Smyth, that's S M Y T H",
    "can you book an appointment for me please",
];

const ANSWERS: [&str; 4] = [
    "yes please",
    "no don't book it",
    "I don't see why not",
    "yes but could we do three o'clock instead",
];

const WISHES: [&str; 4] = [
    "Noah Thiessen",
    "can I talk to a real person please",
    "I need to move my appointment to next week",
    "next Tuesday at half past two",
];

fn main() {
    let number = || phone::Mobile::from_e164(black_box("+14165551234")).is_ok();
    let abroad = || phone::Mobile::from_e164(black_box("+447911123456")).is_ok();
    let before = resident();
    let start = Instant::now();
    number();
    println!("first North American number: {:.1} µs", micros(start));
    let start = Instant::now();
    abroad();
    println!(
        "first foreign number: {:.1} ms, {} KiB more resident",
        micros(start) / 1_000.0,
        resident().saturating_sub(before)
    );
    time("Mobile::from_e164, North American", 1_000_000, number);
    time("Mobile::from_e164, foreign", 100_000, abroad);
    each("phone::understand", &NUMBERS, |text| {
        phone::understand(text).is_ok()
    });
    each("name::understand", &NAMES, |text| {
        name::understand(text).is_ok()
    });
    each("answer::understand", &ANSWERS, |text| {
        answer::understand(text) == answer::Answer::Yes
    });
    each("intent::understand", &WISHES, |text| {
        intent::understand(text).is_some()
    });
}

fn each(what: &str, texts: &[&str], understand: impl Fn(&str) -> bool) {
    for text in texts {
        time(&format!("{what} {text:?}"), 20_000, || {
            understand(black_box(text))
        });
    }
}

fn time(what: &str, rounds: u32, call: impl Fn() -> bool) {
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(call());
    }
    println!("{:8.2} µs  {what}", micros(start) / f64::from(rounds));
}

fn micros(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

/// Resident memory in KiB, 0 where the system does not tell.
fn resident() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0)
}
