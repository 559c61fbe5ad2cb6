//! Nobody without a key or a password gets in, and guessing is slow.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};

use crate::service::{KEY, PASSWORD, Service, basic, environment, page, request};

/// Nothing listens there: these tests end at the door.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:9/none";

fn service() -> Service {
    Service::of(&environment(NOWHERE))
}

async fn signs_in(service: &Service, address: &str, user: &str, password: &str) -> StatusCode {
    let request = request(Method::GET, "/admin/flags")
        .header("x-forwarded-for", address)
        .header(header::AUTHORIZATION, basic(user, password))
        .body(Body::empty());
    service.send(request.expect("a request")).await.status
}

#[tokio::test]
async fn the_pages_need_the_user_and_the_password() {
    let service = service();
    let table = [
        ("admin", PASSWORD, StatusCode::OK),
        ("admin", "wrong", StatusCode::UNAUTHORIZED),
        ("Admin", PASSWORD, StatusCode::UNAUTHORIZED),
        ("", "", StatusCode::UNAUTHORIZED),
    ];
    for (user, password, expected) in table {
        let status = signs_in(&service, "203.0.113.1", user, password).await;
        assert_eq!(status, expected, "{user} {password}");
    }
    for path in ["/admin", "/admin/flags", "/admin/no-such-page"] {
        let nobody = request(Method::GET, path).body(Body::empty());
        let answer = service.send(nobody.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Basic realm=")
        );
    }
}

#[tokio::test]
async fn who_guesses_is_shut_out_with_the_right_password_too_and_nobody_else_is() {
    let service = service();
    let mut guesses = 0;
    while signs_in(&service, "203.0.113.7", "admin", "guess").await == StatusCode::UNAUTHORIZED {
        guesses += 1;
        assert!(guesses < 50, "guessing is never refused");
    }
    assert!(guesses >= 5, "{guesses} slips are forgiven");
    let right = signs_in(&service, "203.0.113.7", "admin", PASSWORD).await;
    assert_eq!(right, StatusCode::TOO_MANY_REQUESTS);
    let claimed = signs_in(&service, "198.51.100.2, 203.0.113.7", "admin", PASSWORD).await;
    assert_eq!(claimed, StatusCode::TOO_MANY_REQUESTS);
    let other = signs_in(&service, "203.0.113.8", "admin", PASSWORD).await;
    assert_eq!(other, StatusCode::OK);
}

#[tokio::test]
async fn the_api_needs_the_key_and_refuses_in_problem_documents() {
    let service = service();
    for key in [None, Some("another key"), Some("")] {
        let mut asked = request(Method::GET, "/api/v1/appointments");
        if let Some(key) = key {
            asked = asked.header("x-api-key", key);
        }
        let answer = service
            .send(asked.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{key:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(problem["status"], 401);
    }
    let table = [
        (Method::GET, "/api/v1/nothing", StatusCode::NOT_FOUND),
        (Method::GET, "/api/nothing", StatusCode::NOT_FOUND),
        (
            Method::DELETE,
            "/api/openapi.json",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ];
    for (method, path, expected) in table {
        let asked = request(method.clone(), path).header("x-api-key", KEY);
        let answer = service
            .send(asked.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status, expected, "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let refused = expected == StatusCode::METHOD_NOT_ALLOWED;
        assert_eq!(
            !answer.header("allow").is_empty(),
            refused,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn browsers_are_told_to_be_careful() {
    let service = service();
    let answer = service.send(page("/admin/flags")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let table = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=31536000"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ];
    for (name, value) in table {
        assert_eq!(answer.header(name), value);
    }
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-bella="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );

    let style = answer.body.split("href=\"").find_map(|rest| {
        let path = rest.split('"').next()?;
        path.ends_with(".css").then(|| path.to_owned())
    });
    let style = service.send(page(&style.expect("a style sheet"))).await;
    assert_eq!(style.status, StatusCode::OK);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));

    let plain = environment(NOWHERE)
        .into_iter()
        .map(|(name, value)| (name, value.replace("https://book", "http://book")));
    let answer = Service::of(&plain.collect())
        .send(page("/admin/flags"))
        .await;
    assert_eq!(answer.header("strict-transport-security"), "");
}

/// While a key is rotated, tasks of before and after let in who has the old one and who has the new one.
#[tokio::test]
async fn an_old_key_counts_as_long_as_it_is_listed() {
    let table = [
        ("old", [StatusCode::OK, StatusCode::FORBIDDEN]),
        ("new,old", [StatusCode::OK, StatusCode::OK]),
        ("new", [StatusCode::FORBIDDEN, StatusCode::OK]),
    ];
    for (listed, expected) in table {
        let mut environment = environment(NOWHERE);
        environment.insert("TWILIO_AUTH_TOKEN", listed.to_owned());
        environment.insert("BELLA_API_KEY", listed.to_owned());
        let service = Service::of(&environment);
        for (key, expected) in ["old", "new"].into_iter().zip(expected) {
            let path = "/twilio/voice/status";
            let url = format!("https://book.bella.example{path}");
            let form = [("CallSid", "CA1"), ("CallStatus", "ringing")];
            let signature = bella_service::twilio::signature::sign(key, &url, &form);
            let webhook = request(Method::POST, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-twilio-signature", signature)
                .body(Body::from("CallSid=CA1&CallStatus=ringing"));
            let answer = service.send(webhook.expect("a request")).await;
            assert_eq!(answer.status, expected, "{listed}: signed with {key}");
            let asked = request(Method::GET, "/api/v1/nothing").header("x-api-key", key);
            let answer = service
                .send(asked.body(Body::empty()).expect("a request"))
                .await;
            let expected = match expected {
                StatusCode::OK => StatusCode::NOT_FOUND,
                _ => StatusCode::UNAUTHORIZED,
            };
            assert_eq!(answer.status, expected, "{listed}: the API with {key}");
        }
    }
}
