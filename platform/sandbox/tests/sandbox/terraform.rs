//! Terraform makes a stack in the sandbox, finds nothing to change, and takes it away.
//!
//! Terraform and the AWS provider are used where they are installed: `BELLA_TERRAFORM` names the program (else
//! `terraform` on PATH), `BELLA_TERRAFORM_MIRROR` the folder that has `registry.terraform.io` in it (else the folders
//! where Terraform itself looks, and those of /opt).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::instance::Instance;

const STACK: &str = include_str!("terraform.tf");

#[tokio::test]
async fn terraform_applies_plans_nothing_more_and_destroys() {
    let Some((program, mirror)) = terraform() else {
        return;
    };
    let instance = Instance::new("terraform");
    let endpoint = instance.up().await.endpoint.expect("an endpoint");
    let folder = instance.home.root().join("stack");
    fs::create_dir_all(&folder).expect("writable");
    fs::write(folder.join("main.tf"), STACK).expect("writable");
    let work = tokio::task::spawn_blocking(move || {
        let run = |words: &[&str]| run(&program, &mirror, &folder, &endpoint, words);
        run(&["init", "-input=false"]);
        let applied = run(&["apply", "-input=false", "-auto-approve"]);
        // Subnets, security groups, roles and budgets are two each.
        let made = STACK.matches("\nresource ").count() + 4;
        let said = format!("Apply complete! Resources: {made} added, 0 changed, 0 destroyed.");
        assert!(applied.contains(&said), "{applied}");
        // Exit code 2 would say that something differs.
        let planned = run(&["plan", "-input=false", "-detailed-exitcode"]);
        assert!(planned.contains("No changes."), "{planned}");
        let gone = run(&["destroy", "-input=false", "-auto-approve"]);
        assert!(gone.contains("Destroy complete!"), "{gone}");
    });
    work.await.expect("Terraform did it");
}

/// What it said, having exited with 0.
fn run(program: &Path, mirror: &Path, folder: &Path, endpoint: &str, words: &[&str]) -> String {
    let settings = folder.join("terraformrc");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\ndisable_checkpoint = true\n"
    );
    fs::write(&settings, text).expect("writable");
    let output = Command::new(program)
        .args(words)
        .arg("-no-color")
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", settings)
        .env("CHECKPOINT_DISABLE", "1")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .output()
        .expect("terraform starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}\n{errors}");
    said
}

/// Terraform and the folder with its provider; says why where there is none.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn terraform() -> Option<(PathBuf, PathBuf)> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = named("BELLA_TERRAFORM").or_else(|| {
        let mut programs = std::env::split_paths(&path).map(|folder| folder.join("terraform"));
        programs.find(|program| program.is_file())
    });
    let Some(program) = program else {
        eprintln!("skipped: no terraform on PATH, and BELLA_TERRAFORM names none");
        return None;
    };
    let home = named("HOME").map(|home| home.join(".terraform.d/plugins"));
    let system = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ];
    let own = fs::read_dir("/opt").into_iter().flatten().flatten();
    let mut usual = home
        .into_iter()
        .chain(system.map(PathBuf::from))
        .chain(own.map(|entry| entry.path()));
    let has = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
    let Some(mirror) = named("BELLA_TERRAFORM_MIRROR").or_else(|| usual.find(has)) else {
        eprintln!(
            "skipped: no mirror of hashicorp/aws where Terraform looks, and BELLA_TERRAFORM_MIRROR names none"
        );
        return None;
    };
    Some((program, mirror))
}
