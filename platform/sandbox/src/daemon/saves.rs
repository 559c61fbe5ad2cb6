use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::SandboxError;
use crate::home::Home;
use crate::record;

/// The state of the emulator, in its own encoding.
const STATE: &str = "state.jsonl";
/// What rules remembered at the same moment, a document a rule, each as text.
const RULES: &str = "rules.json";
const OBJECTS: &str = "objects";

/// The newest whole generation of a home's saved state: what all of it was at one moment.
///
/// The emulator's launcher writes them; this reads.
#[derive(Debug)]
pub(super) struct Generation {
    folder: PathBuf,
}

impl Generation {
    /// `None` when nothing was ever saved.
    pub(super) fn newest(home: &Home) -> Option<Self> {
        let entries = fs::read_dir(home.saves()).ok()?;
        let numbered = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let number: u64 = entry.file_name().to_str()?.parse().ok()?;
            Some((number, entry.path()))
        });
        let (_, folder) = numbered.max()?;
        Some(Self { folder })
    }

    /// When it was saved.
    pub(super) fn saved_at(&self) -> Option<Timestamp> {
        let written = fs::metadata(self.folder.join(STATE))
            .ok()?
            .modified()
            .ok()?;
        Timestamp::try_from(written).ok()
    }
}

/// Puts rules' documents and S3's files back to what they were when the emulator's state was last saved, so that no
/// part is ahead of another; to nothing when it never was.
pub(super) fn restore(home: &Home) -> Result<(), SandboxError> {
    let generation = Generation::newest(home);
    let saved = generation.as_ref().map(|newest| newest.folder.join(RULES));
    let documents: BTreeMap<String, String> = saved
        .and_then(|path| record::read(&path))
        .unwrap_or_default();
    let rules = home.rules();
    emptied(&rules).map_err(SandboxError::file("empty", &rules))?;
    for (rule, document) in documents {
        let path = rules.join(format!("{rule}.json"));
        fs::write(&path, document).map_err(SandboxError::file("write", &path))?;
    }
    let objects = home.objects();
    emptied(&objects).map_err(SandboxError::file("empty", &objects))?;
    match generation {
        Some(newest) => linked(&newest.folder.join(OBJECTS), &objects)
            .map_err(SandboxError::file("fill", &objects)),
        None => Ok(()),
    }
}

/// Makes a folder, empty.
fn emptied(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder)
}

/// Fills a folder with hard links to another's files, which nobody writes into; the other may be absent.
fn linked(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            linked(&entry.path(), &target)?;
        } else {
            fs::hard_link(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Generation, restore};
    use crate::home::Home;

    /// A home with two generations and files that are ahead of both.
    fn home(name: &str) -> Home {
        let root = std::env::temp_dir().join(format!("bella-saves-{name}-{}", std::process::id()));
        let home = Home::at(&root, "/env").expect("absolute");
        for (number, text) in [("000009", "old"), ("000010", "new")] {
            let folder = home.saves().join(number);
            fs::create_dir_all(folder.join("objects/1/bucket")).expect("made");
            fs::write(folder.join("state.jsonl"), "").expect("written");
            fs::write(folder.join("objects/1/bucket/key"), text).expect("written");
            let rules = serde_json::json!({"nat": format!("[\"{text}\"]")});
            fs::write(folder.join("rules.json"), rules.to_string()).expect("written");
        }
        fs::create_dir_all(home.saves().join("partial-3")).expect("made");
        fs::create_dir_all(home.rules()).expect("made");
        fs::write(home.rules().join("later.json"), "{}").expect("written");
        fs::create_dir_all(home.objects().join("1/later")).expect("made");
        home
    }

    #[test]
    fn the_newest_whole_generation_comes_back_and_nothing_else() {
        let home = home("newest");
        restore(&home).expect("restored");
        let text = |path: std::path::PathBuf| fs::read_to_string(path).ok();
        assert_eq!(
            text(home.rules().join("nat.json")).as_deref(),
            Some("[\"new\"]")
        );
        assert_eq!(text(home.rules().join("later.json")), None);
        let key = home.objects().join("1/bucket/key");
        assert_eq!(text(key.clone()).as_deref(), Some("new"));
        assert!(!home.objects().join("1/later").exists());
        // An object is replaced, never written into, so the generation keeps its own.
        fs::write(home.root().join("next"), "next").expect("written");
        fs::rename(home.root().join("next"), &key).expect("replaced");
        restore(&home).expect("restored");
        assert_eq!(text(key).as_deref(), Some("new"));
        assert!(Generation::newest(&home).is_some_and(|newest| newest.saved_at().is_some()));
        fs::remove_dir_all(home.root()).expect("removed");
    }

    #[test]
    fn nothing_saved_is_nothing_restored() {
        let home = home("nothing");
        fs::remove_dir_all(home.saves()).expect("removed");
        restore(&home).expect("restored");
        assert_eq!(fs::read_dir(home.rules()).expect("there").count(), 0);
        assert_eq!(fs::read_dir(home.objects()).expect("there").count(), 0);
        fs::remove_dir_all(home.root()).expect("removed");
    }
}
