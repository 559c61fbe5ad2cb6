use std::fs;
use std::path::Path;

use bella_image::{Architecture, BlobCache, Credentials, Digest, ImageError, fetch, pull, unpack};

use crate::bed::Bed;

/// An image of two layers by `umoci`, in the registry by `skopeo`: the upper one removes a file and empties a folder.
fn push_foreign(bed: &Bed, name: &str, credentials: &[&str]) {
    let tree = bed.folder.join("tree");
    fs::create_dir_all(tree.join("etc/old")).expect("tree");
    fs::write(tree.join("etc/old/gone"), "1").expect("file");
    fs::write(tree.join("etc/removed"), "1").expect("file");
    fs::write(tree.join("etc/kept"), "kept\n").expect("file");
    fs::create_dir_all(bed.folder.join("new")).expect("tree");
    fs::write(bed.folder.join("new/fresh"), "fresh\n").expect("file");
    let umoci = |arguments: &[&str]| bed.run("umoci", arguments);
    umoci(&["init", "--layout", "layout"]);
    umoci(&["new", "--image", "layout:one"]);
    umoci(&["insert", "--image", "layout:one", "tree", "/"]);
    umoci(&[
        "insert",
        "--image",
        "layout:one",
        "--whiteout",
        "/etc/removed",
    ]);
    umoci(&[
        "insert",
        "--image",
        "layout:one",
        "--opaque",
        "new",
        "/etc/old",
    ]);
    umoci(&[
        "config",
        "--image",
        "layout:one",
        "--config.user=65532:65532",
        "--config.entrypoint=/bin/program",
        "--config.cmd=serve",
        "--config.env=A=1",
        "--config.workingdir=/srv",
        "--config.label=team=voice",
        "--config.exposedports=8000/tcp",
    ]);
    let target = format!("docker://{}", bed.reference(name));
    let mut copy = vec!["copy", "--quiet", "--dest-tls-verify=false"];
    copy.extend(credentials);
    copy.extend(["oci:layout:one", &target]);
    bed.run("skopeo", &copy);
}

fn host() -> Architecture {
    Architecture::host().expect("tests run on amd64 or arm64")
}

#[tokio::test]
async fn an_image_made_elsewhere_is_pulled_and_unpacked() {
    let bed = Bed::open();
    push_foreign(&bed, "team/app:1", &[]);
    let cache = BlobCache::at(bed.folder.join("cache"));
    let root = bed.folder.join("rootfs");
    let (fetched, unpacked) = pull(
        &bed.reference("team/app:1"),
        &Credentials::Anonymous,
        host(),
        &cache,
        &root,
    )
    .await
    .expect("pulled");
    assert!(unpacked.left_out.is_empty());
    let process = &fetched.config.config;
    assert_eq!(process.user, "65532:65532");
    assert_eq!(process.entrypoint, ["/bin/program"]);
    assert_eq!(process.cmd, ["serve"]);
    assert!(process.env.contains(&"A=1".to_owned()));
    assert_eq!(process.working_dir, "/srv");
    assert_eq!(process.labels["team"], "voice");
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    assert_eq!(read("etc/kept").as_deref(), Some("kept\n"));
    assert_eq!(read("etc/old/fresh").as_deref(), Some("fresh\n"));
    assert_eq!(read("etc/old/gone"), None);
    assert_eq!(read("etc/removed"), None);
    let inspected = bed.run(
        "skopeo",
        &[
            "inspect",
            "--tls-verify=false",
            "--format={{.Digest}}",
            &format!("docker://{}", bed.reference("team/app:1")),
        ],
    );
    assert_eq!(inspected.trim(), fetched.digest.as_str());
}

