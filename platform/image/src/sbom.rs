use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::ImageError;

/// The bill of materials of the package `root` in the workspace in `folder`: CycloneDX 1.6 in JSON, from `Cargo.lock`.
///
/// The same lock file gives the same bytes: no time, no serial number.
///
/// A lock file does not tell what a member is built with from what it is only tested with, so members' manifests are
/// read too, and what only tests use is left out. What only another platform uses is in it.
///
/// Written here in a few structs: the tools that make such documents run Cargo or need its caches, which are not there
/// where a released program is deployed, and put times and random numbers into them.
///
/// # Errors
/// [`ImageError::File`] and [`ImageError::Damaged`] where the lock file or a manifest cannot be read.
pub fn sbom(folder: &Path, root: &str) -> Result<Vec<u8>, ImageError> {
    let lock: Lock = read(&folder.join("Cargo.lock"))?;
    let members = members(folder)?;
    let packages = Packages::new(&lock);
    let reached = packages.reach(root, &members)?;
    let components = reached
        .iter()
        .filter(|(name, _)| name != root)
        .map(|id| packages.component(id))
        .collect();
    let dependencies = reached
        .iter()
        .map(|id| Dependency {
            reference: reference(id),
            depends_on: packages.uses(id, &members).iter().map(reference).collect(),
        })
        .collect();
    let top = reached
        .iter()
        .find(|(name, _)| name == root)
        .expect("whatever is reached begins with the root");
    let bom = Bom {
        bom_format: "CycloneDX",
        spec_version: "1.6",
        version: 1,
        metadata: Metadata {
            component: Component {
                kind: "application",
                ..packages.component(top)
            },
        },
        components,
        dependencies,
    };
    Ok(serde_json::to_vec(&bom).expect("a bill of materials is plain data"))
}

/// Name and version: what a lock file knows a package by, where no two sources carry the same.
type Id = (String, String);

struct Packages<'a> {
    by_id: BTreeMap<Id, &'a Package>,
    by_name: BTreeMap<&'a str, Vec<&'a Package>>,
}

impl<'a> Packages<'a> {
    fn new(lock: &'a Lock) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for package in &lock.package {
            by_name.entry(&package.name).or_default().push(package);
        }
        let by_id = lock
            .package
            .iter()
            .map(|package| (package.id(), package))
            .collect();
        Self { by_id, by_name }
    }

    fn reach(&self, root: &str, members: &Members) -> Result<BTreeSet<Id>, ImageError> {
        let mut left: Vec<Id> = match self.by_name.get(root).map(Vec::as_slice) {
            Some([package]) => vec![package.id()],
            _ => {
                return Err(ImageError::damaged(
                    "Cargo.lock",
                    format!("it names no package {root}"),
                ));
            }
        };
        let mut reached = BTreeSet::new();
        while let Some(id) = left.pop() {
            if reached.contains(&id) {
                continue;
            }
            left.extend(self.uses(&id, members));
            reached.insert(id);
        }
        Ok(reached)
    }

    fn uses(&self, id: &Id, members: &Members) -> Vec<Id> {
        let Some(package) = self.by_id.get(id) else {
            return Vec::new();
        };
        let built_with = package
            .source
            .is_none()
            .then(|| members.get(&package.name))
            .flatten();
        package
            .dependencies
            .iter()
            // `name`, `name version`, or with the source behind: as much as is needed to tell it apart.
            .filter_map(|text| {
                let mut words = text.split(' ');
                let name = words.next()?;
                if built_with.is_some_and(|names| !names.contains(name)) {
                    return None;
                }
                let version = words.next();
                self.by_name
                    .get(name)?
                    .iter()
                    .find(|package| version.is_none_or(|version| version == package.version))
                    .map(|package| package.id())
            })
            .collect()
    }

    fn component(&self, id: &Id) -> Component {
        let checksum = self
            .by_id
            .get(id)
            .and_then(|package| package.checksum.clone());
        Component {
            kind: "library",
            reference: reference(id),
            name: id.0.clone(),
            version: id.1.clone(),
            purl: reference(id),
            hashes: checksum
                .map(|content| Hash {
                    alg: "SHA-256",
                    content,
                })
                .into_iter()
                .collect(),
        }
    }
}

