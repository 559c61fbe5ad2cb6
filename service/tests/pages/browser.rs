//! A walk through every page in a real browser: `service/tests/browser/walk.mjs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::running::{Database, Running};
use crate::service::PASSWORD;

/// Programs that are a Chromium; `scripts/test` installs Debian's.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

#[tokio::test]
async fn every_page_serves_people_on_desk_and_phone_with_and_without_javascript() {
    let database = Database::new("browser").await;
    let running = Running::start(&database, &[]).await;
    let folder = with_packages();
    let shots =
        std::env::var_os("BELLA_SCREENSHOTS").map_or_else(|| folder.join("shots"), PathBuf::from);
    let mut walk = Command::new("node");
    walk.arg(folder.join("walk.mjs"))
        .env("BASE_URL", &running.base)
        .env("ADMIN_USER", "admin")
        .env("ADMIN_PASSWORD", PASSWORD)
        .env("CHROMIUM", browser())
        .env("SHOTS", shots);
    let walked = tokio::task::spawn_blocking(move || walk.output()).await;
    let output = walked
        .expect("is not cancelled")
        .expect("node is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("0 serious findings"), "{said}");
}

/// A folder with the walk and the packages it needs, in the versions of its lock file; they are fetched once.
fn with_packages() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).expect("a folder");
    let lock = std::fs::read(source.join("package-lock.json")).expect("a lock file");
    let fetched = std::fs::read(folder.join("package-lock.json"));
    for file in ["package.json", "package-lock.json", "walk.mjs"] {
        std::fs::copy(source.join(file), folder.join(file)).expect("is copied");
    }
    if fetched.is_ok_and(|fetched| fetched == lock) && folder.join("node_modules/axe-core").exists()
    {
        return folder;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    let output = npm.output().expect("npm is installed; see scripts/test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "npm ci: {errors}");
    folder
}

fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = BROWSERS.iter().find_map(|name| {
        let folders = std::env::split_paths(&path);
        folders
            .map(|folder| folder.join(name))
            .find(|program| program.exists())
    });
    found.expect("a Chromium is installed; on Debian: apt-get install chromium")
}
