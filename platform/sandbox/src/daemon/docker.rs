use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::UnixListener;

use crate::containers::Engine;
use crate::error::SandboxError;

/// The Docker Engine that the emulator finds, never the machine's own: containers that are processes, or a refusal of
/// everything.
///
/// The emulator treats any error as "no Docker here" and keeps what would be a container as a record only.
pub(super) struct Docker {
    path: PathBuf,
}

impl Docker {
    /// Starts to answer on the socket; replaces a socket file left over from an earlier run.
    pub(super) fn start(path: PathBuf, engine: Option<Arc<Engine>>) -> Result<Self, SandboxError> {
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(SandboxError::file("replace", &path)(source));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(SandboxError::file("listen on", &path))?;
        if let Some(engine) = engine {
            tokio::spawn(engine.serve(listener));
            return Ok(Self { path });
        }
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service_fn(refuse)),
                );
            }
        });
        Ok(Self { path })
    }

    /// The address in the form `DOCKER_HOST` takes.
    pub(super) fn url(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

async fn refuse(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    const BODY: &str =
        r#"{"message":"this sandbox runs no containers: the machine's Docker is left alone"}"#;
    let mut response = Response::new(Full::new(Bytes::from_static(BODY.as_bytes())));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(
        CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}
