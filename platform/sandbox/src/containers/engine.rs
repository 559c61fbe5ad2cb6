use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use super::address::Network;
use super::api::Exec;
use super::certificate::Authority;
use super::container::{Container, Surroundings};
use super::image::{Images, Kind};
use super::programs;
use super::servers::{Servers, data_root};
use super::spec::Spec;
use super::volumes::{Volumes, remove_folder};
use crate::error::SandboxError;
use crate::home::Home;
use crate::journal::Journal;
use crate::process::ProcessId;
use crate::record;

/// Name of the network that every container joins, whatever it asks for.
pub(crate) const NETWORK: &str = "bella";
/// Name of the container that the emulator takes itself for.
pub(crate) const EMULATOR: &str = "bella-emulator";

/// All containers of one instance of the sandbox, with what they are made from.
#[derive(Debug)]
pub(crate) struct Engine {
    root: PathBuf,
    pub(super) network: Network,
    pub(super) images: Images,
    pub(super) volumes: Volumes,
    pub(super) surroundings: Surroundings,
    pub(super) journal: Arc<Journal>,
    containers: Mutex<BTreeMap<String, Arc<Container>>>,
    /// Tasks that were stopped and serve until their load balancers let them go.
    pub(super) leaving: Mutex<Vec<Arc<Container>>>,
    /// Networks beside the one that all are in: names only.
    pub(super) networks: Mutex<BTreeSet<String>>,
    /// What the next server of a database begins with, by the database.
    pub(super) seeds: Mutex<BTreeMap<String, Seed>>,
    pub(super) execs: Mutex<BTreeMap<String, Arc<Exec>>>,
    count: AtomicU64,
}

/// Why a container was not made.
#[derive(Debug)]
pub(super) enum NotMade {
    NoImage,
    NameTaken,
    Failed(std::io::Error),
}

