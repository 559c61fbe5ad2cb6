use std::fs;
use std::path::{Path, PathBuf};

use bella_image::{
    Architecture, BlobCache, Credentials, Image, ImageError, Libraries, Origin, Recipe, assemble,
    platforms, pull, push, sbom,
};

use crate::bed::{Bed, run};
use crate::proxy::{Break, Proxy};

/// A program for this machine that every system has.
pub(crate) fn recipe(program: &Path) -> Recipe {
    let origin = Origin {
        version: "1.2.3".to_owned(),
        revision: Some("0123abc".to_owned()),
        source: Some("https://example.org/bella.git".to_owned()),
        created: "2026-11-23T00:00:00Z".parse().ok(),
    };
    Recipe {
        libraries: Libraries::FromThisMachine,
        ..Recipe::service(program.to_owned(), host(), origin)
    }
}

fn host() -> Architecture {
    Architecture::host().expect("tests run on amd64 or arm64")
}

/// The test itself is a program.
fn program() -> PathBuf {
    std::env::current_exe().expect("a path")
}

/// A static program for the other processor: an ELF header and nothing that could run here.
fn foreign_program(folder: &Path) -> (PathBuf, Architecture) {
    let other = match host() {
        Architecture::Amd64 => Architecture::Arm64,
        Architecture::Arm64 => Architecture::Amd64,
    };
    let mut header = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
    header.resize(16, 0);
    let machine: u16 = match other {
        Architecture::Amd64 => 62,
        Architecture::Arm64 => 183,
    };
    header.extend(2_u16.to_le_bytes());
    header.extend(machine.to_le_bytes());
    header.extend(1_u32.to_le_bytes());
    header.extend(0_u64.to_le_bytes());
    header.extend(0_u64.to_le_bytes());
    header.extend(0_u64.to_le_bytes());
    header.extend(0_u32.to_le_bytes());
    for field in [64_u16, 56, 0, 64, 0, 0] {
        header.extend(field.to_le_bytes());
    }
    let path = folder.join("foreign");
    fs::write(&path, header).expect("written");
    (path, other)
}

fn image(bed: &Bed, cache: &BlobCache) -> Image {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let sbom = sbom(&workspace, "bella-service").expect("a bill of materials");
    fs::write(bed.folder.join("sbom.json"), &sbom).expect("written");
    assemble(&recipe(&program()), cache)
        .and_then(|image| image.with_sbom(&sbom, cache))
        .expect("assembled")
}

fn inspect(bed: &Bed, reference: &str, options: &[&str]) -> serde_json::Value {
    let target = format!("docker://{reference}");
    let mut arguments = vec!["inspect", "--tls-verify=false"];
    arguments.extend(options);
    arguments.push(&target);
    serde_json::from_str(&bed.run("skopeo", &arguments)).expect("JSON")
}

#[test]
fn the_same_program_gives_the_same_digest_in_two_folders() {
    let bed = Bed::open();
    let folders = ["one", "two/deeper"].map(|name| {
        let folder = bed.folder.join(name);
        fs::create_dir_all(&folder).expect("folder");
        fs::copy(program(), folder.join("program")).expect("copied");
        folder
    });
    let digests = folders.map(|folder| {
        let cache = BlobCache::at(folder.join("cache"));
        let image = assemble(&recipe(&folder.join("program")), &cache).expect("assembled");
        image.digest().clone()
    });
    assert_eq!(digests[0], digests[1]);
}

#[tokio::test]
async fn others_read_what_was_pushed() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = image(&bed, &cache);
    let reference = bed.reference("team/service:1.2.3");
    let pushed = push(&reference, &Credentials::Anonymous, &[image], &cache)
        .await
        .expect("pushed");
    let shown = inspect(&bed, &reference, &[]);
    assert_eq!(shown["Digest"], pushed.digest.as_str());
    assert_eq!(shown["Architecture"], host().oci());
    let config = inspect(&bed, &reference, &["--config"]);
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/bin/bella-service");
    assert_eq!(config["config"]["Cmd"][0], "serve");
    assert!(config["config"]["ExposedPorts"]["8000/tcp"].is_object());
    let labels = &config["config"]["Labels"];
    assert_eq!(labels["org.opencontainers.image.revision"], "0123abc");
    assert_eq!(labels["org.opencontainers.image.version"], "1.2.3");
    assert_eq!(config["created"], "2026-11-23T00:00:00Z");

    let source = format!("docker://{reference}");
    bed.run(
        "skopeo",
        &[
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            &source,
            "oci:back:it",
        ],
    );
    bed.run(
        "umoci",
        &["unpack", "--rootless", "--image", "back:it", "bundle"],
    );
    let theirs = bed.folder.join("bundle/rootfs");
    let ours = bed.folder.join("ours");
    pull(&reference, &Credentials::Anonymous, host(), &cache, &ours)
        .await
        .expect("pulled");
    run(
        &bed.folder,
        "diff",
        &["--recursive", "--brief", "bundle/rootfs", "ours"],
    );
    let read = |path: &str| fs::read_to_string(theirs.join(path)).expect(path);
    assert!(read("etc/passwd").contains("bella:x:65532:65532:"));
    assert!(read("etc/ssl/certs/rds-global.pem").contains("Amazon RDS"));
    assert!(
        read("etc/ssl/certs/ca-certificates.crt")
            .matches("BEGIN CERTIFICATE")
            .count()
            > 100
    );
    assert_eq!(
        fs::read(theirs.join("usr/bin/bella-service")).expect("program"),
        fs::read(program()).expect("program")
    );
}

