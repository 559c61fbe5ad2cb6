use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tar::{Builder, EntryType, Header};

use super::{Unpacked, unpack};
use crate::manifest::Descriptor;
use crate::{BlobCache, Digest, Fetched, ImageConfig, ImageError, Rootfs};

const TAR: &str = "application/vnd.oci.image.layer.v1.tar";

#[tokio::test]
async fn later_layers_replace_and_remove_what_earlier_ones_put() {
    let bed = Bed::new();
    let lower = Layer::new()
        .folder("a")
        .file("a/gone", "1")
        .file("a/kept", "1")
        .folder("b")
        .file("b/gone", "1")
        .folder("b/deep")
        .file("b/deep/gone", "1")
        .file("c", "1");
    let upper = Layer::new()
        .file("a/.wh.gone", "")
        .folder("b")
        .file("b/new", "2")
        .file("b/.wh..wh..opq", "")
        .folder("b/deep")
        .file("b/deep/new", "2")
        .folder("c")
        .file("c/inside", "2");
    let root = bed.unpack(&[lower, upper]).await.expect("unpacked").0;
    assert_eq!(
        paths(&root),
        [
            "a",
            "a/kept",
            "b",
            "b/deep",
            "b/deep/new",
            "b/new",
            "c",
            "c/inside"
        ]
    );
}

#[tokio::test]
async fn a_whiteout_does_not_mean_its_own_layer() {
    let bed = Bed::new();
    let lower = Layer::new().file("x", "1");
    let upper = Layer::new().file("x", "2").file(".wh.x", "");
    let root = bed.unpack(&[lower, upper]).await.expect("unpacked").0;
    assert_eq!(fs::read_to_string(root.join("x")).expect("x"), "2");
}

#[tokio::test]
async fn links_are_followed_within_the_image_only() {
    let bed = Bed::new();
    let victim = bed.folder.join("victim");
    fs::create_dir_all(&victim).expect("victim");
    let absolute = victim.to_str().expect("utf-8").to_owned();
    let lower = Layer::new()
        .folder("run")
        .link(EntryType::Symlink, "var-run", "/run")
        .link(EntryType::Symlink, "up", "../../../../../..")
        .link(EntryType::Symlink, "victim", &absolute);
    let upper = Layer::new()
        .file("var-run/pid", "1")
        .file("up/climbed", "1")
        .file("victim/written", "1");
    let root = bed.unpack(&[lower, upper]).await.expect("unpacked").0;
    assert!(root.join("run/pid").is_file(), "through an absolute link");
    assert!(
        root.join("climbed").is_file(),
        "the root's parent is itself"
    );
    assert_eq!(paths(&victim), Vec::<String>::new());
    let inside = root.join(absolute.trim_start_matches('/')).join("written");
    assert!(inside.is_file(), "the link's target, within the image");
}

#[tokio::test]
async fn a_file_does_not_write_through_a_link_of_its_name() {
    let bed = Bed::new();
    let secret = bed.folder.join("secret");
    fs::write(&secret, "untouched").expect("secret");
    let lower = Layer::new().link(EntryType::Symlink, "x", secret.to_str().expect("utf-8"));
    let upper = Layer::new().file("x", "2");
    let root = bed.unpack(&[lower, upper]).await.expect("unpacked").0;
    assert_eq!(fs::read_to_string(&secret).expect("secret"), "untouched");
    assert!(fs::symlink_metadata(root.join("x")).expect("x").is_file());
}

#[tokio::test]
async fn what_leads_outside_is_refused_and_nothing_is_left() {
    let hostile = [
        Layer::new().file("../outside", "1"),
        Layer::new().file("a/../../outside", "1"),
        Layer::new().file(".wh...", ""),
        Layer::new().file(".wh.", ""),
        Layer::new().link(EntryType::Link, "x", "../../etc/passwd"),
    ];
    for layer in hostile {
        let bed = Bed::new();
        let error = bed.unpack(&[layer]).await.expect_err("refused");
        assert!(matches!(error, ImageError::Unpack { .. }), "{error}");
        assert_eq!(paths(&bed.folder.join("roots")), Vec::<String>::new());
        assert!(!bed.folder.join("outside").exists());
    }
}

#[tokio::test]
async fn a_hard_link_finds_its_target_within_the_image_only() {
    let bed = Bed::new();
    let layer = Layer::new()
        .file("a", "1")
        .link(EntryType::Link, "b", "/a")
        .link(EntryType::Symlink, "out", "/etc");
    let root = bed.unpack(&[layer]).await.expect("unpacked").0;
    let inode = |name| fs::metadata(root.join(name)).expect(name).ino();
    assert_eq!(inode("a"), inode("b"));
    let bed = Bed::new();
    let layer = Layer::new().link(EntryType::Symlink, "out", "/etc").link(
        EntryType::Link,
        "stolen",
        "out/hostname",
    );
    bed.unpack(&[layer])
        .await
        .expect_err("the image has no /etc/hostname");
}

