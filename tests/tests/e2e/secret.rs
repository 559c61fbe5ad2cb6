//! Values of secrets: set, and seen nowhere but where they belong.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bed::{Bed, Ran, end};
use crate::cloud::Cloud;

/// What must not be found anywhere.
const CANARY: &str = "canary-5f1d";

fn make(cloud: &Cloud, name: &str, stack: &str) {
    let tags = json!([
        {"Key": "bella:stack", "Value": stack},
        {"Key": "bella:address", "Value": "secret.app"},
    ]);
    cloud.json(
        "secretsmanager",
        "CreateSecret",
        &json!({"Name": name, "Tags": tags}),
    );
}

fn value(cloud: &Cloud, name: &str) -> Value {
    cloud.json(
        "secretsmanager",
        "GetSecretValue",
        &json!({"SecretId": name}),
    )["SecretString"]
        .clone()
}

/// Runs a command that reads `value` from standard input.
fn told(bed: &Bed, line: &str, value: &str) -> Ran {
    let mut command = bed.command(line);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("bella starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(value.as_bytes()).expect("bella reads");
    drop(input);
    end(child)
}

/// Every file below a folder that has the text in it.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_value_is_set_and_seen_nowhere() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    make(&cloud, "bella/bella-dev/app", "bella-dev");
    make(&cloud, "bella/bella-dev/theirs", "bella-other");
    let list = || {
        bed.bella("secret list stacks/dev.yaml --sandbox --json")
            .succeeds()
            .document()
    };
    assert_eq!(list()[0]["name"], "app");

    let mut said = String::new();
    let mut set = |line: &str, text: &str| {
        let ran = told(
            &bed,
            &format!("secret set stacks/dev.yaml {line} --sandbox"),
            text,
        );
        said.push_str(&ran.out);
        said.push_str(&ran.err);
        ran
    };
    set("app --key TOKEN", &format!("{CANARY}\n")).succeeds();
    assert_eq!(
        value(&cloud, "bella/bella-dev/app"),
        json!(format!("{{\"TOKEN\":\"{CANARY}\"}}"))
    );
    set("app --key OTHER", CANARY).succeeds();
    set("app --key TOKEN -v", &format!("{CANARY}-2")).succeeds();
    let both = json!({"TOKEN": format!("{CANARY}-2"), "OTHER": CANARY}).to_string();
    let kept: Value = serde_json::from_str(
        value(&cloud, "bella/bella-dev/app")
            .as_str()
            .expect("a text"),
    )
    .expect("a JSON object");
    assert_eq!(kept.to_string(), both);
    set("app", &format!("{CANARY} plain")).succeeds();
    set("app --key TOKEN", CANARY)
        .exits(2)
        .says(&["holds a value that is no JSON object"]);
    assert_eq!(
        value(&cloud, "bella/bella-dev/app"),
        json!(format!("{CANARY} plain"))
    );
    set("app", "")
        .exits(2)
        .says(&["error: no value for app was given\n"]);
    set("none", CANARY)
        .exits(1)
        .says(&["error: there is no secret bella/bella-dev/none\n"]);
    set("theirs", CANARY)
        .exits(3)
        .says(&["error: bella/bella-dev/theirs is not a secret of this stack\n"]);

    let listed = list();
    let names: Vec<&Value> = listed
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["app"], "another stack's is not listed");
    assert!(
        listed[0]["version"].is_string() && listed[0]["changed"].is_string(),
        "{listed}"
    );
    cloud.json(
        "secretsmanager",
        "DeleteSecret",
        &json!({"SecretId": "bella/bella-dev/app", "RecoveryWindowInDays": 7}),
    );
    let pending = bed
        .bella("secret list bella-dev --sandbox --region ca-central-1")
        .succeeds();
    assert!(pending.out.contains(", can be restored"), "{}", pending.out);

    let history = bed
        .bella("history stacks/dev.yaml --sandbox --json")
        .succeeds();
    for text in [&said, &listed.to_string(), &history.out, &pending.out] {
        assert!(!text.contains(CANARY), "{text}");
    }
    let runs = history.document();
    assert_eq!(runs[0]["actor"]["operation"], "secret set");
    assert_eq!(
        files_with(&bed.path("sandbox/ledger"), CANARY),
        Vec::<String>::new()
    );
}
