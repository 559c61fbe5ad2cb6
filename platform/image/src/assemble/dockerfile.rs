//! The `Dockerfile` says the same as what is assembled here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use flate2::read::GzDecoder;

use super::{Image, Libraries, Recipe, assemble};
use crate::{Architecture, BlobCache, Origin};

/// Instructions of a file's last stage by their names, continued lines joined.
fn last_stage(name: &str) -> BTreeMap<String, Vec<String>> {
    let mut stage: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text(name).replace("\\\n", " ").lines() {
        let Some((instruction, rest)) = line.trim().split_once(' ') else {
            continue;
        };
        if instruction == "FROM" {
            stage.clear();
        }
        if instruction != "#" {
            stage
                .entry(instruction.to_owned())
                .or_default()
                .push(rest.trim().to_owned());
        }
    }
    stage
}

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name);
    fs::read_to_string(path).expect(name)
}

fn list(text: &str) -> Vec<String> {
    serde_json::from_str(text).expect("in the form of a list")
}

fn assembled(cache: &BlobCache) -> Image {
    let program = std::env::current_exe().expect("a path");
    let host = Architecture::host().expect("tests run on amd64 or arm64");
    let recipe = Recipe {
        libraries: Libraries::FromThisMachine,
        ..Recipe::service(program, host, Origin::default())
    };
    assemble(&recipe, cache).expect("assembled")
}

struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("bella-image-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn it_runs_the_same_program_as_the_same_user() {
    let folder = Folder::new("process");
    let process = assembled(&BlobCache::at(&folder.0)).config.config;
    let stage = last_stage("Dockerfile");
    assert_eq!(stage["USER"][0], process.user);
    assert_eq!(list(&stage["ENTRYPOINT"][0]), process.entrypoint);
    assert_eq!(list(&stage["CMD"][0]), process.cmd);
    let ports: Vec<_> = process.exposed_ports.keys().cloned().collect();
    assert_eq!(stage["EXPOSE"], ports);
    assert_eq!(stage["ENV"], process.env);
    assert_eq!(stage["WORKDIR"], [process.working_dir]);
    assert_eq!(stage["STOPSIGNAL"][0], process.stop_signal);
    for label in process.labels.keys() {
        assert!(stage["LABEL"][0].contains(label.as_str()), "{label}");
    }
    let development = last_stage("Dockerfile.dev");
    assert_eq!(development["USER"][0], process.user);
    assert_eq!(list(&development["CMD"][0]), process.cmd);
    assert_eq!(development["EXPOSE"], ports);
    assert_eq!(development["STOPSIGNAL"][0], process.stop_signal);
}

#[test]
fn it_holds_the_same_files() {
    let folder = Folder::new("files");
    let cache = BlobCache::at(&folder.0);
    let image = assembled(&cache);
    // Configuration, base, this machine's libraries, which a static program does without, and the program.
    let [_, base, _, program] = image.blobs.as_slice() else {
        panic!("{} contents", image.blobs.len());
    };
    let mut held = BTreeSet::new();
    for layer in [base, program] {
        let path = cache.find(&layer.digest, None).expect("in the cache");
        let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(path).expect("open")));
        for entry in archive.entries().expect("an archive") {
            let entry = entry.expect("an entry");
            if entry.header().entry_type().is_file() {
                held.insert(entry.path().expect("a path").display().to_string());
            }
        }
    }
    let build = text("Dockerfile").replace("\\\n", " ");
    let mut copied = BTreeSet::new();
    for step in build.split("&&").map(str::trim) {
        let Some((sources, target)) = step
            .strip_prefix("cp ")
            .and_then(|step| step.lines().next()?.rsplit_once(" /image/"))
        else {
            continue;
        };
        for source in sources.split_whitespace() {
            let (folder, name) = source.rsplit_once('/').expect("a path");
            if name == "*" {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("../..")
                    .join(folder);
                for entry in fs::read_dir(folder).expect("a folder") {
                    let name = entry.expect("an entry").file_name();
                    copied.insert(format!("{target}{}", name.to_str().expect("utf-8")));
                }
            } else {
                copied.insert(format!("{target}{name}"));
            }
        }
    }
    assert_eq!(held, copied);
    assert!(build.contains("chmod 1777 /image/tmp"));
}

#[test]
fn whoever_composes_listens_where_the_image_does() {
    let compose = text("compose.yaml");
    assert!(compose.contains("BIND: 0.0.0.0:8000"));
    assert!(
        compose.contains("- 127.0.0.1:8000:8000"),
        "on loopback only"
    );
    assert!(compose.contains("dockerfile: Dockerfile.dev"));
}
