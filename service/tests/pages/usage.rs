//! What calls used, on a real database.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::running::Database;
use crate::service::{KEY, Service, environment, request};

const MONTH: &str = "/api/v1/usage?from=2026-03-01&until=2026-04-01";

async fn ask(service: &Service, path: &str, key: &str) -> (StatusCode, Value) {
    let asked = request(Method::GET, path).header("x-api-key", key);
    let answer = service
        .send(asked.body(Body::empty()).expect("a request"))
        .await;
    (
        answer.status,
        serde_json::from_str(&answer.body).expect("JSON"),
    )
}

#[tokio::test]
async fn the_calls_of_a_month_are_added_up() {
    let database = Database::new("api_usage").await;
    let service = Service::of(&environment(&database.url));
    let (status, none) = ask(&service, MONTH, KEY).await;
    assert_eq!(
        (status, &none["calls"], &none["voice_minutes"]),
        (StatusCode::OK, &json!(0), &json!("0"))
    );
    let mut sql = sqlx::PgConnection::connect(&database.url)
        .await
        .expect("the database");
    // Before the month, its first moment, within it, without a length, a check's, and the first moment after it.
    let calls = [
        (
            "before",
            "2026-02-28T23:59:59.999Z",
            false,
            json!({"call_seconds": 600}),
        ),
        (
            "first",
            "2026-03-01T00:00:00Z",
            false,
            json!({"call_seconds": 61, "gather_intervals": 4}),
        ),
        (
            "booked",
            "2026-03-15T12:00:00Z",
            false,
            json!({"call_seconds": 60, "gather_intervals": 3, "text_segments": 1}),
        ),
        (
            "lost",
            "2026-03-31T23:59:59Z",
            false,
            json!({"recorded_minutes": 2, "transcribed_seconds": 90}),
        ),
        (
            "check",
            "2026-03-20T12:00:00Z",
            true,
            json!({"call_seconds": 6000, "text_segments": 9}),
        ),
        (
            "after",
            "2026-04-01T00:00:00Z",
            false,
            json!({"call_seconds": 600}),
        ),
    ];
    for (sid, at, is_test_data, usage) in calls {
        let added = sqlx::query(
            "insert into calls (sid, started_at, is_test_data, usage) values ($1, $2::timestamptz, $3, $4)",
        );
        let added = added.bind(sid).bind(at).bind(is_test_data).bind(usage);
        added.execute(&mut sql).await.expect("a call");
    }
    let booked = "with person as (insert into users (id, name, mobile, mobile_index, created_at, last_activity)
            values (gen_random_uuid(), 'n', 'm', sha256('m'), now(), now()) returning id)
        insert into appointments (id, user_id, starts_at, ends_at, call_sid, booked_for, created_at, modified_at)
        select gen_random_uuid(), id, '2026-04-02T14:00:00Z', '2026-04-02T14:30:00Z', 'booked', '2026-04-02T14:00:00Z', now(), now()
        from person";
    sqlx::query(booked)
        .execute(&mut sql)
        .await
        .expect("an appointment");
    let (status, told) = ask(&service, MONTH, KEY).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let expected: Value =
        serde_json::from_str(include_str!("../fixtures/usage.json")).expect("JSON");
    assert_eq!(told, expected);
    // Of calls whose length nobody told, the minutes are not known: that is no zero.
    let (_, told) = ask(
        &service,
        "/api/v1/usage?from=2026-03-31&until=2026-04-01",
        KEY,
    )
    .await;
    assert_eq!(
        (&told["calls"], &told["voice_minutes"]),
        (&json!(1), &Value::Null)
    );
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let database = Database::new("api_usage_refused").await;
    let service = Service::of(&environment(&database.url));
    let cases = [
        ("", "from is missing; until is missing"),
        ("?from=2026-03-01", "until is missing"),
        (
            "?from=2026-03-01&until=yesterday",
            "until is not a day such as 2026-03-10",
        ),
        (
            "?from=2026-03-01&until=2026-03-01",
            "until is not after `from`",
        ),
        (
            "?from=2026-03-01&until=2027-05-01",
            "until is more than 400 days after `from`",
        ),
    ];
    for (query, told) in cases {
        let (status, problem) = ask(&service, &format!("/api/v1/usage{query}"), KEY).await;
        assert!(status.is_client_error(), "{query}: {status}");
        let said = problem["errors"].as_array().expect("errors").iter();
        let said: Vec<String> = said
            .map(|one| {
                format!(
                    "{} {}",
                    one["field"].as_str().unwrap_or_default(),
                    one["message"].as_str().unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(said.join("; "), told, "{query}");
    }
    let (status, _) = ask(&service, MONTH, "wrong").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
