//! A walk through every page in a real browser: `service/tests/browser/walk.mjs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use bella_domain::booking::CallSid;
use bella_domain::phone::Mobile;
use bella_service::app::App;
use bella_service::config::Config;
use bella_service::db::CallEnd;
use bella_service::tariff::Usage;

use crate::running::{Database, Running};
use crate::service::{PASSWORD, environment};

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
    a_call(&database).await;
    let running = Running::start(&database, &[("APPOINTMENT_PRICE", "85.00")]).await;
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

/// A call as it is logged when it is over.
async fn a_call(database: &Database) {
    let environment = environment(&database.url);
    let config = Config::read(|name| environment.get(name).cloned());
    let app = App::new(config.expect("a whole environment"));
    let sid = CallSid::read("CA0123456789abcdef0123456789abcdef").expect("an id");
    let mobile = Mobile::from_e164("+14165550142").expect("a number");
    let moment = |text: &str| text.parse().expect("a moment");
    let mut usage = Usage {
        call_seconds: Some(72),
        ..Usage::default()
    };
    usage.gathered(12);
    let end = CallEnd {
        sid: &sid,
        mobile: Some(&mobile),
        test: false,
        started: moment("2026-03-06T15:04:00-05:00"),
        ended: moment("2026-03-06T15:05:12-05:00"),
        outcome: "abandoned",
        steps: 4,
        failures: 1,
        transcript: Some(
            "bella: What's your name?\ncaller: <b>Ann</b> Example\nbella: I have your number as 416-555-0142.",
        ),
        usage: &usage,
    };
    app.database.call_ended(&end).await.expect("is logged");
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
