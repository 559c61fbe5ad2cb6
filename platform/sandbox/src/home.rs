use std::env;
use std::path::{Path, PathBuf};

use crate::containers::shared;
use crate::error::SandboxError;
use crate::python::{SERVER_PINS, pins_hash};

/// Unix socket addresses hold 104 bytes on macOS and 108 on Linux, terminator included.
const SOCKET_PATH_MAX: usize = 100;

/// Where one instance of the sandbox keeps its state, and where the parts all instances share are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
    environment: PathBuf,
}

impl Home {
    /// The home the user's environment asks for.
    ///
    /// Instance: `BELLA_SANDBOX_DIR`, else `bella/sandbox` in the user's cache folder. Shared parts:
    /// `BELLA_SANDBOX_ENV`, else `bella/env-<hash of the pinned versions>` in the user's cache folder.
    pub fn from_env() -> Result<Self, SandboxError> {
        let path = |name: &str| {
            env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let cache = path("XDG_CACHE_HOME")
            .filter(|p| p.is_absolute())
            .or_else(|| path("HOME").map(|home| home.join(".cache")))
            .map(|cache| cache.join("bella"));
        let root = path("BELLA_SANDBOX_DIR").or_else(|| cache.as_ref().map(|c| c.join("sandbox")));
        let environment =
            path("BELLA_SANDBOX_ENV").or_else(|| cache.map(|c| c.join(environment_name())));
        match (root, environment) {
            (Some(root), Some(environment)) => Self::at(root, environment),
            (Some(root), None) => {
                let environment = root.join(environment_name());
                Self::at(root, environment)
            }
            _ => Err(SandboxError::NoHome),
        }
    }

    /// A home in given folders; relative ones are taken from the current folder.
    pub fn at(root: impl AsRef<Path>, environment: impl AsRef<Path>) -> Result<Self, SandboxError> {
        let absolute =
            |path: &Path| std::path::absolute(path).map_err(SandboxError::file("resolve", path));
        Ok(Self {
            root: absolute(root.as_ref())?,
            environment: absolute(environment.as_ref())?,
        })
    }

    /// The instance's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of installed parts, shared by instances.
    pub fn environment(&self) -> &Path {
        &self.environment
    }

    /// The daemon's own log: starts, stops, and what became of the emulator.
    pub fn log(&self) -> PathBuf {
        self.root.join("log/daemon.log")
    }

    /// The emulator's output.
    pub fn emulator_log(&self) -> PathBuf {
        self.root.join("log/emulator.log")
    }

    /// Every AWS call of this run, one JSON object a line.
    pub fn calls(&self) -> PathBuf {
        self.root.join("calls.jsonl")
    }

    /// Makes the folder this home's, unless it already is; one that holds other things is refused, as `reset` deletes.
    pub(crate) fn claim(&self) -> Result<(), SandboxError> {
        if self.mark().exists() {
            return Ok(());
        }
        let create = SandboxError::file("create", &self.root);
        std::fs::create_dir_all(&self.root).map_err(create)?;
        let mut entries =
            std::fs::read_dir(&self.root).map_err(SandboxError::file("read", &self.root))?;
        if entries.next().is_some() && !self.is_claimed() {
            return Err(SandboxError::OtherFolder {
                path: self.root.clone(),
            });
        }
        let mark = self.mark();
        std::fs::write(&mark, b"").map_err(SandboxError::file("write", &mark))
    }

    /// True when a sandbox lives here: by its mark, or by a daemon's record.
    pub(crate) fn is_claimed(&self) -> bool {
        self.mark().exists() || self.record().exists()
    }

    fn mark(&self) -> PathBuf {
        self.root.join(".bella-sandbox")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.root.join("daemon.json")
    }

    pub(crate) fn ports(&self) -> PathBuf {
        self.root.join("ports.json")
    }

    pub(crate) fn clean_stop(&self) -> PathBuf {
        self.root.join("clean-stop.json")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Whole generations of saved state, by number.
    pub(crate) fn saves(&self) -> PathBuf {
        self.root.join("saves")
    }

    /// The program that runs the emulator and saves it.
    pub(crate) fn launcher(&self) -> PathBuf {
        self.root.join("emulator.py")
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    pub(crate) fn rules(&self) -> PathBuf {
        self.root.join("rules")
    }

    pub(crate) fn temper(&self) -> PathBuf {
        self.root.join("temper.json")
    }

    pub(crate) fn clock(&self) -> PathBuf {
        self.root.join("clock.json")
    }

    /// The installed server programs and the emulator's Docker client, shared by instances as the environment is.
    pub(crate) fn servers(&self) -> PathBuf {
        let name = format!("servers-{}", short_hash(SERVER_PINS));
        shared(self.environment.with_file_name(name))
    }

    /// Who had which part of the loopback network last, shared by instances.
    pub(crate) fn networks(&self) -> PathBuf {
        self.environment.with_file_name("networks")
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The Docker socket given to the emulator; in the temp folder, owned by this home's hash, when the home is too
    /// deep for a socket address.
    pub(crate) fn docker_socket(&self) -> PathBuf {
        let inside = self.root.join("docker.sock");
        if inside.as_os_str().len() <= SOCKET_PATH_MAX {
            return inside;
        }
        let name = format!("bella-{}.sock", short_hash(&self.root.to_string_lossy()));
        let temporary = env::temp_dir().join(&name);
        if temporary.as_os_str().len() <= SOCKET_PATH_MAX {
            temporary
        } else {
            Path::new("/tmp").join(name)
        }
    }
}

/// The first twelve hex digits of SHA-256.
pub(crate) fn short_hash(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes())
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn environment_name() -> String {
    format!("env-{}", pins_hash())
}

#[cfg(test)]
mod tests {
    use super::Home;

    #[test]
    fn a_folder_with_other_things_is_left_alone() {
        let root = std::env::temp_dir().join(format!("bella-claim-{}", std::process::id()));
        let home = Home::at(&root, "/env").expect("absolute");
        home.claim().expect("a new folder");
        home.claim().expect("its own folder");
        std::fs::remove_file(root.join(".bella-sandbox")).expect("removed");
        std::fs::write(root.join("letter"), "dear").expect("written");
        let refusal = home.claim().map_err(|e| e.to_string());
        std::fs::remove_dir_all(&root).expect("removed");
        let expected = format!("{} holds other things than a sandbox", root.display());
        assert!(refusal.is_err_and(|text| text.starts_with(&expected)));
    }

    #[test]
    fn a_deep_home_gets_a_short_socket() {
        let deep = format!("/{}", "deep/".repeat(30));
        let home = Home::at(&deep, "/env").expect("absolute");
        let socket = home.docker_socket();
        assert!(socket.as_os_str().len() <= 100, "{}", socket.display());
        let shallow = Home::at("/home/x", "/env").expect("absolute");
        assert_eq!(
            shallow.docker_socket().to_str(),
            Some("/home/x/docker.sock")
        );
    }
}
