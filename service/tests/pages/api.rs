//! The API on a real database.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::running::Database;
use crate::service::{Answer, KEY, Service, environment, request};

struct Api {
    service: Service,
    _database: Database,
}

impl Api {
    async fn new(name: &str) -> Self {
        let database = Database::new(name).await;
        Self {
            service: Service::of(&environment(&database.url)),
            _database: database,
        }
    }

    async fn ask(&self, method: Method, path: &str) -> (StatusCode, Value) {
        let asked = request(method, path).header("x-api-key", KEY);
        self.told(asked.body(Body::empty()).expect("a request"))
            .await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        self.told(with(method, path, body, None)).await
    }

    async fn told(&self, request: Request<Body>) -> (StatusCode, Value) {
        let answer = self.service.send(request).await;
        (answer.status, json_of(&answer))
    }
}

fn with(method: Method, path: &str, body: &Value, key: Option<&str>) -> Request<Body> {
    let mut asked = request(method, path)
        .header("x-api-key", KEY)
        .header("content-type", "application/json");
    if let Some(key) = key {
        asked = asked.header("idempotency-key", key);
    }
    asked.body(Body::from(body.to_string())).expect("a request")
}

fn json_of(answer: &Answer) -> Value {
    let expected = if answer.status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    assert_eq!(answer.header("content-type"), expected, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

fn ann(start: &str) -> Value {
    json!({"name": "Ann Example", "mobile": "+14165550142", "start": start})
}

#[tokio::test]
async fn an_appointment_is_made_read_moved_marked_and_cancelled() {
    let api = Api::new("api_life").await;
    let mut asked = ann("2026-03-10T14:00:00-04:00");
    asked["notes"] = json!("a quiet room");
    let (status, made) = api.send(Method::POST, "/api/v1/appointments", &asked).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["id"].as_str().expect("an id").to_owned();
    let expected = json!({
        "id": id, "name": "Ann Example", "mobile": "+14165550142", "start": "2026-03-10T14:00:00-04:00",
        "end": "2026-03-10T14:30:00-04:00", "duration_minutes": 30, "status": "booked", "notes": "a quiet room",
        "test": false, "created": "2026-03-09T10:02:00-04:00", "modified": "2026-03-09T10:02:00-04:00", "cancelled": null
    });
    assert_eq!(made, expected);
    let path = format!("/api/v1/appointments/{id}");
    assert_eq!(
        api.ask(Method::GET, &path).await,
        (StatusCode::OK, expected)
    );

    let change = json!({"start": "2026-03-10T19:00:00Z", "status": "confirmed", "notes": null});
    let (status, moved) = api.send(Method::PATCH, &path, &change).await;
    assert_eq!(status, StatusCode::OK, "{moved}");
    assert_eq!(moved["start"], "2026-03-10T15:00:00-04:00");
    assert_eq!(
        (&moved["status"], &moved["notes"]),
        (&json!("confirmed"), &Value::Null)
    );

    for _ in 0..2 {
        let (status, cancelled) = api.ask(Method::DELETE, &path).await;
        assert_eq!(
            (status, &cancelled["status"]),
            (StatusCode::OK, &json!("cancelled"))
        );
    }
    let (status, refused) = api
        .send(Method::PATCH, &path, &json!({"status": "booked"}))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    let nobody = "/api/v1/appointments/01900000-0000-7000-8000-000000000000";
    for path in [nobody, "/api/v1/appointments/7"] {
        assert_eq!(api.ask(Method::GET, path).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_cannot_be_booked_is_refused_with_the_nearest_that_can() {
    let api = Api::new("api_taken").await;
    let path = "/api/v1/appointments";
    let two = ann("2026-03-10T14:00:00-04:00");
    assert_eq!(
        api.send(Method::POST, path, &two).await.0,
        StatusCode::CREATED
    );
    let bob =
        json!({"name": "Bob Example", "mobile": "+14165550143", "start": "2026-03-10T18:00:00Z"});
    let (status, refused) = api.send(Method::POST, path, &bob).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(refused["type"], "urn:bella:problem:slot-unavailable");
    assert_eq!(
        refused["nearest"],
        json!(["2026-03-10T13:30:00-04:00", "2026-03-10T14:30:00-04:00"])
    );
    let table = [
        ("2026-03-09T09:00:00-04:00", "the time is over"),
        (
            "2026-03-09T10:30:00-04:00",
            "the time is less than half an hour away",
        ),
        (
            "2026-03-10T20:00:00-04:00",
            "the time is outside the opening hours",
        ),
        (
            "2026-03-10T17:00:00-04:00",
            "the time is outside the opening hours",
        ),
        (
            "2026-03-10T14:10:00-04:00",
            "no slot begins at that time; GET /api/v1/availability lists them",
        ),
        (
            "2026-04-03T10:00:00-04:00",
            "the business is closed for Good Friday",
        ),
        (
            "2027-04-05T10:00:00-04:00",
            "the day is after 2026-09-05, the last that can be booked",
        ),
    ];
    for (start, detail) in table {
        let (status, refused) = api.send(Method::POST, path, &ann(start)).await;
        assert_eq!(
            (status, &refused["detail"]),
            (StatusCode::CONFLICT, &json!(detail)),
            "{start}"
        );
        assert_eq!(
            refused["nearest"].as_array().map(Vec::len),
            Some(2),
            "{start}"
        );
    }
    let mut long = ann("2026-03-10T16:30:00-04:00");
    long["duration_minutes"] = json!(60);
    let (status, refused) = api.send(Method::POST, path, &long).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        refused["detail"],
        "the appointment would end after the business closes"
    );
}

#[tokio::test]
async fn every_mistake_is_named_at_once_and_nothing_of_a_person_is_repeated() {
    let api = Api::new("api_mistakes").await;
    let body = json!({"mobile": "12", "start": "tomorrow", "duration_minutes": "x", "minutes": 3, "test": 1});
    let (status, refused) = api.send(Method::POST, "/api/v1/appointments", &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let named: Vec<_> = refused["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        named,
        [
            "name",
            "mobile",
            "start",
            "duration_minutes",
            "test",
            "minutes"
        ]
    );
    assert!(!refused.to_string().contains("tomorrow"));

    let raw = |kind: &'static str, body: &str| {
        request(Method::POST, "/api/v1/appointments")
            .header("x-api-key", KEY)
            .header("content-type", kind)
            .body(Body::from(body.to_owned()))
            .expect("a request")
    };
    let table = [
        (
            "application/json",
            "{\"name\": ".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        ("application/json", "[]".to_owned(), StatusCode::BAD_REQUEST),
        (
            "text/plain",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            "application/json",
            " ".repeat(70_000),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ];
    for (kind, body, expected) in table {
        assert_eq!(
            api.told(raw(kind, &body)).await.0,
            expected,
            "{kind} {}",
            body.len()
        );
    }
    let (status, refused) = api
        .ask(Method::GET, "/api/v1/appointments?mobile=%2B14165550142")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("/search"))
    );
    assert!(!refused.to_string().contains("5550142"));
}

#[tokio::test]
async fn the_same_key_and_body_make_one_appointment() {
    let api = Api::new("api_once").await;
    let path = "/api/v1/appointments";
    let two = ann("2026-03-10T14:00:00-04:00");
    let first = api
        .told(with(Method::POST, path, &two, Some("order 1")))
        .await;
    assert_eq!(
        first.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a space is not visible"
    );
    let first = api
        .told(with(Method::POST, path, &two, Some("order-1")))
        .await;
    assert_eq!(first.0, StatusCode::CREATED);
    let again = api
        .service
        .send(with(Method::POST, path, &two, Some("order-1")))
        .await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!((again.status, json_of(&again)), first);
    let three = ann("2026-03-10T15:00:00-04:00");
    let (status, refused) = api
        .told(with(Method::POST, path, &three, Some("order-1")))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    // A refusal is not kept: the key is free for the same request.
    let (status, _) = api
        .told(with(Method::POST, path, &two, Some("order-2")))
        .await;
    assert_eq!(
        status,
        StatusCode::CREATED,
        "the same person at the same time, asked for again"
    );
    let (_, page) = api.ask(Method::GET, path).await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_searched_by_number_in_a_body() {
    let api = Api::new("api_pages").await;
    let path = "/api/v1/appointments";
    for hour in 10..15 {
        let mut asked = ann(&format!("2026-03-10T{hour}:00:00-04:00"));
        asked["mobile"] = json!(format!("+1416555014{}", hour % 2));
        assert_eq!(
            api.send(Method::POST, path, &asked).await.0,
            StatusCode::CREATED
        );
    }
    let (mut seen, mut next) = (Vec::new(), format!("{path}?limit=2"));
    for _ in 0..3 {
        let answer = api.service.send(
            request(Method::GET, &next)
                .header("x-api-key", KEY)
                .body(Body::empty())
                .expect("a request"),
        );
        let answer = answer.await;
        let page = json_of(&answer);
        let items = page["items"].as_array().expect("items");
        seen.extend(
            items
                .iter()
                .map(|item| item["start"].as_str().unwrap_or_default().to_owned()),
        );
        let link = answer.header("link");
        assert_eq!(page["next"].is_null(), link.is_empty());
        next = link.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    }
    assert_eq!(next, "");
    let hours: Vec<_> = seen.iter().map(|start| &start[11..13]).collect();
    assert_eq!(hours, ["10", "11", "12", "13", "14"]);

    let (_, page) = api
        .ask(
            Method::GET,
            &format!("{path}?from=2026-03-10T12:00:00-04:00&to=2026-03-10T13:30:00-04:00"),
        )
        .await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    let search = json!({"mobile": "+14165550141"});
    let (status, page) = api
        .send(Method::POST, "/api/v1/appointments/search", &search)
        .await;
    assert_eq!(
        (status, page["items"].as_array().map(Vec::len)),
        (StatusCode::OK, Some(2))
    );
}

#[tokio::test]
async fn free_slots_are_those_that_can_be_booked() {
    let api = Api::new("api_free").await;
    api.send(
        Method::POST,
        "/api/v1/appointments",
        &ann("2026-03-10T14:00:00-04:00"),
    )
    .await;
    let (_, day) = api
        .ask(Method::GET, "/api/v1/availability?date=2026-03-10")
        .await;
    let slots = day["slots"].as_array().expect("slots");
    assert_eq!(slots.len(), 15);
    assert_eq!(day["time_zone"], "America/Toronto");
    assert!(
        !slots
            .iter()
            .any(|slot| slot["start"] == "2026-03-10T14:00:00-04:00")
    );
    let (_, span) = api
        .ask(
            Method::GET,
            "/api/v1/availability?from=2026-03-10T13:00:00-04:00&to=2026-03-10T15:00:00-04:00",
        )
        .await;
    let starts: Vec<_> = span["slots"]
        .as_array()
        .expect("slots")
        .iter()
        .map(|slot| slot["start"].clone())
        .collect();
    assert_eq!(
        starts,
        [
            json!("2026-03-10T13:00:00-04:00"),
            json!("2026-03-10T13:30:00-04:00"),
            json!("2026-03-10T14:30:00-04:00")
        ]
    );
    let (status, _) = api
        .ask(Method::GET, "/api/v1/availability?date=2026-02-30")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_database_that_is_away_is_said_plainly() {
    let service = Service::of(&environment("postgres://nobody@127.0.0.1:9/none"));
    let asked = request(Method::GET, "/api/v1/appointments").header("x-api-key", KEY);
    let answer = service
        .send(asked.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(json_of(&answer)["type"], "urn:bella:problem:database-away");
    let page = service.send(crate::service::page("/admin")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    assert!(page.body.contains("The database does not answer"));
}
