use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use bella_image::ImageConfig;
use tokio::process::Command;

use super::Running;
use super::command::{command, find};
use crate::containers::container::{Container, Surroundings};
use crate::containers::servers::is_root;

const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs a command of the machine itself, for a base image.
pub(super) fn launch_here(
    container: &Container,
    surroundings: &Surroundings,
) -> std::io::Result<Running> {
    let mut words = container.spec.entry();
    words.extend(container.spec.command());
    if words.is_empty() {
        // What such images do without a command and a terminal.
        words.push("true".to_owned());
    }
    let (program, arguments) = split(&words)?;
    let mut process = command(program, surroundings.servers.user(), "KILL");
    process.args(arguments).current_dir("/");
    environment(&mut process, container, surroundings, &[]);
    spawn(process)
}

/// Runs the program of a pulled image in the image's own files.
///
/// Root is inside of them (`chroot`); so is anybody else where the system lets them have a user namespace. Elsewhere
/// the program is run from where it was unpacked, and sees the machine's files.
pub(super) async fn launch(
    container: &Container,
    surroundings: &Surroundings,
    root: &Path,
    config: &ImageConfig,
) -> std::io::Result<Running> {
    let image = &config.config;
    let mut words = match container.spec.entry() {
        given if given.is_empty() => image.entrypoint.clone(),
        given => given,
    };
    match container.spec.command() {
        // Docker drops the image's command together with its entrypoint.
        given if given.is_empty() && container.spec.entry().is_empty() => {
            words.extend(image.cmd.iter().cloned());
        }
        given => words.extend(given),
    }
    let (program, arguments) = split(&words)?;
    let folder = [
        container.spec.working_dir.as_deref(),
        Some(image.working_dir.as_str()),
    ]
    .into_iter()
    .flatten()
    .find(|folder| !folder.is_empty())
    .unwrap_or("/");
    let mut process = match enclosure(root, folder, &user(container, image)).await {
        Some(mut enclosed) => {
            enclosed.arg(program);
            enclosed
        }
        None => {
            let inside = inside(root, Path::new(program), &path_of(image));
            let mut process = command(inside, None, "KILL");
            process.current_dir(below(root, Path::new(folder)));
            process
        }
    };
    process.args(arguments);
    environment(&mut process, container, surroundings, &image.env);
    spawn(process)
}

fn spawn(mut process: Command) -> std::io::Result<Running> {
    Ok(Running {
        child: process.spawn()?,
        fronts: Vec::new(),
    })
}

fn split(words: &[String]) -> std::io::Result<(&String, &[String])> {
    words
        .split_first()
        .ok_or_else(|| std::io::Error::other("neither image nor container names a command"))
}

/// A command that goes into the image's files before it runs another, where that is possible.
async fn enclosure(root: &Path, folder: &str, user: &str) -> Option<Command> {
    let unshare = find("unshare")?;
    let mut process = command(&unshare, None, "KILL");
    if is_root() {
        let (uid, gid) = user.split_once(':').unwrap_or((user, user));
        process.args(["--setuid", uid, "--setgid", gid]);
    } else {
        let mut trial = Command::new(&unshare);
        trial.args(["--user", "--map-root-user", "true"]);
        if !trial.output().await.is_ok_and(|o| o.status.success()) {
            return None;
        }
        process.args(["--user", "--map-root-user"]);
    }
    let mut rooted = OsString::from("--root=");
    rooted.push(root);
    process.arg(rooted).arg(format!("--wd={folder}"));
    Some(process)
}

/// `uid:gid` of the image's or container's user; names are looked up nowhere and taken for nobody's.
fn user(container: &Container, image: &bella_image::Process) -> String {
    let given = container.spec.user.as_deref().unwrap_or_default();
    let name = if given.is_empty() { &image.user } else { given };
    let number = |text: &str| text.parse::<u32>().ok();
    let (user, group) = name.split_once(':').unwrap_or((name, name));
    match (number(user), number(group)) {
        (Some(user), Some(group)) => format!("{user}:{group}"),
        (Some(user), None) => format!("{user}:{user}"),
        _ if user.is_empty() || user == "root" => "0:0".to_owned(),
        _ => "65534:65534".to_owned(),
    }
}

