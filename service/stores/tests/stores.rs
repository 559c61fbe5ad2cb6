//! Both servers start, stop answering when frozen, and keep what they acknowledged when killed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bella_stores::{Postgres, Redis};

/// Longer than any answer takes that comes at all, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough to tell that none comes.
const MOMENT: Duration = Duration::from_millis(300);

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