#[tokio::test]
async fn what_is_pinned_and_cached_asks_nobody() {
    let bed = Bed::open();
    push_foreign(&bed, "team/app:1", &[]);
    let cache = BlobCache::at(bed.folder.join("cache"));
    let anonymous = Credentials::Anonymous;
    let first = fetch(&bed.reference("team/app:1"), &anonymous, host(), &cache)
        .await
        .expect("fetched");
    // Port 1 is nobody's: whoever asks is refused.
    let pinned = format!("127.0.0.1:1/team/app@{}", first.digest);
    let again = fetch(&pinned, &anonymous, host(), &cache)
        .await
        .expect("from the cache");
    assert_eq!(again.config, first.config);
    for copy in ["one", "two"] {
        unpack(&again, &bed.folder.join(copy))
            .await
            .expect("unpacked");
    }
}

#[tokio::test]
async fn a_registry_with_passwords_lets_in_who_knows_them() {
    let bed = Bed::with_password();
    push_foreign(&bed, "team/app:1", &["--dest-creds=AWS:secret"]);
    let cache = BlobCache::at(bed.folder.join("cache"));
    let reference = bed.reference("team/app:1");
    for wrong in [
        Credentials::Anonymous,
        Credentials::Basic {
            user: "AWS".to_owned(),
            password: "guessed".to_owned(),
        },
    ] {
        let error = fetch(&reference, &wrong, host(), &cache)
            .await
            .expect_err("refused");
        assert!(matches!(error, ImageError::Denied { .. }), "{error}");
        assert!(!error.to_string().contains("guessed"), "{error}");
    }
    let right = Credentials::Basic {
        user: "AWS".to_owned(),
        password: "secret".to_owned(),
    };
    assert!(!format!("{right:?}").contains("secret"));
    fetch(&reference, &right, host(), &cache)
        .await
        .expect("let in");
}

#[tokio::test]
async fn what_is_missing_is_told_from_what_does_not_answer() {
    let bed = Bed::open();
    let cache = BlobCache::at(bed.folder.join("cache"));
    let ask = |reference: String| {
        let cache = cache.clone();
        async move {
            fetch(&reference, &Credentials::Anonymous, host(), &cache)
                .await
                .expect_err("there is none")
        }
    };
    let missing = ask(bed.reference("team/app:2")).await;
    assert!(matches!(missing, ImageError::NotFound { .. }), "{missing}");
    let silent = ask("127.0.0.1:1/team/app:2".to_owned()).await;
    assert!(matches!(silent, ImageError::Registry { .. }), "{silent}");
    let senseless = ask("Not A Name".to_owned()).await;
    assert!(
        matches!(senseless, ImageError::Reference { .. }),
        "{senseless}"
    );
}

#[tokio::test]
async fn a_content_that_changed_in_the_registry_is_refused() {
    let bed = Bed::open();
    push_foreign(&bed, "team/app:1", &[]);
    let cache = BlobCache::at(bed.folder.join("cache"));
    let reference = bed.reference("team/app:1");
    let first = fetch(&reference, &Credentials::Anonymous, host(), &cache)
        .await
        .expect("fetched");
    let config = first.config.rootfs.diff_ids.len();
    assert!(config > 1, "the image has layers");
    fs::remove_dir_all(bed.folder.join("cache")).expect("cache");
    let spoilt = spoil(&bed.folder.join("registry"), &first.digest);
    assert!(spoilt > 1, "blobs were changed");
    let error = fetch(&reference, &Credentials::Anonymous, host(), &cache)
        .await
        .expect_err("refused");
    assert!(matches!(error, ImageError::Damaged { .. }), "{error}");
    let drafts = fs::read_dir(bed.folder.join("cache/drafts")).expect("drafts");
    assert_eq!(drafts.count(), 0, "nothing half is left");
}

/// Turns a byte of every blob but the manifest; how many were.
fn spoil(registry: &Path, manifest: &Digest) -> usize {
    let mut spoilt = 0;
    let blobs = registry.join("docker/registry/v2/blobs/sha256");
    for first in fs::read_dir(blobs).expect("blobs") {
        for blob in fs::read_dir(first.expect("folder").path()).expect("blobs") {
            let blob = blob.expect("blob");
            if blob.file_name().to_str() == Some(manifest.hex()) {
                continue;
            }
            let path = blob.path().join("data");
            let mut bytes = fs::read(&path).expect("data");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&path, bytes).expect("written");
            spoilt += 1;
        }
    }
    spoilt
}
