use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use reqwest::{Method, Response, StatusCode, Url};

use super::session::Session;
use crate::manifest::Descriptor;
use crate::{BlobCache, ImageError};

/// What is sent at once: what arrived of a piece that breaks off is lost. Amazon's registry takes no part below 5 MiB but
/// the last (`LayerPartTooSmallException`).
const PIECE: usize = 6 * 1024 * 1024;
const WHOLE: usize = usize::MAX;
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);
const DOING: &str = "upload a blob";

/// Where an upload stands.
struct Upload {
    location: Url,
    /// How much of the blob the registry has.
    offset: u64,
    /// How much is sent at once.
    piece: usize,
}

/// What came of sending.
enum Outcome {
    Stored,
    /// The connection broke, or the registry had trouble of its own, with what it was last asked at this address.
    Broken(ImageError, Url),
    /// The registry wants nothing more to do with this upload.
    Lost(ImageError),
}

/// Sends a blob, and answers how many bytes that took.
///
/// When the connection breaks, the registry is asked how far it came, and the rest sent. The upload's address is
/// remembered in the cache, so that another process can go on. A registry that refuses pieces is sent the whole.
pub(super) async fn blob(
    session: &Session,
    blob: &Descriptor,
    cache: &BlobCache,
) -> Result<u64, ImageError> {
    let path = cache
        .find(&blob.digest, Some(blob.size))
        .ok_or_else(|| ImageError::damaged("the cache", format!("{} is gone", blob.digest)))?;
    let bytes = fs::read(&path).map_err(ImageError::file("read", &path))?;
    let note = cache.note(&note_name(session, blob));
    let remembered = fs::read_to_string(&note).ok();
    let mut upload = match resume(session, remembered, PIECE).await {
        Some(upload) => Next::Resumed(upload),
        None => Next::New { piece: PIECE },
    };
    let mut sent = 0;
    let mut attempt = 0;
    loop {
        let error = match attempt_once(session, blob, &bytes, upload, &note, cache).await? {
            Attempt::Stored { more } => {
                let _ = fs::remove_file(&note);
                return Ok(sent + more);
            }
            Attempt::Failed {
                error,
                more,
                upload: left,
            } => {
                sent += more;
                upload = *left;
                error
            }
        };
        attempt += 1;
        if attempt == ATTEMPTS {
            return Err(*error);
        }
        tokio::time::sleep(PAUSE * 2_u32.pow(attempt)).await;
    }
}

enum Attempt {
    Stored {
        /// What was sent, in bytes.
        more: u64,
    },
    Failed {
        error: Box<ImageError>,
        /// What arrived all the same, in bytes.
        more: u64,
        upload: Box<Next>,
    },
}

/// How an attempt begins.
enum Next {
    Resumed(Upload),
    New { piece: usize },
}

async fn attempt_once(
    session: &Session,
    blob: &Descriptor,
    bytes: &[u8],
    upload: Next,
    note: &Path,
    cache: &BlobCache,
) -> Result<Attempt, ImageError> {
    let failed = |error, more, upload| Attempt::Failed {
        error: Box::new(error),
        more,
        upload: Box::new(upload),
    };
    let upload = match upload {
        Next::Resumed(upload) => upload,
        Next::New { piece } => match start(session, piece).await {
            Ok(upload) => upload,
            Err(error @ ImageError::Registry { .. }) => {
                return Ok(failed(error, 0, Next::New { piece }));
            }
            Err(error) => return Err(error),
        },
    };
    let (before, piece) = (upload.offset, upload.piece);
    let remember = |location: &Url| cache.write_note(note, location.as_str().as_bytes());
    match send(session, blob, bytes, upload, &remember).await? {
        Outcome::Stored => Ok(Attempt::Stored {
            more: blob.size - before,
        }),
        Outcome::Lost(error) => Ok(failed(error, 0, Next::New { piece: WHOLE })),
        Outcome::Broken(error, at) => Ok(match resume(session, Some(at.into()), piece).await {
            Some(upload) => {
                let more = upload.offset.saturating_sub(before);
                failed(error, more, Next::Resumed(upload))
            }
            None => failed(error, 0, Next::New { piece }),
        }),
    }
}

