//! A keep-alive HTTP connection, as cheap as it can be: a load generator must not take the time of what it measures.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

/// One connection; opened when it is first needed, and again after the other side has closed it.
#[derive(Debug)]
pub(crate) struct Wire {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            buffer: Vec::with_capacity(4096),
        }
    }

    /// Sends a request whose lines up to the body's are given, and waits for the answer.
    pub(crate) async fn send(&mut self, head: &str, body: &str) -> io::Result<Answer> {
        let began = Instant::now();
        let mut request = Vec::with_capacity(head.len() + body.len() + 64);
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(
            format!("Host: local\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(),
        );
        request.extend_from_slice(body.as_bytes());
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(&request).await?;
        let (status, body, close) = read(&mut stream, &mut self.buffer).await?;
        if !close {
            self.stream = Some(stream);
        }
        Ok(Answer {
            status,
            body,
            took: began.elapsed(),
        })
    }

    /// Whether the other side has said that it closes it.
    pub(crate) fn was_closed(&self) -> bool {
        self.stream.is_none()
    }

    /// Closes it; the next request opens it again.
    pub(crate) fn close(&mut self) {
        self.stream = None;
    }

    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\n"), "").await
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<(u16, String, bool)> {
    buffer.clear();
    let head_end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (have, value) = line.split_once(':')?;
            (have == name).then(|| value.trim().to_owned())
        })
    };
    let length: usize = header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while buffer.len() < head_end + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let body = String::from_utf8_lossy(&buffer[head_end..head_end + length]).into_owned();
    Ok((
        status,
        body,
        header("connection").as_deref() == Some("close"),
    ))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
