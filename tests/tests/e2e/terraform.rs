//! The exit door: what is exported is what exists, in Terraform's own judgement.
//!
//! Terraform and the AWS provider are used where they are installed: `BELLA_TERRAFORM` names the
//! program (else `terraform` on PATH), `BELLA_TERRAFORM_MIRROR` the folder that has
//! `registry.terraform.io` in it (else the folders where Terraform itself looks, and those of /opt).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bella_aws::kinds::KINDS;
use serde_json::{Value, json};

use crate::bed::{Bed, FILE, STACK, plain, run};

#[test]
fn a_stack_is_written_as_terraform() {
    let bed = Bed::new().provisioned();
    let told = bed
        .bella(&format!("export terraform {FILE} --dir out --sandbox"))
        .succeeds();
    let files = written(&bed.path("out"));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let resources = files
        .iter()
        .map(|(_, text)| text.matches("\nresource ").count())
        .sum::<usize>();
    let first = files
        .iter()
        .filter(|(_, text)| text.starts_with("resource "))
        .count();
    let text = |name: &str| {
        let found = files.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| plain(text)).unwrap_or_default()
    };
    assert_eq!(
        told.out,
        format!(
            "bella-dev: {} Terraform resources in {} files in out.\n",
            resources + first,
            names.len()
        )
    );
    let next = "\nNext:\n  terraform -chdir=out init\n  terraform -chdir=out plan\n";
    assert!(told.err.ends_with(next), "{}", told.err);
    assert_eq!(
        text("imports.tf").matches("import {").count(),
        resources + first
    );
    assert!(text("ecr.tf").ends_with(LIFECYCLE), "{}", text("ecr.tf"));
    assert!(text("ec2.tf").contains(RULE), "{}", text("ec2.tf"));
    assert!(
        text("versions.tf").contains("\n  allowed_account_ids = [\"ID\"]\n"),
        "{}",
        text("versions.tf")
    );

    // By name it is what was last applied; the folder is not written over.
    bed.bella(&format!("export terraform {STACK} --dir named --sandbox"))
        .succeeds();
    assert_eq!(written(&bed.path("named")), files);
    bed.bella(&format!("export terraform {FILE} --dir out --sandbox"))
        .exits(2)
        .says(&["error: out is not an empty folder\nhint: name a new one with --dir\n"]);

    // What is wanted and not there cannot be exported by a file that refers to it.
    bed.edit(
        "stacks/base.yaml",
        "availability_zones: 2",
        "availability_zones: 3",
    );
    bed.bella(&format!("export terraform {FILE} --dir more --sandbox"))
        .exits(1)
        .says(&[
            "load_balancer.public: refers to ${route_table_association.public_d.subnet}, and there is no route_table_association.public_d to export\n",
            "hint: bring the stack to its file with `bella provision` first, or export it by its name, as it is\n",
        ]);
    assert!(!bed.path("more").exists());
    bed.bella("export terraform no-such-stack --dir none --sandbox")
        .exits(1);
}

const LIFECYCLE: &str = r#"resource "aws_ecr_lifecycle_policy" "service" {
  repository = aws_ecr_repository.service.name

  policy = jsonencode({
    rules = [
      {
        action = {
          type = "expire"
        }

        description  = "untagged images after 7 days"
        rulePriority = 1

        selection = {
          countNumber = 7
          countType   = "sinceImagePushed"
          countUnit   = "days"
          tagStatus   = "untagged"
        }
      },
      {
        action = {
          type = "expire"
        }

        description  = "all but the last 20 images"
        rulePriority = 2

        selection = {
          countNumber = 20
          countType   = "imageCountMoreThan"
          tagStatus   = "any"
        }
      },
    ]
  })
}
"#;

const RULE: &str = r#"resource "aws_vpc_security_group_ingress_rule" "task_from_balancer" {
  security_group_id            = aws_security_group.task.id
  description                  = "from the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
  referenced_security_group_id = aws_security_group.balancer.id
}
"#;