fn note_name(session: &Session, blob: &Descriptor) -> String {
    let place = crate::Digest::of(session.repository().name().as_bytes());
    format!("upload-{}-{}", &place.hex()[..16], blob.digest.hex())
}

async fn start(session: &Session, piece: usize) -> Result<Upload, ImageError> {
    let request = session
        .request(Method::POST, session.url("blobs/uploads/"))
        .header(CONTENT_LENGTH, 0);
    let response = session.send(DOING, request).await?;
    if response.status() != StatusCode::ACCEPTED {
        return Err(session.refused(DOING, response).await);
    }
    let least = response
        .headers()
        .get("oci-chunk-min-length")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0);
    Ok(Upload {
        location: session.location(response.headers())?,
        offset: 0,
        piece: piece.max(least),
    })
}

/// How far an upload came; `None` where the registry does not know it, or does not say.
async fn resume(session: &Session, location: Option<String>, piece: usize) -> Option<Upload> {
    let url = Url::parse(location?.trim()).ok()?;
    let response = session
        .send(DOING, session.request(Method::GET, url))
        .await
        .ok()?;
    if response.status() != StatusCode::NO_CONTENT {
        return None;
    }
    Some(Upload {
        offset: received(&response)?,
        location: session.location(response.headers()).ok()?,
        piece,
    })
}

/// `Range: 0-N` names the last byte; of an empty upload it says `0-0`, which is taken for nothing, as one byte would be.
fn received(response: &Response) -> Option<u64> {
    let range = response.headers().get(RANGE)?.to_str().ok()?;
    let last: u64 = range.rsplit('-').next()?.trim().parse().ok()?;
    Some(if last == 0 { 0 } else { last + 1 })
}

async fn send(
    session: &Session,
    blob: &Descriptor,
    bytes: &[u8],
    at: Upload,
    remember: &(dyn Fn(&Url) -> Result<(), ImageError> + Sync),
) -> Result<Outcome, ImageError> {
    let (mut next, mut offset) = (at.location, at.offset);
    while offset < blob.size {
        // Each answer names a new address, and only the last one is good for going on.
        remember(&next)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = bytes.get(start..).unwrap_or_default();
        let piece = &rest[..rest.len().min(at.piece)];
        let end = offset + piece.len() as u64;
        let mut request = session
            .request(Method::PATCH, next.clone())
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, piece.len())
            .body(piece.to_vec());
        // The whole at once is sent as Docker sends it, without saying which part it is.
        if piece.len() < bytes.len() {
            request = request.header(CONTENT_RANGE, format!("{offset}-{}", end - 1));
        }
        let response = match session.send(DOING, request).await {
            Ok(response) => response,
            Err(error) => return Ok(Outcome::Broken(error, next)),
        };
        if !response.status().is_success() {
            return judge(session, response, next).await;
        }
        next = session.location(response.headers())?;
        offset = end;
    }
    remember(&next)?;
    let mut last = next.clone();
    last.query_pairs_mut()
        .append_pair("digest", blob.digest.as_str());
    let request = session.request(Method::PUT, last).header(CONTENT_LENGTH, 0);
    match session.send(DOING, request).await {
        Ok(response) if response.status().is_success() => Ok(Outcome::Stored),
        Ok(response) => judge(session, response, next).await,
        Err(error) => Ok(Outcome::Broken(error, next)),
    }
}

async fn judge(session: &Session, response: Response, at: Url) -> Result<Outcome, ImageError> {
    let status = response.status();
    let error = session.refused(DOING, response).await;
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Ok(Outcome::Broken(error, at));
    }
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(error),
        _ => Ok(Outcome::Lost(error)),
    }
}