impl From<std::io::Error> for NotMade {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Engine {
    /// Prepares the folders of an instance; ends what processes an earlier daemon left running.
    ///
    /// `endpoint` is the gateway's URL, where tasks find AWS and images.
    pub(crate) async fn open(
        home: &Home,
        servers: Servers,
        endpoint: &str,
        journal: Arc<Journal>,
    ) -> Result<Arc<Self>, SandboxError> {
        let root = data_root(home);
        fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> SandboxError + use<> {
            SandboxError::file("prepare", path.to_owned())
        }
        for part in ["volumes", "containers", "images"] {
            let folder = root.join(part);
            std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
            open_to_all(&folder).map_err(failed(&folder))?;
        }
        open_to_all(&root).map_err(failed(&root))?;
        let ended = end_left_over(&root.join("containers"), &journal).await;
        ended.map_err(failed(&root))?;
        let network = Network::claim(home.root(), &home.networks()).map_err(SandboxError::Port)?;
        let tls = home.root().join("tls");
        let authority = Authority::open(&tls).map_err(failed(&tls))?;
        let registry = endpoint.trim_start_matches("http://").to_owned();
        Ok(Arc::new(Self {
            network,
            images: Images::new(root.join("images"), registry),
            volumes: Volumes::at(root.join("volumes")),
            surroundings: Surroundings {
                servers,
                root: root.clone(),
                authority: Arc::new(authority),
                endpoint: endpoint.to_owned(),
                targets: Arc::default(),
                starts: tokio::sync::watch::Sender::new(0),
            },
            root,
            journal,
            containers: Mutex::default(),
            leaving: Mutex::default(),
            networks: Mutex::new([NETWORK.to_owned()].into()),
            seeds: Mutex::default(),
            execs: Mutex::default(),
            count: AtomicU64::new(0),
        }))
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The certificate that clients of the servers are to trust.
    pub(crate) fn authority(&self) -> &Path {
        self.surroundings.authority.file()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Container>>> {
        self.containers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// All containers, oldest first.
    pub(super) fn all(&self) -> Vec<Arc<Container>> {
        let mut all: Vec<_> = self.lock().values().cloned().collect();
        all.sort_by_key(|container| container.created);
        all
    }

    /// The container of this id, start of an id, or name.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Container>> {
        let containers = self.lock();
        if let Some(found) = containers.get(name) {
            return Some(Arc::clone(found));
        }
        let name = name.trim_start_matches('/');
        let by_name = containers.values().find(|c| c.name == name);
        let by_start = || {
            let long = name.len() >= 8;
            containers.values().find(|c| long && c.id.starts_with(name))
        };
        by_name.or_else(by_start).cloned()
    }

    /// Makes a container, which does not run yet.
    pub(super) fn create(&self, name: &str, spec: Spec) -> Result<Arc<Container>, NotMade> {
        let image = self.images.find(&spec.image).ok_or(NotMade::NoImage)?;
        let seed = self.seed(&spec);
        for (volume, _) in spec.volumes() {
            self.volumes.ensure(&volume)?;
        }
        let id = self.new_id();
        let name = match name {
            "" => id[..12].to_owned(),
            name => name.to_owned(),
        };
        let mut containers = self.lock();
        if containers.values().any(|c| c.name == name) {
            return Err(NotMade::NameTaken);
        }
        let leaving = self.leaving();
        let beside = containers
            .values()
            .find(|container| spec.shares_network_of(&container.spec));
        let address = match beside {
            Some(container) => container.address,
            None => {
                let taken = containers.values().chain(&leaving).map(|c| c.address);
                self.free_address(&name, &taken.collect())?
            }
        };
        let folder = self.root.join("containers").join(&id);
        let mut container = Container::new(id, name, spec, image, address, folder)?;
        container.seed = seed;
        open_to_all(&container.folder)?;
        let container = Arc::new(container);
        containers.insert(container.id.clone(), Arc::clone(&container));
        Ok(container)
    }

    fn seed(&self, spec: &Spec) -> Option<Seed> {
        let label = |name| spec.label(name).unwrap_or_default();
        let database = Database {
            id: label("db_id"),
            account: label("account_id"),
            region: label("region"),
        };
        let mut seeds = self.seeds.lock().unwrap_or_else(PoisonError::into_inner);
        seeds.remove(&database.key())
    }

    fn free_address(&self, name: &str, taken: &BTreeSet<Ipv4Addr>) -> std::io::Result<Ipv4Addr> {
        let none = || std::io::Error::other("every address of the sandbox's network is taken");
        self.network.free(name, taken).ok_or_else(none)
    }

    /// Removes a container with its files; a running one is killed. Volumes stay.
    pub(super) async fn remove(&self, container: &Container) -> std::io::Result<()> {
        container.kill().await;
        remove_folder(&container.folder)?;
        self.lock().remove(&container.id);
        Ok(())
    }

    /// Takes a container out of what the API shows.
    pub(super) fn take_out(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Stops all containers and waits until they have ended.
    pub(crate) async fn stop_all(&self) {
        let mut stops = JoinSet::new();
        for container in self.all().into_iter().chain(self.leaving()) {
            stops.spawn(async move { container.stop(Duration::from_secs(5)).await });
        }
        while stops.join_next().await.is_some() {}
        for container in self.all().into_iter().chain(self.leaving()) {
            // What stays is ended and removed by the next start.
            let _ = self.remove(&container).await;
        }
    }

    /// 64 hex digits that no other container or command has.
    pub(super) fn new_id(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let seed = format!(
            "{}/{}/{count}/{}",
            self.root.display(),
            std::process::id(),
            jiff::Timestamp::now().as_nanosecond()
        );
        let digest = Sha256::digest(seed.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The database server of an RDS instance.
    pub(super) fn database(&self, database: &Database<'_>) -> Option<Arc<Container>> {
        self.all().into_iter().find(|container| {
            let label = |name| container.spec.label(name);
            label("ministack") == Some("rds")
                && label("db_id") == Some(database.id)
                && label("account_id") == Some(database.account)
                && label("region") == Some(database.region)
        })
    }

    /// True for a database server that has served before.
    pub(super) fn has_data(&self, container: &Container) -> bool {
        let folder = container.folder_of("/var/lib/postgresql", &self.root);
        matches!(container.image.kind, Kind::Postgres) && folder.join("data/PG_VERSION").exists()
    }

    /// Stops the server of an instance; its data stays.
    pub(crate) async fn stop_database(&self, database: &Database<'_>) {
        if let Some(container) = self.database(database) {
            container.stop(Duration::from_secs(10)).await;
        }
    }

    /// Starts the server of an instance again.
    pub(crate) async fn start_database(&self, database: &Database<'_>) {
        if let Some(container) = self.database(database) {
            container.start(self.surroundings.clone());
            container.serving().await;
        }
    }

    /// Volumes that hold the data of an instance.
    pub(crate) fn volumes_of(&self, database: &Database<'_>) -> Vec<String> {
        let found = self.database(database);
        let volumes = found.map(|container| container.spec.volumes());
        let names = volumes.into_iter().flatten().map(|(volume, _)| volume);
        names.collect()
    }

    /// Removes volumes with what they hold.
    pub(crate) fn remove_volumes(&self, names: &[String]) {
        for name in names {
            if let Err(error) = self.volumes.remove(name) {
                self.journal
                    .note(format_args!("volume {name} stays: {error}"));
            }
        }
    }

    /// Gives the master user of an instance another password.
    pub(crate) async fn set_password(&self, database: &Database<'_>, password: &str) {
        let Some(container) = self.database(database) else {
            return;
        };
        let Surroundings { servers, root, .. } = &self.surroundings;
        if let Err(error) = programs::set_password(servers, root, &container, password).await {
            let id = database.id;
            self.journal
                .note(format_args!("database {id} keeps its password: {error}"));
        }
    }

    /// URLs of the first database and the first cache that run.
    pub(crate) fn urls(&self) -> (Option<String>, Option<String>) {
        let all = self.all();
        let running = |service: &str| {
            let mut all = all.iter();
            let found = all.find(|c| c.is_running() && c.spec.label("ministack") == Some(service));
            found.cloned()
        };
        let postgres = running("rds").map(|c| {
            let user = c.spec.variable("POSTGRES_USER").unwrap_or("postgres");
            let database = c.spec.variable("POSTGRES_DB").unwrap_or(user);
            format!("postgres://{user}@{}:5432/{database}", c.address)
        });
        let redis = running("elasticache").map(|c| {
            let tls = c.spec.command().iter().any(|word| word == "--tls-port");
            let scheme = if tls { "rediss" } else { "redis" };
            format!("{scheme}://{}:6379", c.address)
        });
        (postgres, redis)
    }
}

/// An RDS instance, as the emulator's labels name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Database<'a> {
    pub(crate) id: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
}

impl Database<'_> {
    pub(super) fn key(&self) -> String {
        format!("{}/{}/{}", self.account, self.region, self.id)
    }
}

/// Data that a new database server begins with.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    pub(super) folder: PathBuf,
    /// Whether the folder goes once it was used.
    pub(super) once: bool,
}

/// Lets the users that servers run as pass through a folder, whatever the daemon's umask.
pub(super) fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711))
}

/// Ends the processes that an earlier daemon wrote down and removes their containers, which nothing knows any more.
async fn end_left_over(folder: &Path, journal: &Journal) -> std::io::Result<()> {
    /// A killed process that stays longer waits for a disk; its successor says what it lacks.
    const LIMIT: Duration = Duration::from_secs(5);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(process) = record::read::<ProcessId>(&path.join("process.json"))
            && process.is_alive()
        {
            journal.note(format_args!(
                "process {} is left over from a container of an earlier run: ended",
                process.pid
            ));
            process.kill_group();
            process.wait_gone(LIMIT).await;
        }
        remove_folder(&path)?;
    }
    Ok(())
}
