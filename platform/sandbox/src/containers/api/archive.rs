use std::io::Cursor;
use std::path::{Component, Path, PathBuf};

use hyper::{Method, StatusCode};
use serde_json::json;

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;

/// `PUT` and `GET /containers/{id}/archive`: files in and out of the container's own folder, as a tar archive.
pub(super) fn answer(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    let files = container.folder.join("files");
    let path = below(&files, asked.text("path"));
    if asked.method == Method::PUT {
        return match put(&path, &asked.body) {
            Ok(()) => reply::bytes(StatusCode::OK, "text/plain", ""),
            Err(problem) => reply::failed(&problem),
        };
    }
    if !path.exists() {
        let message = format!(
            "Could not find the file {} in container {name}",
            asked.text("path")
        );
        return reply::not_found(message);
    }
    match get(&path) {
        Ok(archive) => {
            let mut response = reply::bytes(StatusCode::OK, "application/x-tar", archive);
            let about = json!({
                "name": path.file_name().unwrap_or_default().to_string_lossy(),
                "size": 0, "mode": 0o644, "mtime": "0001-01-01T00:00:00Z", "linkTarget": "",
            });
            if let Ok(about) = base64(about.to_string().as_bytes()).parse() {
                let headers = response.headers_mut();
                headers.insert("X-Docker-Container-Path-Stat", about);
            }
            response
        }
        Err(problem) => reply::failed(&problem),
    }
}

/// A path of the container on the machine; what would lead out of its folder is dropped.
fn below(files: &Path, path: &str) -> PathBuf {
    let plain = Path::new(path).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    plain.fold(files.to_owned(), |path, name| path.join(name))
}

fn put(folder: &Path, archive: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut archive = tar::Archive::new(Cursor::new(archive));
    archive.set_preserve_permissions(true);
    // Entries that would lead out of the folder are left out.
    archive.unpack(folder)
}

fn get(path: &Path) -> std::io::Result<Vec<u8>> {
    let name = path.file_name().map_or_else(|| Path::new("."), Path::new);
    let mut archive = tar::Builder::new(Vec::new());
    archive.follow_symlinks(false);
    if path.is_dir() {
        archive.append_dir_all(name, path)?;
    } else {
        archive.append_path_with_name(path, name)?;
    }
    archive.into_inner()
}

/// Standard base64, which the header's one reader wants.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            if digit <= chunk.len() {
                let index = (group >> (18 - 6 * digit)) & 63;
                text.push(char::from(DIGITS[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{base64, below};

    #[test]
    fn a_path_stays_in_the_container() {
        let files = Path::new("/f");
        assert_eq!(below(files, "/"), Path::new("/f"));
        assert_eq!(below(files, "/a/../../b"), Path::new("/f/a/b"));
    }

    #[test]
    fn base64_has_padding() {
        assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
        assert_eq!(base64(b"any carnal pleasu"), "YW55IGNhcm5hbCBwbGVhc3U=");
        assert_eq!(base64(b"any carnal pleasur"), "YW55IGNhcm5hbCBwbGVhc3Vy");
    }
}
