//! How long it takes to understand a phrase about a time: a table of phrases and microseconds.
#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::Instant;

use bella_domain::when::{Clock, understand};

const ROUNDS: u32 = 20_000;
const PHRASES: [&str; 12] = [
    "three",
    "tomorrow at 2 PM",
    "Next week. Thursday at 9:30 a.m.",
    "a quarter to eleven the day after tomorrow",
    "the last Friday of the month at half past two",
    "March 12th, sorry, the 13th at ten in the morning",
    "between ten and noon on Monday",
    "Easter Monday at noon",
    "Tuesday or Wednesday at 2",
    "I don't know",
    "Hi this is Jessica Kim at 587-555-7777 and I need to book an appointment for this Thursday at 2:30 PM please",
    "I can't do Monday, I work until five, but what about Wednesday or, no, wait, Thursday next week at a quarter past four in the afternoon if that is all right with you",
];

fn main() {
    let Ok(now) = "2025-10-01T10:00[America/Edmonton]".parse() else {
        println!("the bundled time zones have no America/Edmonton");
        return;
    };
    let clock = Clock { now, anchor: None };
    println!("{:>8}  phrase", "µs");
    for phrase in PHRASES {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            let _ = black_box(understand(black_box(phrase), &clock));
        }
        let each = begin.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
        println!("{each:>8.2}  {phrase}");
    }
    let longest = "tomorrow at two thirty or ".repeat(4_000);
    let begin = Instant::now();
    let _ = black_box(understand(black_box(&longest), &clock));
    let each = begin.elapsed().as_secs_f64() * 1e6;
    println!("{each:>8.2}  {} letters at once", longest.len());
}
