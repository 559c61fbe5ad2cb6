use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::Request;
use hyper::header::{CONNECTION, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::group::Group;
use crate::containers::Failure;

/// Statuses that a check takes for healthy: numbers and ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher(Vec<(u16, u16)>);

impl Matcher {
    /// Reads `200`, `200,202` or `200-299`.
    pub(super) fn read(text: &str) -> Self {
        let parts = text.split(',').filter_map(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
        });
        Self(parts.collect())
    }

    pub(super) fn fits(&self, status: u16) -> bool {
        self.0
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&status))
    }
}

/// Asks a target once, as the balancer's health checks do.
///
/// # Errors
/// Why it is not healthy.
pub(super) async fn check(group: &Group, target: SocketAddr) -> Result<(), Failure> {
    let at = SocketAddr::new(target.ip(), group.port.unwrap_or(target.port()));
    let asked = async {
        let stream = TcpStream::connect(at)
            .await
            .map_err(|_| Failure::NoAnswer)?;
        let Some(path) = &group.path else {
            return Ok(());
        };
        let status = status(stream, at, path).await.ok_or(Failure::NoAnswer)?;
        match group.matcher.fits(status) {
            true => Ok(()),
            false => Err(Failure::Status(status)),
        }
    };
    match timeout(group.timeout.max(Duration::from_secs(1)), asked).await {
        Ok(told) => told,
        Err(_) => Err(Failure::TimedOut),
    }
}

async fn status(stream: TcpStream, at: SocketAddr, path: &str) -> Option<u16> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    let request = Request::get(path)
        .header(HOST, at.to_string())
        .header(USER_AGENT, "ELB-HealthChecker/2.0")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let answered = async {
        let answer = sender.send_request(request).await.ok()?;
        Some(answer.status().as_u16())
    };
    tokio::pin!(answered);
    tokio::select! {
        status = &mut answered => status,
        // A connection that ends first may have brought the answer.
        _ = connection => answered.await,
    }
}

#[cfg(test)]
mod tests {
    use super::Matcher;

    #[test]
    fn statuses_match_by_number_and_range() {
        for (text, fits, not) in [
            ("200", 200, 201),
            ("200,202", 202, 201),
            ("200-299", 250, 300),
            ("", 0, 200),
        ] {
            let matcher = Matcher::read(text);
            assert_eq!(matcher.fits(fits), !text.is_empty(), "{text}");
            assert!(!matcher.fits(not), "{text}");
        }
    }
}
