use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bella_aws::clients::Access;

use crate::python::environment;

/// The version that is the second opinion, and names its folder.
const VERSION: &str = "5.2.5";
/// moto with what it needs, each at one version.
const PINS: &str = include_str!("moto.txt");
const SERVER: &str = include_str!("moto_server.py");
const START_LIMIT: Duration = Duration::from_secs(60);

/// A moto server of a test's own on a free port, installed once into the folder that tests may keep things in; it
/// ends when dropped.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    endpoint: String,
}

impl Moto {
    /// Installs moto where it is missing, starts it and waits until it answers.
    ///
    /// # Panics
    /// `python3` with `venv` or the package registry is missing, or it does not come up.
    #[must_use]
    pub fn start() -> Self {
        let folder = environment(&format!("moto-{VERSION}"), PINS);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = port.expect("there is a free port").port();
        let mut command = Command::new(folder.join("bin/python"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("AWS_") || text.starts_with("MOTO_") {
                command.env_remove(&name);
            }
        }
        let server = command
            .args(["-c", SERVER, "-H", "127.0.0.1", "-p", &port.to_string()])
            // Services get their tasks, certificates their validation, and roles may have AWS's own policies.
            .env("MOTO_ECS_SERVICE_RUNNING", "1")
            .env("MOTO_ACM_VALIDATION_WAIT", "1")
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let moto = Self {
            server: server.expect("moto starts"),
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        moto.wait(port);
        moto
    }

    /// How clients reach it.
    #[must_use]
    pub fn access(&self) -> Access {
        Access {
            region: "ca-central-1".to_owned(),
            profile: None,
            endpoint_url: Some(self.endpoint.clone()),
            dummy_credentials: true,
        }
    }

    fn wait(&self, port: u16) {
        let deadline = Instant::now() + START_LIMIT;
        while !answers(port) {
            assert!(
                Instant::now() < deadline,
                "moto does not answer on port {port}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It holds nothing that outlives it.
        let _ended = self.server.kill();
        let _reaped = self.server.wait();
    }
}

fn answers(port: u16) -> bool {
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /moto-api/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(12).read_to_string(&mut answer)?;
        Ok(answer)
    };
    asked().is_ok_and(|answer| answer.starts_with("HTTP/1.") && answer.ends_with("200"))
}
