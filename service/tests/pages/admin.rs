//! The forms of the admin pages on a real database.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::running::Database;
use crate::service::{Answer, KEY, PASSWORD, Service, basic, environment, page, request};

/// A browser that is signed in and keeps its cookie.
struct Browser {
    service: Service,
    cookie: String,
    token: String,
    form: String,
    _database: Database,
}

impl Browser {
    async fn new(name: &str) -> Self {
        let database = Database::new(name).await;
        let service = Service::of(&environment(&database.url));
        let answer = service
            .send(page("/admin/appointments/new?date=2026-03-10&time=14:00"))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        let field = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            let value = answer
                .body
                .split(&mark)
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            value.expect("a hidden field").to_owned()
        };
        let cookie = answer.header("set-cookie").split(';').next();
        Self {
            cookie: cookie.unwrap_or_default().to_owned(),
            token: field("csrf"),
            form: field("form"),
            service,
            _database: database,
        }
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = request(Method::POST, path)
            .header(header::AUTHORIZATION, basic("admin", PASSWORD))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encoded(fields)));
        self.service.send(sent.expect("a request")).await
    }

    async fn book(&self, changes: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("csrf", self.token.as_str()),
            ("form", &self.form),
            ("name", "Ann Example"),
            ("mobile", "416-555-0142"),
            ("date", "2026-03-10"),
            ("time", "14:00"),
            ("minutes", "30"),
        ];
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend(changes);
        self.send("/admin/appointments", &fields).await
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("{name}={escaped}")
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let browser = Browser::new("admin_token").await;
    let other = Browser::new("admin_other").await;
    for token in ["", "0", other.token.as_str()] {
        let answer = browser.book(&[("csrf", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
        assert!(answer.body.contains("Nothing was changed"));
    }
    let without_cookie = Browser {
        cookie: String::new(),
        ..browser
    };
    assert_eq!(without_cookie.book(&[]).await.status, StatusCode::FORBIDDEN);
    let day = without_cookie
        .service
        .send(page("/admin?date=2026-03-10"))
        .await;
    assert!(!day.body.contains("Ann Example"));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_books_once_and_leads_to_the_same_page() {
    let browser = Browser::new("admin_twice").await;
    let first = browser.book(&[]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    let again = browser.book(&[]).await;
    assert_eq!(
        (again.status, again.header("location")),
        (first.status, first.header("location"))
    );
    assert!(
        !first.header("location").contains("555"),
        "no number in a URL"
    );
    let taken = browser
        .book(&[("form", "another"), ("name", "Bob Example")])
        .await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.body.contains("The time is taken"));
    assert!(
        taken.body.contains("value=\"Bob Example\""),
        "what was entered stays"
    );
}

#[tokio::test]
async fn what_is_entered_is_text_on_every_page() {
    let browser = Browser::new("admin_escaped").await;
    let script = "<script>alert(1)</script>";
    let refused = browser.book(&[("name", script)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.body.contains(script));
    let booked = browser.book(&[("notes", script)]).await;
    assert_eq!(booked.status, StatusCode::SEE_OTHER);
    for path in ["/admin?date=2026-03-10", booked.header("location")] {
        let shown = browser.service.send(page(path)).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
        assert!(!shown.body.contains(script), "{path}");
        assert!(shown.body.contains("alert(1)"), "{path}");
    }
}

#[tokio::test]
async fn the_people_of_the_business_may_overrule_opening_hours_but_not_the_past() {
    let browser = Browser::new("admin_overrule").await;
    let late = browser.book(&[("time", "19:00")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("outside the opening hours"));
    let anyway = browser.book(&[("time", "19:00"), ("anyway", "on")]).await;
    assert_eq!(anyway.status, StatusCode::SEE_OTHER, "{}", anyway.body);
    let past = [
        ("date", "2026-03-06"),
        ("anyway", "on"),
        ("form", "another"),
    ];
    assert_eq!(
        browser.book(&past).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_person_can_be_exported_and_erased_by_api() {
    let browser = Browser::new("admin_privacy").await;
    assert_eq!(browser.book(&[]).await.status, StatusCode::SEE_OTHER);
    let ask = async |method: Method, path: &str| {
        let asked = request(method, path)
            .header("x-api-key", KEY)
            .body(Body::empty());
        let answer = browser.service.send(asked.expect("a request")).await;
        let told: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        (answer.status, told)
    };
    let export = "/api/v1/privacy/+14165550142/export";
    let (status, data) = ask(Method::GET, export).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(data["personal_data"]["name"], "Ann Example");
    assert_eq!(data["appointments"][0]["status"], "booked");
    let (_, erased) = ask(Method::DELETE, "/api/v1/privacy/+14165550142").await;
    assert_eq!(
        erased,
        json!({"anonymised": true, "appointments_cancelled": 1})
    );
    assert_eq!(ask(Method::GET, export).await, (StatusCode::OK, json!({})));
    let (_, erased) = ask(Method::DELETE, "/api/v1/privacy/+14165550142").await;
    assert_eq!(
        erased,
        json!({"anonymised": false, "appointments_cancelled": 0})
    );
    let (status, _) = ask(Method::GET, "/api/v1/privacy/12/export").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
