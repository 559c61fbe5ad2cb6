//! The service's role: what it may do, and what not.

mod data;

use bella_service::config::DatabaseConfig;
use bella_service::db::roles::{Role, grant, login, retire};
use data::{Store, at, booking, mobile};
use secrecy::SecretString;

#[tokio::test]
async fn the_services_role_reads_and_writes_rows_and_changes_no_table() {
    let store = Store::new().await;
    let role = Role::parse("bella_service").expect("a name");
    for _ in 0..2 {
        grant(&store.options(), &role).await.expect("grants");
    }
    store
        .run("create role clinic login; grant bella_service to clinic")
        .await;
    let url = store.url().replace("postgres@", "clinic@");
    let config = DatabaseConfig::from_url(&url).expect("a URL");
    let vault = bella_service::privacy::Vault::parse(data::KEYS).expect("keys");
    let clock = bella_service::clock::Clock::Frozen(at(data::NOW));
    let db = bella_service::db::Database::new(&config, vault, clock, jiff::tz::TimeZone::UTC);
    assert_eq!(db.schema().await, bella_service::db::Schema::Ready);
    db.book(&booking(1, "2026-12-01T14:00Z"), &[data::text("c", 1)])
        .await
        .expect("books");
    assert_eq!(db.claim_texts(1).await.expect("answers").len(), 1);
    db.erase(bella_service::db::Actor::Api, &mobile(1))
        .await
        .expect("forgets");
    for forbidden in [
        "create table more (id int)",
        "drop table appointments",
        "alter table users add column more int",
        "truncate users",
        "update audit set actor = 'nobody'",
        "delete from audit",
        "delete from _sqlx_migrations",
        "create role more",
    ] {
        let refused = store
            .refused(&format!("set role clinic; {forbidden}"))
            .await;
        assert_eq!(refused, "42501", "{forbidden}");
    }
}

#[tokio::test]
async fn a_login_has_the_roles_rights_and_the_password_that_was_set_last() {
    let store = Store::new().await;
    let options = store.options();
    // Roles are the server's, which tests share.
    let role = Role::parse("bella_calls").expect("a name");
    let user = Role::parse("bella_app").expect("a name");
    grant(&options, &role).await.expect("grants");
    for password in ["first 'one'", "second"] {
        let password = SecretString::from(password);
        login(&options, &role, &user, &password)
            .await
            .expect("makes the login");
        let kept = store
            .text("select rolpassword from pg_authid where rolname = 'bella_app'")
            .await;
        assert!(kept.starts_with("SCRAM-SHA-256$"), "{kept}");
    }
    let flags = store
        .text(
            "select concat(rolcanlogin, rolsuper, rolcreatedb, rolcreaterole) from pg_roles where rolname = 'bella_app'",
        )
        .await;
    assert_eq!(flags, "tfff");
    let refused = store.refused("set role bella_app; drop table users").await;
    assert_eq!(refused, "42501");
}

#[tokio::test]
async fn of_two_logins_that_take_turns_the_one_before_is_shut() {
    let store = Store::new().await;
    let options = store.options();
    let role = Role::parse("bella_turns").expect("a name");
    let [first, second, other] = ["bella_turn_a", "bella_turn_b", "bella_turn_c"]
        .map(|name| Role::parse(name).expect("a name"));
    grant(&options, &role).await.expect("grants");
    for user in [&first, &second] {
        login(&options, &role, user, &SecretString::from("password"))
            .await
            .expect("makes the login");
    }
    let may_log_in = "select string_agg(rolname, ' ' order by rolname) from pg_roles where rolname like 'bella_turn_%' and rolcanlogin";
    assert_eq!(store.text(may_log_in).await, "bella_turn_a bella_turn_b");
    // Again, it does no harm; nor does one that was never made.
    for user in [&first, &first, &other] {
        retire(&options, &role, user).await.expect("shuts it");
    }
    assert_eq!(store.text(may_log_in).await, "bella_turn_b");
    store.run("grant bella_turns to postgres").await;
    let stranger = Role::parse("postgres").expect("a name");
    let refused = retire(&options, &role, &stranger)
        .await
        .expect_err("is another's");
    assert_eq!(refused, "postgres is no login of bella_turns");
    let refused = retire(&options, &role, &role)
        .await
        .expect_err("is no login");
    assert_eq!(refused, "bella_turns is no login of bella_turns");
    // Its turn comes again.
    login(&options, &role, &first, &SecretString::from("another"))
        .await
        .expect("makes the login");
    assert_eq!(store.text(may_log_in).await, "bella_turn_a bella_turn_b");
}

#[test]
fn a_role_is_a_plain_name() {
    for name in [
        "",
        "Bella",
        "a b",
        "a;drop",
        "1a",
        "pg_read_all_data",
        &"a".repeat(64),
    ] {
        assert!(Role::parse(name).is_err(), "{name}");
    }
    assert!(Role::parse("bella_service").is_ok());
}
