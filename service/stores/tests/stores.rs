//! Both servers start, stop answering when frozen, and keep what they acknowledged when killed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bella_stores::{Postgres, Redis};

/// Longer than any answer takes that comes at all, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough to tell that none comes.
const MOMENT: Duration = Duration::from_millis(300);

/// How long somebody stays connected to a server that is not frozen.
const STAY: Duration = Duration::from_millis(80);

fn ask(port: u16, line: &str, patience: Duration) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(line.as_bytes())?;
    let mut buffer = [0; 64];
    let read = stream.read(&mut buffer)?;
    Ok(String::from_utf8_lossy(&buffer[..read]).into_owned())
}

#[test]
fn redis_can_be_frozen_thawed_and_killed_without_losing_what_it_acknowledged() {
    let mut redis = Redis::start().expect("starts");
    let port = redis.port();
    assert_eq!(
        ask(port, "SET a 1\r\n", PATIENCE).expect("answers"),
        "+OK\r\n"
    );
    redis.freeze();
    assert!(ask(port, "GET a\r\n", MOMENT).is_err());
    redis.thaw();
    assert_eq!(
        ask(port, "GET a\r\n", PATIENCE).expect("answers"),
        "$1\r\n1\r\n"
    );
    redis.kill();
    assert!(ask(port, "GET a\r\n", PATIENCE).is_err());
    redis.restart().expect("starts again");
    assert_eq!(
        ask(port, "GET a\r\n", PATIENCE).expect("answers"),
        "$1\r\n1\r\n"
    );
}

#[test]
fn postgres_starts_again_on_its_data() {
    let mut postgres = Postgres::start().expect("starts");
    postgres.create_database("one").expect("is created");
    postgres.kill();
    assert!(postgres.create_database("two").is_err());
    postgres.restart().expect("starts again");
    let again = postgres.create_database("one").expect_err("exists");
    assert!(again.to_string().contains("already exists"), "{again}");
}

/// Nobody is answered, also when people come and go at that moment.
#[test]
fn a_frozen_postgres_answers_nobody() {
    let postgres = Postgres::start().expect("starts");
    let port = postgres.port();
    let (over, frozen) = (AtomicBool::new(false), AtomicBool::new(false));
    let answers = AtomicUsize::new(0);
    let answered = || answers.load(Ordering::Acquire);
    let mut silent = true;
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !over.load(Ordering::Acquire) {
                    let Ok(mut session) = session(port) else {
                        continue;
                    };
                    let came = Instant::now();
                    let stays = || came.elapsed() < STAY || frozen.load(Ordering::Acquire);
                    while stays() && select(&mut session).is_ok() {
                        answers.fetch_add(1, Ordering::AcqRel);
                    }
                }
            });
        }
        for _ in 0..20 {
            let before = answered();
            while answered() < before + 64 {
                std::thread::yield_now();
            }
            frozen.store(true, Ordering::Release);
            postgres.freeze();
            silent = falls_silent(answered);
            postgres.thaw();
            frozen.store(false, Ordering::Release);
            if !silent {
                break;
            }
        }
        over.store(true, Ordering::Release);
    });
    assert!(silent, "a frozen server goes on answering");
}

/// Whether a moment passes without an answer, before patience ends.
fn falls_silent(answered: impl Fn() -> usize) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let before = answered();
        std::thread::sleep(MOMENT);
        if answered() == before {
            return true;
        }
    }
    false
}

/// A session of the superuser, who needs no password.
fn session(port: u16) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // Version 3.0, and who asks.
    let mut message = 0x0003_0000_u32.to_be_bytes().to_vec();
    message.extend(b"user\0postgres\0\0");
    stream.write_all(&with_length(&message))?;
    until_ready(&mut stream)?;
    Ok(stream)
}

fn select(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"Q")?;
    stream.write_all(&with_length(b"select 1\0"))?;
    until_ready(stream)
}

/// Reads messages up to the one that says that the server is ready for a query.
fn until_ready(stream: &mut TcpStream) -> std::io::Result<()> {
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; (length as usize).saturating_sub(4)];
        stream.read_exact(&mut body)?;
        match head[0] {
            b'Z' => return Ok(()),
            b'E' => return Err(std::io::Error::other(String::from_utf8_lossy(&body))),
            _ => {}
        }
    }
}

fn with_length(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len() + 4).expect("is short");
    [&length.to_be_bytes(), message].concat()
}

#[test]
fn what_an_ended_process_left_is_removed() {
    let mut ended = std::process::Command::new("true").spawn().expect("starts");
    ended.wait().expect("ends");
    let folder = |process| std::env::temp_dir().join(format!("bella-redis-{process}-1"));
    let (left, kept) = (folder(ended.id()), folder(std::process::id()));
    std::fs::create_dir_all(left.join("data")).expect("is made");
    std::fs::create_dir_all(&kept).expect("is made");
    let redis = Redis::start().expect("starts");
    assert!(!left.exists() && kept.exists());
    drop(redis);
    std::fs::remove_dir_all(kept).expect("is removed");
}