#[test]
fn terraform_imports_every_object_and_changes_none() {
    let Some(terraform) = Terraform::find() else {
        return;
    };
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.zone("bella.example");
    fs::write(bed.path("stacks/every-kind.yaml"), EVERY_KIND).expect("the folder is writable");
    // A guest refers to what is its host's, of which nothing is exported with it.
    let guest = "extends: dev.yaml\nstack: pr-42\nauto_shutdown: null\nttl: 8h\nephemeral: { isolation: shared, host: bella-staging }\n";
    fs::write(bed.path("stacks/guest.yaml"), guest).expect("the folder is writable");
    for stack in ["dev", "staging", "prod", "every-kind", "guest"] {
        let file = format!("stacks/{stack}.yaml");
        bed.bella(&format!("provision {file} --sandbox --yes"))
            .succeeds();
        terraform.agrees(&bed, &cloud.endpoint, &file, &format!("declared-{stack}"));
    }
    // Without a stack file or a ledger: references are found by what refers to what.
    fs::remove_dir_all(bed.path("sandbox/ledger")).expect("the ledger is there");
    terraform.agrees(&bed, &cloud.endpoint, "bella-every-kind", "found");
    let status = bed
        .bella("status bella-every-kind --sandbox --json")
        .succeeds();
    let objects = status.document();
    let has = |kind: &str| {
        let objects = objects["objects"].as_array().into_iter().flatten();
        objects.clone().any(|object| object["kind"] == kind)
    };
    let missing: Vec<&str> = KINDS
        .iter()
        .map(|kind| kind.kind())
        .filter(|kind| !has(kind))
        .collect();
    assert_eq!(missing, [""; 0], "kinds that no exported stack has");
}

/// A stack that has every kind, and what shipped stacks do not use of them.
const EVERY_KIND: &str = include_str!("every_kind.yaml");

/// Terraform with the AWS provider, as installed.
struct Terraform {
    program: PathBuf,
    mirror: PathBuf,
}

impl Terraform {
    /// Terraform with its provider; says why where there is none.
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn find() -> Option<Self> {
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
        let has = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
        let Some(mirror) =
            named("BELLA_TERRAFORM_MIRROR").or_else(|| mirrors().into_iter().find(has))
        else {
            eprintln!(
                "skipped: no mirror of hashicorp/aws where Terraform looks, and BELLA_TERRAFORM_MIRROR names none"
            );
            return None;
        };
        Some(Self { program, mirror })
    }

    /// Checks that exporting `stack` gives a configuration whose plan imports everything and
    /// changes nothing.
    #[track_caller]
    fn agrees(&self, bed: &Bed, endpoint: &str, stack: &str, dir: &str) {
        let told = bed
            .bella(&format!(
                "export terraform {stack} --dir {dir} --sandbox --json"
            ))
            .succeeds()
            .document();
        // A subscription that nobody has confirmed has no ARN to import it by.
        let left_out = told["left_out"].as_array().into_iter().flatten();
        let left_out: Vec<&str> = left_out.filter_map(Value::as_str).collect();
        assert!(
            left_out
                .iter()
                .all(|address| address.starts_with("sns_subscription.")),
            "{left_out:?}"
        );
        self.run(bed, endpoint, dir, &["fmt", "-check", "-diff"]);
        self.run(bed, endpoint, dir, &["init", "-input=false"]);
        let plan = self.run(bed, endpoint, dir, &["plan", "-input=false", "-json"]);
        let lines: Vec<Value> = plan
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON lines"))
            .collect();
        let of_type =
            |wanted: &'static str| lines.iter().filter(move |line| line["type"] == wanted);
        let changed: Vec<String> = of_type("planned_change")
            .map(|line| &line["change"])
            .filter(|change| change["action"] != "import")
            .map(|change| format!("{} {}", change["action"], change["resource"]["addr"]))
            .collect();
        assert_eq!(changed, [""; 0], "{stack}");
        let summary = of_type("change_summary")
            .next()
            .map(|line| &line["changes"]);
        let expect = json!({"add": 0, "change": 0, "import": told["resources"], "remove": 0, "operation": "plan"});
        assert_eq!(summary, Some(&expect), "{stack}");
    }

    #[track_caller]
    fn run(&self, bed: &Bed, endpoint: &str, dir: &str, words: &[&str]) -> String {
        let settings = bed.path("terraformrc");
        let text = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\ndisable_checkpoint = true\n",
            self.mirror
        );
        fs::write(&settings, text).expect("the temporary folder is writable");
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(bed.path(dir))
            .env("TF_CLI_CONFIG_FILE", settings)
            .env("CHECKPOINT_DISABLE", "1")
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN");
        run(&mut command).succeeds().out
    }
}

/// Where Terraform looks for providers by itself, and where software of its own folder is.
fn mirrors() -> Vec<PathBuf> {
    let home =
        std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".terraform.d/plugins"));
    let system = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ];
    let own = fs::read_dir("/opt")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    home.into_iter()
        .chain(system.map(PathBuf::from))
        .chain(own)
        .collect()
}

/// The files of a folder with their text, by name.
fn written(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("the folder was written");
    let mut files: Vec<(String, String)> = entries
        .map(|entry| {
            let entry = entry.expect("the folder can be read");
            let text = fs::read_to_string(entry.path()).expect("files are text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}
