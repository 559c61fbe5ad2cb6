use bella_image::ImageError;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::image::{Image, Kind, Login, split};

/// `GET /images/json`.
pub(super) fn list(engine: &Engine) -> Reply {
    let all = engine.images.all();
    reply::ok(&Value::Array(all.iter().map(described).collect()))
}

/// `GET /images/{name}/json`.
pub(super) fn inspect(engine: &Engine, name: &str) -> Reply {
    match engine.images.find(name) {
        Some(image) => reply::ok(&described(&image)),
        None => reply::not_found(format!("No such image: {name}")),
    }
}

fn described(image: &Image) -> Value {
    let (repository, _) = split(&image.name);
    let config = match &image.kind {
        Kind::Pulled { config, .. } => json!({
            "Env": config.config.env,
            "Cmd": config.config.cmd,
            "Entrypoint": config.config.entrypoint,
            "User": config.config.user,
            "WorkingDir": config.config.working_dir,
            "Labels": config.config.labels,
        }),
        _ => json!({"Labels": {"bella.stand-in": "true"}}),
    };
    json!({
        "Id": image.id,
        "RepoTags": [image.name],
        "RepoDigests": [format!("{repository}@{}", image.digest)],
        "Os": "linux",
        "Architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
        "Size": 0,
        "Created": 0,
        "Labels": config["Labels"],
        "Config": config,
    })
}

/// `POST /images/create`: pulls, and says how it went in a stream of JSON objects.
pub(super) async fn pull(engine: &Engine, asked: &Asked) -> Reply {
    let (image, tag) = (asked.text("fromImage"), asked.text("tag"));
    let name = match tag {
        "" => image.to_owned(),
        digest if digest.starts_with("sha256:") => format!("{image}@{digest}"),
        tag => format!("{image}:{tag}"),
    };
    match engine.images.pull(&name, &login(asked)).await {
        Ok(pulled) => {
            let lines = [
                json!({"status": format!("Digest: {}", pulled.digest)}),
                json!({"status": format!("Status: Image is up to date for {name}")}),
            ];
            let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            reply::bytes(StatusCode::OK, "application/json", text)
        }
        Err(problem) => refused(&name, &problem),
    }
}

/// `GET /distribution/{name}/json`: the digest that a registry has under a name now.
pub(super) async fn distribution(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    match engine.images.pull(name, &login(asked)).await {
        Ok(image) => reply::ok(&json!({
            "Descriptor": {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": image.digest,
                "size": 0,
            },
            "Platforms": [],
        })),
        Err(problem) => refused(name, &problem),
    }
}

/// `POST /images/{name}/tag`.
pub(super) fn tag(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    let Some(image) = engine.images.find(name) else {
        return reply::not_found(format!("No such image: {name}"));
    };
    let name = match asked.text("tag") {
        "" => format!("{}:latest", asked.text("repo")),
        tag => format!("{}:{tag}", asked.text("repo")),
    };
    engine.images.tag(&image, &name);
    let mut response = reply::done();
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// `DELETE /images/{name}`: the name is forgotten.
pub(super) fn remove(engine: &Engine, name: &str) -> Reply {
    engine.images.forget(name);
    reply::ok(&json!([{"Untagged": name}]))
}

/// What Docker says of a pull that fails: the registry's own words, which ECS repeats to its caller.
fn refused(name: &str, problem: &ImageError) -> Reply {
    match problem {
        ImageError::NotFound { .. } => reply::not_found(format!(
            "manifest for {name} not found: manifest unknown: Requested image not found"
        )),
        ImageError::Denied { .. } => reply::error(
            StatusCode::NOT_FOUND,
            format!(
                "pull access denied for {name}, repository does not exist or may require authorization"
            ),
        ),
        other => {
            let text = other.to_string();
            let first = text.lines().next().unwrap_or_default();
            reply::error(StatusCode::INTERNAL_SERVER_ERROR, first)
        }
    }
}

/// The login in Docker's header: base64 of a JSON object.
fn login(asked: &Asked) -> Login {
    let bytes = base64(asked.registry_login.as_deref()?)?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Some((text("username")?, text("password")?))
}

/// Undoes base64 in either alphabet, padded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_undone() {
        assert_eq!(
            base64("YW55IGNhcm5hbCBwbGVhcw==").as_deref(),
            Some(&b"any carnal pleas"[..])
        );
        assert_eq!(base64("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(base64("!"), None);
    }
}
