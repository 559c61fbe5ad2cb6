//! The service's image as others unpack it: it runs with nothing of this machine but what the image holds.

#[path = "../../platform/image/tests/registry/bed.rs"]
#[allow(dead_code, reason = "the image's own tests use more of it")]
mod bed;
mod certificates;
mod data;
mod support;

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bed::Bed;
use bella_image::{BlobCache, Credentials, Libraries, Origin, Program, Recipe, assemble, push};
use bella_stores::{Postgres, Redis};
use data::Store;
use rustix::process::{Pid, Signal, kill_process_group};
use support::wire::Wire;
use support::{Environment, binary, free_address};

const WITHIN: Duration = Duration::from_secs(40);

/// A name that only the image's own `/etc/hosts`, which a container's runtime writes, leads to the database.
const DATABASE: &str = "database.bella.example";

#[tokio::test]
async fn the_unpacked_image_answers_with_a_database_behind_verified_tls() {
    let bed = Bed::open();
    let root = unpacked_by_others(&bed).await;
    let postgres = Postgres::start().expect("starts");
    let store = Store::on(&postgres, "image").await;
    certificates::authority(&bed.folder, "right");
    certificates::show(&store, &bed.folder, &format!("DNS:{DATABASE}")).await;
    fs::copy(bed.folder.join("right.pem"), root.join("tmp/authority.pem")).expect("copied");
    fs::write(
        root.join("etc/hosts"),
        format!("127.0.0.1 localhost {DATABASE}\n"),
    )
    .expect("written");

    let redis = Redis::start().expect("starts");
    let address = free_address();
    let database = store.url().replace("127.0.0.1", DATABASE);
    let environment = Environment::new(&database, Some(&redis.url()))
        .with("DATABASE_CA", "/tmp/authority.pem")
        .with("BIND", &address);
    let _service = Contained::start(&root, &environment);
    for path in ["/healthz", "/readyz"] {
        answers(&address, path).await;
    }
    let encrypted = "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) where ssl and datname = 'image'";
    let over_tls = Environment::new(store.url(), None).count(encrypted).await;
    assert!(over_tls > 0, "the service's connections are encrypted");
}

/// Assembled and pushed by us, read by `skopeo`, unpacked by `umoci`.
async fn unpacked_by_others(bed: &Bed) -> std::path::PathBuf {
    let cache = BlobCache::at(bed.folder.join("cache"));
    let program = Program::read(&binary()).expect("a program");
    let origin = Origin {
        version: "test".to_owned(),
        ..Origin::default()
    };
    let recipe = Recipe {
        libraries: Libraries::FromThisMachine,
        ..Recipe::service(program.path, program.architecture, origin)
    };
    let image = assemble(&recipe, &cache).expect("assembled");
    assert!(image.size() < 20_000_000, "{} bytes", image.size());
    let reference = bed.reference("bella-service:test");
    push(&reference, &Credentials::Anonymous, &[image], &cache)
        .await
        .expect("pushed");
    let source = format!("docker://{reference}");
    bed.run(
        "skopeo",
        &[
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            &source,
            "oci:layout:it",
        ],
    );
    let rootless = !rustix::process::geteuid().is_root();
    let mut unpack = vec!["unpack", "--image", "layout:it"];
    if rootless {
        unpack.push("--rootless");
    }
    unpack.push("bundle");
    bed.run("umoci", &unpack);
    bed.folder.join("bundle/rootfs")
}

/// Every runtime gives a container `/dev/urandom` and the like; statically linked programs ask there.
const WITH_DEVICES: &str = r#"mkdir -p "$0/dev" && mount --rbind /dev "$0/dev" && exec "$@""#;

/// The image's program as its configuration says, in namespaces of its own; gone with this value.
struct Contained(Child);

impl Contained {
    /// Root becomes the image's user; whoever is not root has one user only, who is called root in there.
    fn start(root: &Path, environment: &Environment) -> Self {
        let root = root.to_str().expect("utf-8");
        let mut command = Command::new("unshare");
        command.args([
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--fork",
            "--kill-child",
        ]);
        let rootless = !rustix::process::geteuid().is_root();
        if rootless {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["sh", "-c", WITH_DEVICES, root, "chroot"]);
        if !rootless {
            command.arg("--userspec=65532:65532");
        }
        command.arg(root);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let child = command
            .args(["/usr/bin/bella-service", "serve"])
            .env_clear()
            .env("PATH", path)
            .envs(environment.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("unshare; Debian's util-linux has it");
        Self(child)
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        // The service became another user, and such a process does not die with its parent: the group does.
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process_group(group.expect("is a process"), Signal::KILL);
        let _ = self.0.wait();
    }
}

async fn answers(address: &str, path: &str) {
    let deadline = Instant::now() + WITHIN;
    let mut wire = Wire::new(address);
    loop {
        let said = match wire.get(path).await {
            Ok(answer) if answer.status == 200 => return,
            Ok(answer) => format!("{}", answer.status),
            Err(error) => error.to_string(),
        };
        assert!(Instant::now() < deadline, "{path}: {said}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
