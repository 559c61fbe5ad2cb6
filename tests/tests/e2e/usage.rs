//! Wrong usage, wrong stack files, and what needs no cloud.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::bed::{Bed, FILE};

#[test]
fn wrong_usage_exits_with_two() {
    let bed = Bed::new();
    let cases: &[(&str, &str)] = &[
        ("plann", "tip: a similar subcommand exists: 'plan'"),
        ("plan", "<STACK>"),
        (
            "plan --nonsense stacks/dev.yaml",
            "unexpected argument '--nonsense'",
        ),
        (
            "plan bella-dev",
            "error: `bella-dev` is a stack's name, and this command needs its stack file\nhint: ",
        ),
        (
            "plan stacks/none.yaml",
            "there is no file `stacks/none.yaml`",
        ),
        (
            "status Not_A_Name",
            "error: `Not_A_Name` is neither a stack file nor a stack name: ",
        ),
        (
            "provision stacks/dev.yaml --sandbox",
            "error: this changes things, and nobody is here to confirm it\nhint: repeat the command with --yes\n",
        ),
        (
            "plan stacks/dev.yaml --sandbox --region eu-west-1",
            "stacks/dev.yaml says region ca-central-1, the command line says eu-west-1\nhint: ",
        ),
        (
            "plan stacks/dev.yaml --sandbox --ledger s3://No_Bucket",
            "--ledger s3://No_Bucket: `No_Bucket` is no bucket's name: ",
        ),
        (
            "provision stacks/dev.yaml --sandbox --plan stacks/dev.yaml",
            "error: stacks/dev.yaml is no saved plan: ",
        ),
        (
            "teardown bella-dev --sandbox --yes --unprotect nonsense",
            "--unprotect nonsense: ",
        ),
        (
            "plan stacks/dev.yaml --sandbox --endpoint-url http://127.0.0.1:1",
            "cannot be used with",
        ),
    ];
    for (line, text) in cases {
        let refused = bed.bella(line).exits(2);
        assert!(refused.err.contains(text), "{line}: {}", refused.err);
        assert_eq!(refused.out, "", "{line}");
    }
    assert_eq!(
        bed.bella(&format!("status {FILE} --sandbox --json"))
            .document()["objects"],
        json!([])
    );
}

#[test]
fn a_wrong_stack_file_is_told_all_at_once_with_places() {
    let bed = Bed::new();
    bed.edit(FILE, "cpu: 256", "cpu: 300");
    bed.edit(FILE, "environment: development", "environment: playground");
    bed.edit("stacks/base.yaml", "port: 8000", "prot: 8000");
    let refused = bed.bella(&format!("validate {FILE}")).exits(2);
    let places: Vec<&str> = refused
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("error: ")?.split(": ").next())
        .collect();
    let text = |file: &str, wanted: &str| {
        let lines = std::fs::read_to_string(bed.path(file)).expect("the stack file is there");
        let line = lines
            .lines()
            .position(|line| line.contains(wanted))
            .expect("it was written");
        format!("{file}:{}:", line + 1)
    };
    for (file, wanted) in [
        (FILE, "cpu: 300"),
        (FILE, "playground"),
        ("stacks/base.yaml", "prot: 8000"),
    ] {
        let place = text(file, wanted);
        assert!(
            places.iter().any(|found| found.starts_with(&place)),
            "{place} is not in {places:?}\n{}",
            refused.err
        );
    }

    std::fs::copy(bed.path("stacks/base.yaml"), bed.path("stacks/other.yaml"))
        .expect("the stack file is there");
    let both = bed
        .bella(&format!("validate {FILE} stacks/other.yaml --json"))
        .exits(2)
        .document();
    let valid: Vec<_> = both
        .as_array()
        .into_iter()
        .flatten()
        .map(|file| (&file["file"], &file["valid"]))
        .collect();
    assert_eq!(
        valid,
        [
            (&json!(FILE), &json!(false)),
            (&json!("stacks/other.yaml"), &json!(false))
        ]
    );
}

#[test]
fn what_needs_no_cloud() {
    let bed = Bed::new();
    std::fs::copy(bed.path(FILE), bed.path("stacks/second.yaml")).expect("the stack file is there");
    let valid = bed
        .bella(&format!("validate {FILE} stacks/second.yaml"))
        .succeeds();
    assert_eq!(
        valid.out,
        "stacks/dev.yaml: bella-dev is valid, 66 resources\nstacks/second.yaml: bella-dev is valid, 66 resources\n"
    );
    let valid = bed.bella(&format!("validate {FILE} --json")).succeeds();
    assert_eq!(
        valid.document(),
        json!([{"file": FILE, "valid": true, "resources": 66, "policy": []}])
    );

    let schema = bed.bella("schema").succeeds().document();
    assert!(
        schema["$schema"]
            .as_str()
            .is_some_and(|text| text.contains("json-schema.org")),
        "{}",
        schema["$schema"]
    );

    let script = bed.path("bella.bash");
    std::fs::write(&script, bed.bella("completions bash").succeeds().out)
        .expect("the temporary folder is writable");
    let parsed = Command::new("bash")
        .arg("-n")
        .arg(&script)
        .stderr(Stdio::piped())
        .output()
        .expect("bash is there");
    assert!(
        parsed.status.success(),
        "{}",
        String::from_utf8_lossy(&parsed.stderr)
    );
}

#[test]
fn every_command_has_help_with_an_example() {
    let bed = Bed::new();
    let commands = [
        "",
        "validate",
        "schema",
        "plan",
        "provision",
        "teardown",
        "status",
        "outputs",
        "history",
        "drift",
        "cost",
        "cost estimate",
        "cost prices",
        "unlock",
        "sandbox",
        "sandbox up",
        "sandbox status",
        "sandbox down",
        "sandbox reset",
        "completions",
    ];
    for command in commands {
        let help = bed.bella(&format!("{command} --help")).succeeds();
        assert!(
            help.out.contains(&format!(
                "Example: bella {}",
                command.split(' ').next().unwrap_or_default()
            )),
            "{command}: {}",
            help.out
        );
        assert_eq!(help.err, "", "{command}");
    }
}
