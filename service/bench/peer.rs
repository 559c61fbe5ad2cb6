//! The FastAPI application.

use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{BASE_URL, Stores, TOKEN, free_address, wire::Wire};

/// How long it may take to start.
const WITHIN: Duration = Duration::from_secs(60);

/// Two workers of it; dropping it ends them.
pub(crate) struct Peer {
    child: Child,
    /// Where its metrics go, as to an agent that is too busy to read them.
    _agent: UdpSocket,
    pub(crate) address: String,
    pub(crate) ready_after: Duration,
}

impl Peer {
    pub(crate) async fn start(python: &str, stores: &Stores) -> Self {
        let database = stores.database();
        let url = database.replacen("postgres://", "postgresql+asyncpg://", 1);
        let agent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let environment = environment(&url, stores, &agent);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/peer");
        let made = Command::new(python)
            .current_dir(folder)
            .args(["-c", "import asyncio, app\nasync def make():\n    async with app.engine.begin() as db:\n        await db.run_sync(app.Base.metadata.create_all)\nasyncio.run(make())"])
            .envs(environment.clone())
            .status()
            .expect("python runs");
        assert!(made.success(), "the peer's table cannot be made");
        let address = free_address();
        let port = address.rsplit(':').next().expect("has a port").to_owned();
        let began = Instant::now();
        let child = Command::new(python)
            .current_dir(folder)
            .args(["-m", "uvicorn", "app:app", "--workers", "2", "--access-log"])
            .args(["--host", "127.0.0.1", "--port", &port])
            .envs(environment.clone())
            .stdout(Stdio::null())
            .spawn()
            .expect("uvicorn starts");
        let mut wire = Wire::new(&address);
        while !wire
            .get("/healthz")
            .await
            .is_ok_and(|answer| answer.status == 200)
        {
            assert!(began.elapsed() < WITHIN, "the peer is not ready in time");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self {
            child,
            _agent: agent,
            address,
            ready_after: began.elapsed(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

fn environment(url: &str, stores: &Stores, agent: &UdpSocket) -> [(&'static str, String); 6] {
    let agent = agent.local_addr().expect("is bound");
    [
        ("STATSD_PORT", agent.port().to_string()),
        ("DATABASE_URL", url.to_owned()),
        ("REDIS_URL", stores.redis.url()),
        ("PUBLIC_BASE_URL", BASE_URL.to_owned()),
        ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
    ]
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The workers go with their parent only when it is told to stop, not when it is killed.
        for process in crate::processes::family(self.child.id()).into_iter().rev() {
            let pid = i32::try_from(process)
                .ok()
                .and_then(rustix::process::Pid::from_raw);
            if let Some(pid) = pid {
                // Fails only when it is gone already.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        let _ = self.child.wait();
    }
}