#[tokio::test]
async fn devices_are_not_made_and_nobody_is_lent_rights() {
    let bed = Bed::new();
    let layer = Layer::new()
        .special(EntryType::Char, "dev/null")
        .special(EntryType::Fifo, "pipe")
        .mode("sudo", 0o4755);
    let (root, unpacked) = bed.unpack(&[layer]).await.expect("unpacked");
    assert_eq!(
        unpacked.left_out,
        [PathBuf::from("dev/null"), PathBuf::from("pipe")]
    );
    let mode = fs::metadata(root.join("sudo"))
        .expect("sudo")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o755);
    assert!(!root.join("pipe").exists());
}

#[tokio::test]
async fn a_changed_layer_is_refused_and_asked_for_again_next_time() {
    let bed = Bed::new();
    let mut image = bed.image(&[Layer::new().file("a", "1")]);
    image.config.rootfs.diff_ids = vec![Digest::of(b"another archive")];
    let error = unpack(&image, &bed.folder.join("roots/r"))
        .await
        .expect_err("refused");
    assert!(matches!(error, ImageError::Damaged { .. }), "{error}");
    assert_eq!(bed.cache.find(&image.layers[0].0.digest, None), None);
}

#[tokio::test]
async fn a_folder_that_holds_something_is_left_alone() {
    let bed = Bed::new();
    let root = bed.folder.join("roots/r");
    fs::create_dir_all(&root).expect("folder");
    fs::write(root.join("mine"), "1").expect("file");
    let image = bed.image(&[Layer::new().file("a", "1")]);
    let error = unpack(&image, &root).await.expect_err("refused");
    assert!(matches!(error, ImageError::NotEmpty { .. }), "{error}");
    assert_eq!(paths(&root), ["mine"]);
}

static NEXT: AtomicU64 = AtomicU64::new(0);

struct Bed {
    folder: PathBuf,
    cache: BlobCache,
}

impl Bed {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("bella-unpack-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("roots")).expect("temp folder");
        let cache = BlobCache::at(folder.join("cache"));
        Self { folder, cache }
    }

    fn image(&self, layers: &[Layer]) -> Fetched {
        let mut config = ImageConfig {
            rootfs: Rootfs {
                kind: "layers".to_owned(),
                diff_ids: Vec::new(),
            },
            ..ImageConfig::default()
        };
        let mut held = Vec::new();
        for layer in layers {
            let bytes = layer.bytes();
            let digest = self.cache.put(&bytes).expect("cached");
            let path = self.cache.find(&digest, None).expect("path");
            held.push((Descriptor::of(TAR, &bytes), path));
            config.rootfs.diff_ids.push(digest);
        }
        Fetched {
            reference: "test".to_owned(),
            digest: Digest::of(b""),
            config,
            layers: held,
            cache: self.cache.clone(),
        }
    }

    async fn unpack(&self, layers: &[Layer]) -> Result<(PathBuf, Unpacked), ImageError> {
        let root = self.folder.join("roots/root");
        let unpacked = unpack(&self.image(layers), &root).await?;
        Ok((root, unpacked))
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[derive(Default)]
struct Layer(Vec<(Header, Vec<u8>)>);

impl Layer {
    fn new() -> Self {
        Self::default()
    }

    fn file(self, path: &str, content: &str) -> Self {
        self.add(EntryType::Regular, path, "", 0o644, content.as_bytes())
    }

    fn folder(self, path: &str) -> Self {
        self.add(EntryType::Directory, path, "", 0o755, b"")
    }

    fn mode(self, path: &str, mode: u32) -> Self {
        self.add(EntryType::Regular, path, "", mode, b"")
    }

    fn link(self, kind: EntryType, path: &str, target: &str) -> Self {
        self.add(kind, path, target, 0o777, b"")
    }

    fn special(self, kind: EntryType, path: &str) -> Self {
        self.add(kind, path, "", 0o666, b"")
    }

    /// Names are written as they are: the library refuses hostile ones.
    fn add(mut self, kind: EntryType, path: &str, target: &str, mode: u32, content: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        let raw = header.as_ustar_mut().expect("ustar");
        raw.name[..path.len()].copy_from_slice(path.as_bytes());
        raw.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(rustix::process::geteuid().as_raw().into());
        header.set_gid(rustix::process::getegid().as_raw().into());
        header.set_mtime(1);
        header.set_size(content.len() as u64);
        header.set_cksum();
        self.0.push((header, content.to_vec()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (header, content) in &self.0 {
            builder.append(header, content.as_slice()).expect("entry");
        }
        builder.into_inner().expect("archive")
    }
}

fn paths(root: &Path) -> Vec<String> {
    fn walk(root: &Path, at: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(at).expect("folder") {
            let path = entry.expect("entry").path();
            found.push(
                path.strip_prefix(root)
                    .expect("below")
                    .display()
                    .to_string(),
            );
            if fs::symlink_metadata(&path).expect("metadata").is_dir() {
                walk(root, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    found
}
