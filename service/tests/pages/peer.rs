//! The API against its own description, as `schemathesis` understands it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::running::{Database, Running};
use crate::service::KEY;

/// The release of PyPI's schemathesis that is used.
const VERSION: &str = "4.32.5";

#[tokio::test]
async fn the_api_does_what_its_description_says() {
    let database = Database::new("schemathesis").await;
    let running = Running::start(&database, &[]).await;
    let program = tokio::task::spawn_blocking(installed).await;
    let mut command = Command::new(program.expect("is not cancelled"));
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/schemathesis.toml");
    command
        .arg("--config-file")
        .arg(config)
        .args(["run", "--seed", "1", "--no-color", "-H"])
        .arg(format!("X-API-Key: {KEY}"))
        .arg(format!("{}/api/openapi.json", running.base))
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output
        .expect("is not cancelled")
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("10 selected / 10 total") && said.contains(" passed"),
        "{said}"
    );
}

/// In a virtual environment of its own; made once.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/st");
    if program.exists() {
        return program;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let wanted = format!("schemathesis=={VERSION}");
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", &wanted]));
    program
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .expect("python3 is installed; see scripts/test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
