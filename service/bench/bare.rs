//! The least that a server on axum can do: it reads the webhook and answers the same TwiML, always. What it takes is what HTTP
//! takes, here; nothing on axum can be faster.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header;
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::support::{free_address, wire::Wire};

/// The argument that makes this program serve instead of measure.
pub(crate) const SERVE: &str = "serve-bare";

/// How long it may take to start.
const WITHIN: Duration = Duration::from_secs(20);

/// A process of it; dropping it kills it.
pub(crate) struct Bare {
    child: Child,
    pub(crate) address: String,
    pub(crate) ready_after: Duration,
}

/// Serves until it is killed.
pub(crate) async fn serve(address: &str, twiml: String) {
    let twiml = Bytes::from(twiml);
    let answer = move |_read: Bytes| {
        let twiml = twiml.clone();
        async { ([(header::CONTENT_TYPE, "text/xml")], twiml) }
    };
    let router = Router::new()
        .route("/twilio/voice", post(answer))
        .route("/healthz", get(async || "ok"));
    let listener = TcpListener::bind(address).await.expect("the port is free");
    axum::serve(listener, router).await.expect("serves");
}

impl Bare {
    /// Starts it with the answer that it gives.
    pub(crate) async fn start(twiml: &str) -> Self {
        let address = free_address();
        let began = Instant::now();
        let this = std::env::current_exe().expect("this program has a path");
        let child = Command::new(this)
            .args([SERVE, &address, twiml])
            .stdin(Stdio::null())
            .spawn()
            .expect("this program starts again");
        let mut bare = Self {
            child,
            address,
            ready_after: Duration::ZERO,
        };
        let mut wire = Wire::new(&bare.address);
        while !wire
            .get("/healthz")
            .await
            .is_ok_and(|answer| answer.status == 200)
        {
            assert!(began.elapsed() < WITHIN, "it is not ready in time");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bare.ready_after = began.elapsed();
        bare
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
