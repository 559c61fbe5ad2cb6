use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder of a test's own and, in it, a registry of its own; both gone with it.
pub(crate) struct Bed {
    pub(crate) folder: PathBuf,
    address: SocketAddr,
    server: Child,
}

impl Bed {
    /// A registry that lets everybody in.
    pub(crate) fn open() -> Self {
        Self::start("")
    }

    /// A registry that asks for the user `AWS` and the password `secret`, as Amazon's does.
    pub(crate) fn with_password() -> Self {
        // bcrypt, which is all that the registry reads: `htpasswd -nbB AWS secret`.
        Self::start("auth: {htpasswd: {realm: test, path: FOLDER/htpasswd}}\n")
    }

    fn start(auth: &str) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("bella-image-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("temp folder");
        fs::write(folder.join("htpasswd"), HTPASSWD).expect("passwords");
        // Another process may take the port between its choice and its use.
        for _ in 0..5 {
            let address = free_address();
            let config = format!(
                "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: FOLDER/registry}}, delete: {{enabled: true}}}}\nhttp: {{addr: '{address}'}}\n{auth}"
            )
            .replace("FOLDER", folder.to_str().expect("utf-8"));
            fs::write(folder.join("registry.yml"), config).expect("configuration");
            let mut server = Command::new("docker-registry")
                .arg("serve")
                .arg(folder.join("registry.yml"))
                .stdout(Stdio::null())
                .stderr(fs::File::create(folder.join("registry.log")).expect("log"))
                .spawn()
                .expect("docker-registry; scripts/test installs it");
            if answers(&mut server, address) {
                return Self {
                    folder,
                    address,
                    server,
                };
            }
        }
        panic!(
            "docker-registry does not start: {}",
            fs::read_to_string(folder.join("registry.log")).unwrap_or_default()
        );
    }

    /// `127.0.0.1:port/name`.
    pub(crate) fn reference(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs a program in the folder and returns what it printed; it has to succeed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        run(&self.folder, program, arguments)
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; scripts/test installs it"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("utf-8")
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// Until the registry answers; `false` when it ended instead.
fn answers(server: &mut Child, address: SocketAddr) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if server.try_wait().expect("state of the registry").is_some() {
            return false;
        }
        if status(address).is_ok_and(|line| line.starts_with("HTTP/1.1 ")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn status(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /v2/ HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

const HTPASSWD: &str = "AWS:$2a$04$OZK8qrpPMCizP2rrH8QHqeSKRk6VD1vDEyY1mecHztdpVSEvLCZbi\n";
