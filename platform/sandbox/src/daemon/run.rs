use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::docker::Docker;
use super::emulator::Emulator;
use super::ports;
use super::saver::Saver;
use super::saves;
use crate::containers::{Engine, Mode, Servers};
use crate::error::SandboxError;
use crate::gateway::{Gateway, Upstream};
use crate::home::Home;
use crate::journal::Journal;
use crate::memory;
use crate::process::ProcessId;
use crate::record::{self, CleanStop, Ports, Record};
use crate::status::Restored;

/// Serves one instance until SIGTERM or SIGINT, then saves and returns.
///
/// This is the body of the daemon's process, which [`crate::up`] starts; it returns an error when another daemon
/// already serves the home.
pub async fn serve(home: &Home) -> Result<(), SandboxError> {
    let journal = Arc::new(Journal::open(home.log())?);
    let outcome = Daemon::start(home, Arc::clone(&journal)).await;
    let outcome = match outcome {
        Ok(daemon) => daemon.run().await,
        Err(error) => Err(error),
    };
    if let Err(error) = &outcome {
        journal.note(format_args!("the daemon ends: {error}"));
    }
    outcome
}

struct Daemon {
    home: Home,
    journal: Arc<Journal>,
    emulator: Emulator,
    docker: Docker,
    engine: Option<Arc<Engine>>,
    gateway: Arc<Gateway>,
    record: Mutex<Record>,
    signals: Signals,
}

impl Daemon {
    async fn start(home: &Home, journal: Arc<Journal>) -> Result<Self, SandboxError> {
        // First of all: from here a signal means "save and stop", never sudden death.
        let signals =
            Signals::listen().map_err(SandboxError::file("handle signals for", home.root()))?;
        for folder in [home.saves(), home.state(), home.temporary()] {
            std::fs::create_dir_all(&folder).map_err(SandboxError::file("create", &folder))?;
        }
        let previous: Option<Record> = record::read(&home.record());
        if let Some(other) = previous.as_ref().filter(|p| p.daemon.is_alive()) {
            return Err(SandboxError::AlreadyServed {
                pid: other.daemon.pid,
            });
        }
        saves::restore(home)?;
        let (listener, balancers, chosen) = choose_ports(home)?;
        let address = listener.local_addr().map_err(SandboxError::Port)?;
        let endpoint = format!("http://{address}");
        let engine = match Mode::from_env() {
            Mode::Records => None,
            Mode::Real => {
                let servers = Servers::at(home.servers());
                let opened = Engine::open(home, servers, &endpoint, Arc::clone(&journal));
                Some(opened.await?)
            }
        };
        let docker = Docker::start(home.docker_socket(), engine.clone())?;
        let (upstream, upstream_now) = watch::channel(Upstream::Starting);
        let emulator = Emulator {
            home: home.clone(),
            docker_url: docker.url(),
            real: engine.is_some(),
            port: chosen.emulator,
            journal: Arc::clone(&journal),
            upstream,
        };
        let unclean = previous.is_some() && !home.clean_stop().exists();
        let restored = unclean.then(|| Restored {
            saved_at: emulator.saved_at(),
        });
        let record = Record {
            daemon: this_process(home)?,
            emulator: None,
            endpoint,
            started: Timestamp::now(),
            restored,
        };
        journal.note(format_args!(
            "daemon started: process {}, endpoint {}, containers at {} {}",
            record.daemon.pid,
            record.endpoint,
            docker.path().display(),
            if engine.is_some() {
                "run"
            } else {
                "are refused"
            }
        ));
        if let Some(restored) = &record.restored {
            journal.note(restored);
        }
        let gateway = Gateway::new(
            home,
            chosen.gateway,
            balancers.local_addr().map_err(SandboxError::Port)?,
            upstream_now,
            engine.clone(),
            Arc::clone(&journal),
        )?;
        tokio::spawn(Arc::clone(&gateway.balancer).serve(balancers));
        tokio::spawn(Arc::clone(&gateway.balancer).watch());
        let (emulator_client, store) = (gateway.emulator.clone(), Arc::clone(&gateway.store));
        tokio::spawn(memory::watch(emulator_client, store, engine.clone()));
        tokio::spawn(Arc::clone(&gateway).serve(listener));
        Ok(Self {
            home: home.clone(),
            journal,
            emulator,
            docker,
            engine,
            gateway,
            record: Mutex::new(record),
            signals,
        })
    }

