use std::path::{Path, PathBuf};

/// Named volumes: folders that outlive the containers that use them, and the daemon.
#[derive(Debug)]
pub(super) struct Volumes {
    folder: PathBuf,
}

impl Volumes {
    pub(super) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder of a volume, `None` for a name that Docker would refuse.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let good = name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_alphanumeric());
        good.then(|| self.folder.join(name))
    }

    /// Makes the volume unless it is there.
    pub(super) fn ensure(&self, name: &str) -> std::io::Result<PathBuf> {
        let path = self
            .path(name)
            .ok_or_else(|| std::io::Error::other(format!("{name} is no name for a volume")))?;
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// The volume's folder, when there is such a volume.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        self.path(name).filter(|path| path.is_dir())
    }

    /// All names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// Removes a volume with what it holds; without effect when there is none.
    pub(super) fn remove(&self, name: &str) -> std::io::Result<()> {
        match self.find(name) {
            Some(path) => remove_folder(&path),
            None => Ok(()),
        }
    }
}

/// Removes a folder with everything in it; without effect when it is not there.
pub(super) fn remove_folder(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Volumes;

    #[test]
    fn a_name_cannot_lead_outside() {
        let volumes = Volumes::at("/volumes".into());
        assert!(volumes.path("ministack-rds-a_b.c-data").is_some());
        for name in ["", "..", "../x", "a/b", ".hidden"] {
            assert_eq!(volumes.path(name), None, "{name}");
        }
    }
}
