//! Redis.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::error::{StoreError, io};
use crate::server::{Server, folder, free_port};

/// How long it may take to read its data after a start.
const LOADED_WITHIN: Duration = Duration::from_secs(60);

/// A Redis (or Valkey) server of one's own, with an append-only file; see [`Server`] for what can be done to it.
#[derive(Debug)]
pub struct Redis {
    server: Server,
    folder: PathBuf,
}

impl Redis {
    /// Starts a server with an empty data folder. What it acknowledged survives its being killed.
    ///
    /// # Errors
    /// Neither `valkey-server` nor `redis-server` is installed, or it does not start.
    pub fn start() -> Result<Self, StoreError> {
        let program = ["valkey-server", "redis-server"]
            .into_iter()
            .find(|program| installed(program))
            .ok_or(StoreError::Missing {
                program: "redis-server",
                package: "redis-server",
            })?;
        let folder = folder("redis")?;
        let port = free_port()?;
        let dir = folder.to_string_lossy().into_owned();
        let port_text = port.to_string();
        let arguments = [
            ["--port", &port_text],
            ["--bind", "127.0.0.1"],
            ["--dir", &dir],
            ["--save", ""],
            ["--appendonly", "yes"],
            ["--appendfsync", "everysec"],
        ];
        let arguments = arguments.concat().into_iter().map(str::to_owned).collect();
        let mut server = Server::new(program, arguments, None, folder.join("log"), port);
        server.start()?;
        let redis = Self { server, folder };
        redis.has_loaded()?;
        Ok(redis)
    }

    /// Starts it again on its data and port, killed or not.
    ///
    /// # Errors
    /// It ends or does not answer within a minute.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.server.start()?;
        self.has_loaded()
    }

    /// Waits until it has read its data: it listens before, and refuses.
    fn has_loaded(&self) -> Result<(), StoreError> {
        let until = Instant::now() + LOADED_WITHIN;
        loop {
            let answer = self.ping();
            match answer {
                Ok(answer) if answer.starts_with("+PONG") => return Ok(()),
                Ok(answer) if Instant::now() > until => {
                    return Err(std::io::Error::other(answer)).map_err(io("waiting for Redis"));
                }
                Err(err) if Instant::now() > until => {
                    return Err(err).map_err(io("waiting for Redis"));
                }
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    fn ping(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()))?;
        stream.set_read_timeout(Some(LOADED_WITHIN))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        Ok(answer)
    }

    /// `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }
}

impl Deref for Redis {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl DerefMut for Redis {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.server
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.server.thaw();
        self.server.kill();
        // What cannot be removed is in the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}
