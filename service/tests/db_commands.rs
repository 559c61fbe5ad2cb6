//! `migrate`, `keys rotate` and `retention run` as they are typed.

mod data;

use std::process::{Command, Output};

use bella_service::db::Schema;
use data::{KEYS, NOW, Store, booking, mobile};
use sqlx::Connection as _;

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

/// As on RDS: whoever migrates is no superuser, and may make databases and roles and end sessions.
#[tokio::test]
async fn two_guests_on_one_server_come_and_go_alone() {
    let store = Store::new().await;
    let newest = store.newest();
    store
        .run(
            "create role shared_master login createdb createrole; grant pg_signal_backend to shared_master",
        )
        .await;
    let on = |user: &str, name: &str| {
        let url = store.url().replace("postgres@", &format!("{user}@"));
        let (server, _) = url.rsplit_once('/').expect("a database's name");
        format!("{server}/{name}")
    };
    let run = |name: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bella-service"))
            .args(arguments)
            .env_clear()
            .envs([
                ("DATABASE_URL", on("shared_master", name)),
                ("SERVICE_ROLE", name.to_owned()),
                ("SERVICE_PASSWORD", "password".to_owned()),
            ])
            .output()
            .expect("runs");
        said(&output)
    };
    let migrate = |name: &str| {
        let login = format!("{name}_app");
        run(
            name,
            &["migrate", "--create-database", "--service-user", &login],
        )
    };
    let roles = |name: &str| {
        format!(
            "role {name}: reads and writes rows, changes no table\nlogin {name}_app: has the rights of {name}\n"
        )
    };
    let begun = async |name: &str| {
        let mut server = sqlx::PgConnection::connect(&on("shared_master", "postgres")).await;
        let server = server.as_mut().expect("connects");
        let statement = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(statement)
            .execute(server)
            .await
            .expect("is made");
    };
    // A run that was cut off has made the second one, and closed it to nobody.
    begun("guest_two").await;
    for (name, made) in [
        ("guest_one", "database guest_one: created\n"),
        ("guest_two", ""),
    ] {
        let expected = format!("{made}schema 0 -> {newest}\n{}", roles(name));
        assert_eq!(migrate(name), (Some(0), expected));
        let again = format!("schema {newest}: nothing to do\n{}", roles(name));
        assert_eq!(migrate(name), (Some(0), again));
    }
    let connects = async |user: &str, name: &str| {
        let opened = sqlx::PgConnection::connect(&on(user, name)).await;
        opened.map_err(|err| {
            let code = err.as_database_error().and_then(|err| err.code());
            code.unwrap_or_default().into_owned()
        })
    };
    // Its own tables, and nobody else's; the server's other databases do not let it in, or show it nothing.
    let mut own = connects("guest_one_app", "guest_one")
        .await
        .expect("connects");
    let rows = sqlx::query("select from appointments")
        .execute(&mut own)
        .await;
    rows.expect("reads its rows");
    let refused = connects("guest_one_app", "guest_two").await;
    assert_eq!(refused.err().as_deref(), Some("42501"));
    let (_, host) = store.url().rsplit_once('/').expect("a name");
    let host = host.split('?').next().unwrap_or_default();
    let mut at_host = connects("guest_one_app", host).await.expect("connects");
    let rows = sqlx::query("select from appointments")
        .execute(&mut at_host)
        .await;
    let code = rows.expect_err("it has no rights");
    let code = code.as_database_error().and_then(|err| err.code());
    assert_eq!(code.as_deref(), Some("42501"));

    // It goes although somebody is connected, with all its roles, and its neighbour stays.
    let gone =
        "database guest_one: dropped\nlogin guest_one_app: dropped\nrole guest_one: dropped\n";
    assert_eq!(
        run("guest_one", &["drop-database"]),
        (Some(0), gone.to_owned())
    );
    assert_eq!(
        run("guest_one", &["drop-database"]),
        (Some(0), "nothing to drop\n".to_owned())
    );
    // A run that was cut off after the database.
    assert_eq!(migrate("guest_one").0, Some(0));
    store.run("drop database guest_one with (force)").await;
    let rest = "login guest_one_app: dropped\nrole guest_one: dropped\n";
    assert_eq!(
        run("guest_one", &["drop-database"]),
        (Some(0), rest.to_owned())
    );
    let left = "select string_agg(datname, ' ' order by datname) from pg_database where datname like 'guest_%'";
    assert_eq!(store.text(left).await, "guest_two");
    let left = "select string_agg(rolname, ' ' order by rolname) from pg_roles where rolname like 'guest_%'";
    assert_eq!(store.text(left).await, "guest_two guest_two_app");
    let mut two = connects("guest_two_app", "guest_two")
        .await
        .expect("connects");
    let rows = sqlx::query("select from appointments")
        .execute(&mut two)
        .await;
    rows.expect("its neighbour's rows are there");
    for kept in ["postgres", "template1", "bella"] {
        let (code, text) = run(kept, &["drop-database"]);
        assert_eq!(code, Some(1), "{kept}");
        assert!(text.contains("is not dropped by this program"), "{text}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_bella-service"))
        .arg("drop-database")
        .env_clear()
        .env("DATABASE_URL", on("shared_master", "guest_two"))
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2), "without a role nothing goes");
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
