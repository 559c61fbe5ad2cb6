//! The service in this process, with a database of its own and servers that answer as Twilio's and OpenAI's do.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use bella_domain::booking::{CallSid, NewBooking};
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use bella_service::app::App;
use bella_service::db::{self, OutboxText};
use bella_service::outbox;
use bella_service::twilio::signature;
use bella_stores::Postgres;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::fake::{FROM, Fake, TOKEN};

static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The tests of this program that run at one time share a server; it is gone with the last of them.
fn postgres() -> Arc<Postgres> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = shared.upgrade() {
        return running;
    }
    let started = Arc::new(Postgres::start().expect("PostgreSQL starts"));
    *shared = Arc::downgrade(&started);
    started
}

/// The service and all around it; what was started ends with it.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) fake: Fake,
    pub(crate) database: String,
    pub(crate) address: SocketAddr,
    variables: Vec<(String, String)>,
    running: Vec<JoinHandle<()>>,
    _postgres: Arc<Postgres>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.app.drain.begin();
        for task in &self.running {
            task.abort();
        }
    }
}

impl World {
    pub(crate) async fn new(changes: &[(&str, &str)]) -> Self {
        let postgres = postgres();
        let name = format!("twilio_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        postgres.create_database(&name).expect("is created");
        let database = postgres.url(&name);
        let options: PgConnectOptions = database.parse().expect("is a URL");
        db::migrate(&options).await.expect("migrates");
        let fake = Fake::start().await;
        let mut variables = vec![("DATABASE_URL".to_owned(), database.clone())];
        variables.extend(
            changes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let app = App::new(configured(&fake, &variables));
        let (address, serving) = serve(&app).await;
        Self {
            app,
            fake,
            database,
            address,
            variables,
            running: vec![serving],
            _postgres: postgres,
        }
    }

    /// Another process of the same service, as far as the database can tell.
    pub(crate) fn sibling(&self) -> App {
        App::new(configured(&self.fake, &self.variables))
    }

    /// Has webhooks answered by another process from now on.
    pub(crate) async fn change_over(&mut self) {
        let (address, serving) = serve(&self.sibling()).await;
        self.address = address;
        self.running.push(serving);
    }

    /// Sends texts from now on.
    pub(crate) fn send(&mut self) {
        self.running
            .push(tokio::spawn(outbox::run(self.app.clone())));
    }

    /// A signed webhook; its status and body.
    pub(crate) async fn webhook(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let url = format!("https://book.bella.example{path}");
        let signature = signature::sign(TOKEN, &url, form);
        self.post(path, form, Some(&signature)).await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        signature: Option<&str>,
    ) -> (u16, String) {
        let mut request = bella_service::https::client()
            .post(format!("http://{}{path}", self.address))
            .form(form);
        if let Some(signature) = signature {
            request = request.header(signature::HEADER, signature);
        }
        let answer = request.send().await.expect("is answered");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("has a body"))
    }

    /// A text comes in.
    pub(crate) async fn text(&self, sid: &str, body: &str) -> String {
        self.text_from(CALLER, sid, body).await
    }

    pub(crate) async fn text_from(&self, from: &str, sid: &str, body: &str) -> String {
        let form = [
            ("MessageSid", sid),
            ("From", from),
            ("To", FROM),
            ("Body", body),
        ];
        let (status, body) = self.webhook("/twilio/sms", &form).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The caller books over the phone, in so many days at 2 PM.
    pub(crate) async fn books(&self, call: &str, days: i64) -> Zoned {
        let zone = self.app.config.business.zone.clone();
        let start = Timestamp::now().to_zoned(zone);
        let start = start.checked_add(days.days()).and_then(|start| {
            start
                .with()
                .hour(14)
                .minute(0)
                .second(0)
                .subsec_nanosecond(0)
                .build()
        });
        let start = start.expect("is a time");
        let booking = NewBooking {
            call: CallSid::read(call).expect("an id"),
            name: PersonName::written("Ann Smith").expect("a name"),
            mobile: caller(),
            start: start.timestamp(),
            minutes: 30,
            test: false,
        };
        self.app
            .database
            .book(&booking, &[])
            .await
            .expect("is booked");
        start
    }

    /// Puts a text in and rings.
    pub(crate) async fn put(&self, key: &str, body: &str) {
        let text = OutboxText {
            key: key.to_owned(),
            to: caller(),
            body: body.to_owned(),
            not_before: Timestamp::now() - SignedDuration::from_secs(1),
            kind: "confirmation",
        };
        self.app.database.enqueue(&[text]).await.expect("is put in");
        self.app.doorbell.ring();
    }

    /// One value of the database, as text.
    pub(crate) async fn value(&self, query: &str) -> Option<String> {
        let mut connection = PgConnection::connect(&self.database)
            .await
            .expect("connects");
        let query = AssertSqlSafe(format!("select ({query})::text"));
        let row = sqlx::query(query).fetch_one(&mut connection).await;
        row.expect("is answered").get(0)
    }

    /// Waits until a query says so.
    pub(crate) async fn until(&self, query: &str, expected: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let value = self.value(query).await;
            if value.as_deref() == Some(expected) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{query}: {value:?}, not {expected}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn execute(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.database)
            .await
            .expect("connects");
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement)
            .execute(&mut connection)
            .await
            .expect("is carried out");
    }
}

pub(crate) const CALLER: &str = "+14165551234";

pub(crate) fn caller() -> Mobile {
    Mobile::from_e164(CALLER).expect("a number")
}

async fn serve(app: &App) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("is bound");
    let router = app
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move {
        axum::serve(listener, router).await.expect("serves");
    });
    (address, serving)
}

fn configured(fake: &Fake, variables: &[(String, String)]) -> bella_service::config::Config {
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fake.config(&variables)
}
