use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// How many connections break; then the line is good.
const BREAKS: u64 = 2;

/// When a connection breaks.
#[derive(Clone, Copy)]
pub(crate) enum Break {
    /// In the middle, once so many bytes went through it.
    After(u64),
    /// Before a piece of an upload that is not the first one on it.
    BetweenPieces,
}

/// Stands before a server and cuts connections.
pub(crate) struct Proxy {
    address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    broken: AtomicU64,
    passed: AtomicU64,
    over: AtomicBool,
}

impl Counts {
    fn may_break(&self) -> bool {
        self.broken.fetch_add(1, Ordering::Relaxed) < BREAKS
    }
}

impl Proxy {
    pub(crate) fn before(server: SocketAddr, when: Break) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if shared.over.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    // A connection that fails is what this is for.
                    let _ = carry(&client, server, when, &shared);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, counts }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn broken(&self) -> u64 {
        self.counts.broken.load(Ordering::Relaxed).min(BREAKS)
    }

    /// Bytes from clients to the server.
    pub(crate) fn passed(&self) -> u64 {
        self.counts.passed.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.counts.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn carry(
    mut client: &TcpStream,
    server: SocketAddr,
    when: Break,
    counts: &Counts,
) -> std::io::Result<()> {
    let mut upstream = TcpStream::connect(server)?;
    let mut answers = upstream.try_clone()?;
    let mut back = client.try_clone()?;
    thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    let mut buffer = vec![0; 64 * 1024];
    let mut passed = 0;
    let mut pieces = 0;
    loop {
        let read = client.read(&mut buffer)?;
        if read == 0 {
            return upstream.shutdown(Shutdown::Both);
        }
        if buffer.starts_with(b"PATCH ") {
            pieces += 1;
            if matches!(when, Break::BetweenPieces) && pieces > 1 && counts.may_break() {
                return upstream.shutdown(Shutdown::Both);
            }
        }
        upstream.write_all(&buffer[..read])?;
        passed += read as u64;
        counts.passed.fetch_add(read as u64, Ordering::Relaxed);
        if matches!(when, Break::After(limit) if passed > limit) && counts.may_break() {
            return upstream.shutdown(Shutdown::Both);
        }
    }
}