/// A package URL; build metadata (`+…`) has to be written in percent.
fn reference((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// What each member of the workspace is built with, by package name.
type Members = BTreeMap<String, BTreeSet<String>>;

fn members(folder: &Path) -> Result<Members, ImageError> {
    let workspace: WorkspaceManifest = read(&folder.join("Cargo.toml"))?;
    workspace
        .workspace
        .members
        .iter()
        .map(|member| {
            let manifest: MemberManifest = read(&folder.join(member).join("Cargo.toml"))?;
            let targets = manifest.target.into_values();
            let names = std::iter::once(manifest.dependencies)
                .chain(std::iter::once(manifest.build_dependencies))
                .chain(targets.map(|target| target.dependencies))
                .flat_map(|table| {
                    table
                        .into_iter()
                        .map(|(name, value)| match value.get("package") {
                            Some(toml::Value::String(package)) => package.clone(),
                            _ => name,
                        })
                });
            Ok((manifest.package.name, names.collect()))
        })
        .collect()
}

fn read<T: for<'de> Deserialize<'de>>(path: &PathBuf) -> Result<T, ImageError> {
    let text = fs::read_to_string(path).map_err(ImageError::file("read", path))?;
    toml::from_str(&text).map_err(|error| {
        ImageError::damaged(path.display().to_string(), error.message().to_owned())
    })
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Package {
    fn id(&self) -> Id {
        (self.name.clone(), self.version.clone())
    }
}

#[derive(Deserialize)]
struct WorkspaceManifest {
    workspace: WorkspaceTable,
}

#[derive(Deserialize)]
struct WorkspaceTable {
    members: Vec<String>,
}

#[derive(Deserialize)]
struct MemberManifest {
    package: PackageTable,
    #[serde(default)]
    dependencies: toml::Table,
    #[serde(default, rename = "build-dependencies")]
    build_dependencies: toml::Table,
    #[serde(default)]
    target: BTreeMap<String, TargetTable>,
}

#[derive(Deserialize)]
struct PackageTable {
    name: String,
}

#[derive(Deserialize)]
struct TargetTable {
    #[serde(default)]
    dependencies: toml::Table,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
}

#[derive(Serialize)]
struct Metadata {
    component: Component,
}

#[derive(Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: String,
    version: String,
    purl: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    depends_on: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_this_workspace() -> serde_json::Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let bytes = sbom(&folder, "bella-service").expect("made");
        assert_eq!(bytes, sbom(&folder, "bella-service").expect("made"));
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn it_names_what_the_service_is_built_with_and_not_what_tests_it() {
        let bom = of_this_workspace();
        let names: BTreeSet<_> = bom["components"]
            .as_array()
            .expect("components")
            .iter()
            .map(|component| component["name"].as_str().expect("a name"))
            .collect();
        for name in ["axum", "ring", "sqlx-postgres", "bella-domain"] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["bella-stores", "bella-image", "aws-sdk-ec2"] {
            assert!(!names.contains(name), "{name}");
        }
        assert_eq!(bom["metadata"]["component"]["name"], "bella-service");
    }

    #[test]
    fn every_reference_leads_to_a_component() {
        let bom = of_this_workspace();
        let references: BTreeSet<_> = bom["components"]
            .as_array()
            .expect("components")
            .iter()
            .chain([&bom["metadata"]["component"]])
            .map(|component| component["bom-ref"].as_str().expect("a reference"))
            .collect();
        for dependency in bom["dependencies"].as_array().expect("dependencies") {
            let uses = dependency["dependsOn"].as_array().expect("a list");
            for one in uses.iter().chain([&dependency["ref"]]) {
                assert!(references.contains(one.as_str().expect("a text")), "{one}");
            }
        }
    }
}