    /// Keeps the emulator running until a signal comes.
    async fn run(mut self) -> Result<(), SandboxError> {
        let mut pause = Duration::from_millis(100);
        loop {
            let began = Instant::now();
            // Another program may have taken the port since it was chosen.
            self.emulator.port = ports::free(self.emulator.port)?;
            let (mut child, id) = self.emulator.start()?;
            self.write_record(|record| record.emulator = Some(id.clone()))?;
            match remove_marker(&self.home) {
                Ok(()) => {}
                Err(error) => {
                    self.emulator.stop(child, &id).await;
                    return Err(error);
                }
            }
            let saver = Saver::of(&mut child, &self.gateway, &self.journal);
            let signal = tokio::select! {
                name = self.signals.next() => Some(name),
                () = ended(&self.emulator, &mut child, saver) => None,
            };
            if let Some(name) = signal {
                self.journal
                    .note(format_args!("{name}: saving and stopping"));
                return self.finish(child, &id).await;
            }
            self.emulator.upstream.send_replace(Upstream::Starting);
            let how = child
                .wait()
                .await
                .map_or_else(|e| e.to_string(), |status| status.to_string());
            self.emulator.note_last_words(&format!(
                "the emulator ended by itself ({how}); restarting it"
            ));
            self.fall_back().await?;
            let saved_at = self.emulator.saved_at();
            self.write_record(|record| {
                record.emulator = None;
                record.restored = Some(Restored { saved_at });
            })?;
            if began.elapsed() > Duration::from_secs(60) {
                pause = Duration::from_millis(100);
            }
            tokio::select! {
                name = self.signals.next() => {
                    self.journal.note(format_args!("{name} while the emulator was down: stopping"));
                    return self.leave(false);
                }
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// What rules remember, and the files of S3, go back to the moment that the next emulator loads.
    async fn fall_back(&self) -> Result<(), SandboxError> {
        // Calls that wait for the emulator go on afterwards; one that waits now is waited for no longer.
        let _still = self.gateway.quiet.still(Duration::from_millis(200)).await;
        saves::restore(&self.home)?;
        self.gateway.store.reload();
        Ok(())
    }

    async fn finish(self, child: Child, id: &ProcessId) -> Result<(), SandboxError> {
        let saved = self.emulator.stop(child, id).await;
        if let Some(engine) = &self.engine {
            engine.stop_all().await;
        }
        self.leave(saved)
    }

    fn leave(self, saved: bool) -> Result<(), SandboxError> {
        // Best effort: the next run replaces it anyway.
        let _ = std::fs::remove_file(self.docker.path());
        if saved {
            record::write(
                &self.home.clean_stop(),
                &CleanStop {
                    at: Timestamp::now(),
                },
            )?;
        }
        self.journal.note(if saved {
            "daemon stopped cleanly"
        } else {
            "daemon stopped without a save"
        });
        Ok(())
    }

    fn write_record(&self, change: impl FnOnce(&mut Record)) -> Result<(), SandboxError> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut record);
        record::write(&self.home.record(), &*record)
    }
}

/// Listens on the gateway's port and picks the emulator's: those of the last run where they are free.
fn choose_ports(home: &Home) -> Result<(TcpListener, TcpListener, Ports), SandboxError> {
    let old: Ports = record::read(&home.ports()).unwrap_or_default();
    let listener = ports::listen(old.gateway)?;
    let balancers = ports::listen(old.balancer)?;
    let port = |of: &TcpListener| of.local_addr().map(|address| address.port());
    let chosen = Ports {
        gateway: port(&listener).map_err(SandboxError::Port)?,
        emulator: ports::free(old.emulator)?,
        balancer: port(&balancers).map_err(SandboxError::Port)?,
    };
    record::write(&home.ports(), &chosen)?;
    Ok((listener, balancers, chosen))
}

/// Returns when the emulator is gone, having told the gateway in between when it answered, and had it saved.
async fn ended(emulator: &Emulator, child: &mut Child, saver: Option<Saver>) {
    if emulator.wait_ready(child).await {
        let saving = async {
            match saver {
                Some(saver) => saver.run().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // An error here can only mean that there is no child left to wait for.
            _ = child.wait() => {}
            () = saving => {}
        }
    }
}

/// From the moment the emulator runs, only a save makes the stop a clean one.
fn remove_marker(home: &Home) -> Result<(), SandboxError> {
    match std::fs::remove_file(home.clean_stop()) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(SandboxError::file("remove", home.clean_stop())(source))
        }
        _ => Ok(()),
    }
}

fn this_process(home: &Home) -> Result<ProcessId, SandboxError> {
    ProcessId::of(std::process::id()).ok_or_else(|| SandboxError::Start {
        reason: "the daemon cannot see its own process (neither /proc nor ps answers)".to_owned(),
        log: home.log(),
    })
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Listened to so that a closed terminal does not end the daemon.
    hangup: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return "SIGTERM",
                _ = self.interrupt.recv() => return "SIGINT",
                _ = self.hangup.recv() => {}
            }
        }
    }
}
