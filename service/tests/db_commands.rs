//! `migrate`, `keys rotate` and `retention run` as they are typed.

mod data;

use std::process::{Command, Output};

use bella_service::db::Schema;
use data::{KEYS, NOW, Store, booking, mobile};

const NEWER: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

fn bella(store: &Store, keys: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bella-service"))
        .args(arguments)
        .env_clear()
        .envs([
            ("DATABASE_URL", store.url()),
            ("ENCRYPTION_KEYS", keys),
            ("PUBLIC_BASE_URL", "http://127.0.0.1:1"),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
            ("TWILIO_AUTH_TOKEN", "token"),
            ("TWILIO_FROM", "+14165550100"),
            ("TWILIO_API_BASE", "http://127.0.0.1:1"),
            ("ADMIN_USER", "admin"),
            ("ADMIN_PASSWORD", "password"),
            ("BELLA_API_KEY", "key"),
            ("TEST_NOW", NOW),
        ])
        .output()
        .expect("runs")
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(text).expect("is text");
    (output.status.code(), text)
}

#[tokio::test]
async fn migrate_says_what_it_did() {
    let store = Store::empty();
    let newest = store.newest();
    let migrate = || said(&bella(&store, KEYS, &["migrate"]));
    assert_eq!(migrate(), (Some(0), format!("schema 0 -> {newest}\n")));
    assert_eq!(store.database().schema().await, Schema::Ready);
    assert_eq!(
        migrate(),
        (Some(0), format!("schema {newest}: nothing to do\n"))
    );
    let role = bella(&store, KEYS, &["migrate", "--service-role", "drop table"]);
    assert_eq!(role.status.code(), Some(2));
    let arguments = [
        "migrate",
        "--service-role",
        "bella_service",
        "--service-user",
        "bella_app",
    ];
    let (code, text) = said(&bella(&store, KEYS, &arguments));
    assert_eq!(code, Some(2));
    assert!(text.contains("SERVICE_PASSWORD"), "{text}");
}

#[tokio::test]
async fn keys_are_rotated_with_progress() {
    let store = Store::new().await;
    let db = store.database();
    db.book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    let both = format!("{NEWER},{KEYS}");
    let expected = "2 values sealed with key k2; nothing is left under another key\nusers.name: 1\nusers.mobile: 1\n";
    let rotated = said(&bella(&store, &both, &["keys", "rotate"]));
    assert_eq!(rotated, (Some(0), expected.to_owned()));
    let new = store.database_at(NOW, NEWER);
    assert!(new.caller(&mobile(1)).await.expect("answers").is_some());
    let (code, text) = said(&bella(&store, KEYS, &["keys", "rotate"]));
    assert_eq!(code, Some(1));
    assert!(
        text.contains("sealed with key `k2`, which ENCRYPTION_KEYS does not list"),
        "{text}"
    );
    let (code, text) = said(&bella(&store, "k1:AAAA,k1:!", &["keys", "rotate"]));
    assert_eq!(code, Some(2));
    assert!(
        text.contains("ENCRYPTION_KEYS: entry 1: key `k1` is 3 octets, 32 are needed\n"),
        "{text}"
    );
}

#[tokio::test]
async fn retention_runs_dry_and_in_earnest_and_says_what_twilio_refused() {
    let store = Store::new().await;
    let old = store.database_at("2025-01-02T12:00Z", KEYS);
    old.book(&booking(1, "2025-01-05T14:00Z"), &[])
        .await
        .expect("books");
    let dry = said(&bella(&store, KEYS, &["retention", "run", "--dry-run"]));
    let line = "1 people forgotten, 0 transcripts, 0 notes, 0 texts, 0 recordings deleted\n";
    assert_eq!(dry, (Some(0), format!("would be: {line}")));
    old.recording_made(&format!("RE{}", "0".repeat(32)), "CA1")
        .await
        .expect("notes");
    let (code, text) = said(&bella(&store, KEYS, &["retention", "run"]));
    assert_eq!(code, Some(1));
    assert!(text.starts_with(line), "{text}");
    assert!(
        text.contains("deleting 1 recordings at Twilio, which the next run tries again"),
        "{text}"
    );
}
