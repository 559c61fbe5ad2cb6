use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// The sandbox's controls: the log of its calls and the faults it injects.
#[derive(Clone, Debug)]
pub struct Gateway {
    authority: String,
}

/// One AWS call as the sandbox logged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Signing name, for example `elasticloadbalancing`.
    pub service: String,
    /// API operation.
    pub operation: String,
    /// HTTP status; `None` where the connection was cut.
    pub status: Option<u16>,
    /// The fault that was injected into it.
    pub fault: Option<String>,
}

impl Call {
    /// Whether it changes nothing, by AWS's way to name operations.
    #[must_use]
    pub fn is_read(&self) -> bool {
        ["Describe", "List", "Get", "BatchGet"]
            .iter()
            .any(|verb| self.operation.starts_with(verb))
    }
}

impl Gateway {
    /// The controls of the sandbox that answers at `endpoint`, a URL without a path.
    #[must_use]
    pub fn at(endpoint: &str) -> Self {
        Self {
            authority: endpoint.trim_start_matches("http://").to_owned(),
        }
    }

    /// The calls after number `since`, and the number to ask with next time.
    #[must_use]
    pub fn calls(&self, since: u64) -> (u64, Vec<Call>) {
        let answer = self.ask("GET", &format!("calls?since={since}"), "");
        let text = |call: &Value, key: &str| call[key].as_str().map(str::to_owned);
        let calls = answer["calls"].as_array().into_iter().flatten();
        let calls = calls.map(|call| Call {
            service: text(call, "service").unwrap_or_default(),
            operation: text(call, "operation").unwrap_or_default(),
            status: call["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok()),
            fault: text(call, "fault"),
        });
        (answer["last"].as_u64().unwrap_or_default(), calls.collect())
    }

    /// The number of the last call.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.calls(u64::MAX).0
    }

    /// Moves the sandbox's clock on to `to`, from which it goes on.
    pub fn set_clock(&self, to: jiff::Timestamp) {
        let to = serde_json::json!({"set": to});
        self.ask("POST", "clock", &to.to_string());
    }

    /// Replaces the faults to inject by `faults`, a JSON list.
    pub fn inject(&self, faults: &Value) {
        self.ask("POST", "faults", &faults.to_string());
    }

    /// Injects no more faults.
    pub fn calm(&self) {
        self.ask("DELETE", "faults", "");
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let answer = self
            .exchange(method, path, body)
            .unwrap_or_else(|why| panic!("{method} {path} at {}: {why}", self.authority));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert!(
            head.starts_with("HTTP/1.1 200"),
            "{method} {path} was answered: {answer}"
        );
        serde_json::from_str(body)
            .unwrap_or_else(|why| panic!("{method} {path} was answered {body}: {why}"))
    }

    /// The gateway gives its own answers a length, so what follows the head is the body.
    fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.authority)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "{method} /_bella/{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.authority,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}