fn path_of(image: &bella_image::Process) -> String {
    let set = image.env.iter().find_map(|pair| pair.strip_prefix("PATH="));
    set.unwrap_or(SEARCH_PATH).to_owned()
}

/// Where a program of the image lies on the machine.
fn inside(root: &Path, program: &Path, search: &str) -> PathBuf {
    if program.components().count() > 1 {
        return below(root, program);
    }
    search
        .split(':')
        .map(|folder| below(root, Path::new(folder)).join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| below(root, program))
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// The variables of image and container, and nothing of the daemon's own.
fn environment(
    process: &mut Command,
    container: &Container,
    surroundings: &Surroundings,
    image: &[String],
) {
    process.env_clear().env("PATH", SEARCH_PATH);
    process.env("HOSTNAME", &container.id[..12]);
    let given = container.spec.env.iter().flatten();
    for pair in image.iter().chain(given) {
        if let Some((name, value)) = pair.split_once('=') {
            process.env(name, value);
        }
    }
    if container.spec.variable("AWS_ENDPOINT_URL").is_some() {
        // The emulator names itself; the rules stand at the gateway.
        process.env("AWS_ENDPOINT_URL", &surroundings.endpoint);
    }
    trust(process, container, surroundings);
    let bind = container
        .spec
        .variable("BIND")
        .or_else(|| image.iter().find_map(|pair| pair.strip_prefix("BIND=")));
    if let Some(bind) = own_address(bind, container.address) {
        process.env("BIND", bind);
    }
    let cache = container.spec.variable("REDIS_URL");
    if let Some(url) = cache.and_then(|url| beside(url, container.address)) {
        process.env("REDIS_URL", url);
    }
}

/// Where a cache in the same task is: on AWS on the loopback address that its containers share, here on the address that they share.
fn beside(url: &str, address: Ipv4Addr) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let rest = ["127.0.0.1:6379", "localhost:6379"]
        .iter()
        .find_map(|own| rest.strip_prefix(own))?;
    Some(format!("{scheme}://{address}:6379{rest}"))
}

/// What on AWS everybody trusts already, the certificates of databases and caches, is here the sandbox's own authority's.
fn trust(process: &mut Command, container: &Container, surroundings: &Surroundings) {
    let variable = |name| container.spec.variable(name);
    let has_database = variable("DATABASE_HOST").is_some();
    let has_cache = variable("REDIS_URL").is_some_and(|url| url.starts_with("rediss://"));
    let Ok(roots) = std::fs::read_to_string(surroundings.authority.file()) else {
        return;
    };
    for (reads, name) in [(has_database, "DATABASE_CA"), (has_cache, "REDIS_CA")] {
        if reads && variable(name).is_none() {
            process.env(name, &roots);
        }
    }
}

/// Where a service that would listen on every address listens instead; it has the whole address to itself, as on AWS.
fn own_address(bind: Option<&str>, address: Ipv4Addr) -> Option<String> {
    let bind = bind.unwrap_or("0.0.0.0:8000");
    let port = bind
        .strip_prefix("0.0.0.0:")
        .or_else(|| bind.strip_prefix("[::]:"))?;
    Some(format!("{address}:{port}"))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{beside, own_address};

    #[test]
    fn a_service_listens_on_its_own_address() {
        let own = |bind| own_address(bind, Ipv4Addr::new(127, 64, 0, 2));
        assert_eq!(
            own(Some("0.0.0.0:9000")).as_deref(),
            Some("127.64.0.2:9000")
        );
        assert_eq!(own(None).as_deref(), Some("127.64.0.2:8000"));
        assert_eq!(own(Some("127.0.0.1:80")), None);
    }

    #[test]
    fn a_cache_in_the_same_task_is_at_the_tasks_address() {
        let of = |url| beside(url, Ipv4Addr::new(127, 64, 0, 2));
        assert_eq!(
            of("redis://127.0.0.1:6379/0").as_deref(),
            Some("redis://127.64.0.2:6379/0")
        );
        assert_eq!(
            of("redis://localhost:6379").as_deref(),
            Some("redis://127.64.0.2:6379")
        );
        for elsewhere in ["redis://127.0.0.1:7000", "rediss://cache.example:6379", ""] {
            assert_eq!(of(elsewhere), None);
        }
    }
}