#[tokio::test]
async fn nothing_is_sent_twice() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = image(&bed, &cache);
    let everybody = Credentials::Anonymous;
    let first = push(
        &bed.reference("service:1"),
        &everybody,
        std::slice::from_ref(&image),
        &cache,
    )
    .await
    .expect("pushed");
    assert!(first.sent > 0);
    assert_eq!(first.held, 0);
    let again = push(
        &bed.reference("service:1"),
        &everybody,
        std::slice::from_ref(&image),
        &cache,
    )
    .await
    .expect("pushed");
    assert_eq!((again.sent, again.held), (0, first.sent));
    assert_eq!(again.digest, first.digest);
    // Another version of the program: the layer below it is there already.
    let changed = bed.folder.join("changed");
    let mut bytes = fs::read(program()).expect("program");
    bytes.extend(b"changed");
    fs::write(&changed, bytes).expect("written");
    let image = assemble(&recipe(&changed), &cache).expect("assembled");
    let third = push(&bed.reference("service:2"), &everybody, &[image], &cache)
        .await
        .expect("pushed");
    assert!(third.held > 100_000, "{third:?}");
    assert!(third.sent > 0, "{third:?}");
}

#[tokio::test]
async fn a_bill_of_materials_is_found_by_the_images_digest() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = image(&bed, &cache);
    let digest = image.digest().clone();
    let pushed = push(
        &bed.reference("service:1"),
        &Credentials::Anonymous,
        &[image],
        &cache,
    )
    .await
    .expect("pushed");
    // Debian's registry is older than the interface for this; readers look for the tag.
    assert!(!pushed.listed_by_registry);
    let tag = digest.as_str().replace(':', "-");
    let listed = inspect(&bed, &bed.reference(&format!("service:{tag}")), &["--raw"]);
    let entry = &listed["manifests"][0];
    assert_eq!(entry["artifactType"], "application/vnd.cyclonedx+json");
    let found = entry["digest"].as_str().expect("a digest");
    let artifact = inspect(
        &bed,
        &bed.reference(&format!("service@{found}")),
        &["--raw"],
    );
    assert_eq!(artifact["subject"]["digest"], digest.as_str());
    let layer = artifact["layers"][0]["digest"].as_str().expect("a digest");
    let sbom = fs::read(bed.folder.join("sbom.json")).expect("sbom");
    assert_eq!(layer, bella_image::Digest::of(&sbom).as_str());
    // A second push lists it once.
    let again = assemble(&recipe(&program()), &cache)
        .and_then(|image| image.with_sbom(&sbom, &cache))
        .expect("assembled");
    push(
        &bed.reference("service:1"),
        &Credentials::Anonymous,
        &[again],
        &cache,
    )
    .await
    .expect("pushed");
    let listed = inspect(&bed, &bed.reference(&format!("service:{tag}")), &["--raw"]);
    assert_eq!(listed["manifests"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_index_names_the_image_for_each_processor() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let (foreign, other) = foreign_program(&bed.folder);
    let mine = assemble(&recipe(&program()), &cache).expect("assembled");
    let theirs = Recipe {
        architecture: other,
        ..recipe(&foreign)
    };
    let theirs = assemble(&theirs, &cache).expect("assembled");
    let reference = bed.reference("service:both");
    let credentials = Credentials::Anonymous;
    let images = [theirs.clone(), mine.clone()];
    let pushed = push(&reference, &credentials, &images, &cache)
        .await
        .expect("pushed");
    let index = inspect(&bed, &reference, &["--raw"]);
    assert_eq!(
        index["mediaType"],
        "application/vnd.oci.image.index.v1+json"
    );
    let named: Vec<_> = index["manifests"]
        .as_array()
        .expect("manifests")
        .iter()
        .map(|one| one["platform"]["architecture"].as_str().expect("a name"))
        .collect();
    assert_eq!(named, ["amd64", "arm64"]);
    let turned = push(
        &reference,
        &credentials,
        &[mine.clone(), theirs.clone()],
        &cache,
    )
    .await
    .expect("pushed");
    assert_eq!(turned.digest, pushed.digest);
    assert_eq!(
        made_for(&bed, &reference).await,
        ["linux/amd64", "linux/arm64"]
    );
    let (repository, _) = reference.rsplit_once(':').expect("a tag");
    let alone = format!("{repository}@{}", theirs.digest());
    assert_eq!(made_for(&bed, &alone).await, [format!("linux/{other}")]);
    for (architecture, image) in [(host(), &mine), (other, &theirs)] {
        let choice = format!("--override-arch={}", architecture.oci());
        let target = format!("docker://{reference}");
        let text = bed.run(
            "skopeo",
            &[
                &choice,
                "inspect",
                "--tls-verify=false",
                "--config",
                &target,
            ],
        );
        let config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(config["architecture"], architecture.oci());
        let root = bed.folder.join(architecture.oci());
        let (fetched, _) = pull(&reference, &credentials, architecture, &cache, &root)
            .await
            .expect("pulled");
        assert_eq!(&fetched.digest, image.digest());
        let program = bella_image::Program::read(&root.join("usr/bin/bella-service"));
        assert_eq!(program.expect("a program").architecture, architecture);
    }
}

/// What an image is made for, asked of the registry alone.
async fn made_for(bed: &Bed, reference: &str) -> Vec<String> {
    let nothing = BlobCache::at(bed.folder.join("nothing"));
    let held = platforms(reference, &Credentials::Anonymous, &nothing).await;
    let held = held.expect("it is there");
    held.iter().map(ToString::to_string).collect()
}

#[test]
fn a_program_for_another_processor_is_refused_before_anything_is_sent() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let (foreign, other) = foreign_program(&bed.folder);
    let error = assemble(&recipe(&foreign), &cache).expect_err("refused");
    assert!(matches!(error, ImageError::Architecture { .. }), "{error}");
    assert!(error.to_string().contains(other.machine()), "{error}");
    let refused = Recipe {
        libraries: Libraries::Refused,
        ..recipe(&program())
    };
    let error = assemble(&refused, &cache).expect_err("linked dynamically");
    assert!(error.to_string().contains("libc.so.6"), "{error}");
}

/// An image of about 14 MB: a program with noise behind it, which does not compress.
fn large_image(bed: &Bed, cache: &BlobCache) -> Image {
    let mut bytes = fs::read(program()).expect("program");
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..1_000_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    let large = bed.folder.join("large");
    fs::write(&large, bytes).expect("written");
    assemble(&recipe(&large), cache).expect("assembled")
}

/// What a push through a bad line sends, beyond what it has to, and how often the line broke.
async fn push_through(when: Break) -> (u64, u64) {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = large_image(&bed, &cache);
    let size = image.size();
    let proxy = Proxy::before(bed.address(), when);
    let reference = format!("{}/service:1", proxy.address());
    let pushed = push(&reference, &Credentials::Anonymous, &[image], &cache)
        .await
        .expect("pushed in spite of broken connections");
    let shown = inspect(&bed, &bed.reference("service:1"), &[]);
    assert_eq!(shown["Digest"], pushed.digest.as_str());
    (proxy.passed() - size, proxy.broken())
}

#[tokio::test]
async fn a_push_goes_on_where_its_connection_broke() {
    let (wasted, broken) = push_through(Break::BetweenPieces).await;
    assert!(broken > 0, "a connection broke");
    // Beginning anew would cost a piece of 6 MiB; what is left are headers.
    assert!(wasted < 100_000, "{wasted} bytes were sent twice");
}

/// Debian's registry does not go on after half a piece: it counts the half and refuses whoever does not know of it.
#[tokio::test]
async fn a_push_begins_anew_where_the_registry_cannot_go_on() {
    let (wasted, broken) = push_through(Break::After(9_000_000)).await;
    assert!(broken > 0, "a connection broke");
    assert!(
        wasted < broken * 12_000_000,
        "{wasted} bytes were sent twice"
    );
}

#[tokio::test]
async fn a_push_that_was_killed_is_continued_by_the_next() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = large_image(&bed, &cache);
    let everybody = Credentials::Anonymous;
    let proxy = Proxy::before(bed.address(), Break::BetweenPieces);
    let reference = format!("{}/service:1", proxy.address());
    {
        let images = [image.clone()];
        let first = push(&reference, &everybody, &images, &cache);
        tokio::pin!(first);
        let half = async {
            while proxy.broken() == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            done = &mut first => panic!("it was faster than its killer: {done:?}"),
            () = half => {}
        }
    }
    let size = image.size();
    let pushed = push(&reference, &everybody, &[image], &cache)
        .await
        .expect("continued");
    assert!(pushed.sent < size - 6_000_000, "{pushed:?} of {size}");
    let shown = inspect(&bed, &bed.reference("service:1"), &[]);
    assert_eq!(shown["Digest"], pushed.digest.as_str());
}

#[tokio::test]
async fn credentials_are_asked_for_and_not_shown() {
    let bed = Bed::with_password();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let image = image(&bed, &cache);
    let reference = bed.reference("service:1");
    let with = |password: &str| Credentials::Basic {
        user: "AWS".to_owned(),
        password: password.to_owned(),
    };
    let images = [image];
    let error = push(&reference, &with("guessed"), &images, &cache)
        .await
        .expect_err("refused");
    assert!(matches!(error, ImageError::Denied { .. }), "{error}");
    assert!(!error.to_string().contains("guessed"), "{error}");
    push(&reference, &with("secret"), &images, &cache)
        .await
        .expect("pushed");
}
