//! `bella doctor`: what is wrong is named, and the command that it says mends it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran, run};

/// A folder of programs that print these versions, `git` also two tracked files.
fn programs(bed: &Bed, versions: &[(&str, &str)]) {
    let folder = bed.path("bin");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("it is the bed's own");
    }
    fs::create_dir(&folder).expect("it is new");
    for (name, said) in versions {
        let path = folder.join(name);
        let script = format!(
            "#!/bin/sh\ncase \"$1\" in ls-files) printf '{FILE}\\0notes.txt\\0' ;; *) echo '{said}' ;; esac\n"
        );
        fs::write(&path, script).expect("the bed's folder is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
}

fn doctor(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("PATH", bed.path("bin")))
}

/// Check, what is said, fix; of what is not as it should be.
fn wrong(ran: &Ran) -> Vec<(String, String, String)> {
    let document = ran.document();
    let checks = document["checks"].as_array().expect("a list");
    let wrong: Vec<_> = checks
        .iter()
        .filter(|one| one["verdict"] == "wrong")
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            (text("check"), text("said"), text("fix"))
        })
        .collect();
    assert_eq!(document["wrong"], wrong.len());
    wrong
}

#[test]
fn what_is_wrong_is_named_and_mended_by_what_it_says() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let line = format!("doctor {FILE} --sandbox --json");
    let current = [
        ("git", "git version 2.47.3"),
        ("aws", "aws-cli/2.31.1 Python/3.13.7 Linux/6.8.0"),
    ];
    programs(
        &bed,
        &[current[0], current[1], ("terraform", "Terraform v1.4.6")],
    );
    // Put together here, so that this file is no leak.
    let key = format!("AKIA{}", "Q3ZZAMPL7ZQ2JR5T");
    fs::write(bed.path("notes.txt"), format!("mail\nkey {key}\n")).expect("writable");
    let secret = json!({"SecretId": "bella/bella-dev/app", "RecoveryWindowInDays": 7});
    cloud.json("secretsmanager", "DeleteSecret", &secret);
    for _ in 0..4 {
        cloud.query("ec2", "CreateVpc", &[("CidrBlock", "10.9.0.0/16")]);
    }

    // Billing knows a tag once something is billed by it.
    cloud.bill(&json!([{
        "day": "2026-11-01", "service": "Service", "usage_type": "CAN1-LoadBalancerUsage", "tags": {"bella:stack": "bella-dev"},
        "unblended": "0.6", "quantity": "24", "unit": "Hrs",
    }]));

    let ran = doctor(&bed, &line).exits(1);
    assert!(!ran.out.contains(&key) && !ran.err.contains(&key));
    let found = wrong(&ran);
    let here = format!("--endpoint-url {}", cloud.endpoint);
    let role = |service: &str| {
        format!(
            "aws iam create-service-linked-role --aws-service-name {service} --region ca-central-1 {here}"
        )
    };
    let services = [
        "ecs.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "rds.amazonaws.com",
        "elasticache.amazonaws.com",
        "ecs.application-autoscaling.amazonaws.com",
    ];
    let roles = services.map(|service| ("roles", role(service)));
    let state = bed.bella(&format!("alarms list {FILE} --sandbox --json"));
    let state = state.succeeds().document();
    let topic = state["alarms"][0]["tells"][0].as_str().expect("a topic");
    let mut expected = vec![(
        "quotas",
        format!(
            "aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region ca-central-1 {here}"
        ),
    )];
    expected.extend(roles);
    expected.extend([
        ("cost-tags", "aws ce update-cost-allocation-tags-status --region us-east-1 --cost-allocation-tags-status TagKey=bella:stack,Status=Active".to_owned() + " " + &here),
        ("subscriptions", format!("aws sns subscribe --region ca-central-1 --topic-arn {topic} --protocol email --notification-endpoint platform@bella.example {here}")),
        ("secrets", format!("aws secretsmanager restore-secret --secret-id bella/bella-dev/app --region ca-central-1 {here}")),
        ("tools", "sudo snap refresh terraform".to_owned()),
        ("repository", "bella runbook show key-leaked".to_owned()),
    ]);
    let fixes: Vec<(&str, String)> = found
        .iter()
        .map(|(check, _, fix)| (check.as_str(), fix.clone()))
        .collect();
    assert_eq!(fixes, expected);
    let said = |check: &str| {
        found
            .iter()
            .filter(|one| one.0 == check)
            .map(|one| one.1.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said("quotas"),
        ["VPCs: 5 of 5 are used by others, and the stack needs 1"]
    );
    assert_eq!(
        said("tools"),
        ["terraform 1.4.6 is older than 1.5, which reads what export terraform writes"]
    );
    assert_eq!(
        said("repository"),
        ["notes.txt:2: an AWS access key lies in the repository"]
    );

    // As the fixes say, where the sandbox takes them.
    // But the last role, which the emulator behind it takes for ECS's.
    for service in &services[..4] {
        cloud.query(
            "iam",
            "CreateServiceLinkedRole",
            &[("AWSServiceName", service)],
        );
    }
    let active =
        json!({"CostAllocationTagsStatus": [{"TagKey": "bella:stack", "Status": "Active"}]});
    cloud.json("ce", "UpdateCostAllocationTagsStatus", &active);
    cloud.json(
        "secretsmanager",
        "RestoreSecret",
        &json!({"SecretId": "bella/bella-dev/app"}),
    );
    fs::write(bed.path("notes.txt"), "mail\n").expect("writable");
    programs(
        &bed,
        &[current[0], current[1], ("terraform", "Terraform v1.11.4")],
    );
    let left: Vec<String> = wrong(&doctor(&bed, &line).exits(1))
        .into_iter()
        .map(|one| one.0)
        .collect();
    // Nobody reads the owner's mail here, and no account here is given more VPCs.
    assert_eq!(left, ["quotas", "roles", "subscriptions"]);
}

/// Without a stack the account, the tools and the repository.
#[test]
fn an_account_is_examined_by_itself() {
    let bed = Bed::new();
    programs(&bed, &[("aws", "aws-cli/1.29.0 Python/3.9.2")]);
    let ran = doctor(&bed, "doctor --sandbox --json").exits(1);
    let document = ran.document();
    let mut names: Vec<&str> = document["checks"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["check"].as_str())
        .collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "credentials",
            "clock",
            "region",
            "quotas",
            "roles",
            "cost-tags",
            "tools",
            "repository"
        ]
    );
    let tools: Vec<&Value> = document["checks"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["check"] == "tools")
        .collect();
    assert_eq!(
        tools.len(),
        1,
        "what is not there and not needed is not named"
    );
    assert_eq!(
        *tools[0],
        json!({
            "check": "tools",
            "verdict": "wrong",
            "said": "aws 1.29.0 is older than 2, which fixes and runbooks are written for",
            "fix": "sudo snap install aws-cli --classic",
        })
    );
}

/// A newer one may have made what an older one does not know.
#[test]
fn an_older_bella_is_told() {
    let bed = Bed::new().provisioned();
    programs(&bed, &[]);
    let ledger = bed.path("sandbox/ledger");
    assert!(
        written_by(&ledger, "9.0.0") > 0,
        "the ledger says who wrote it"
    );
    let found = wrong(&doctor(&bed, &format!("doctor {FILE} --sandbox --json")).exits(1));
    let (_, said, fix) = found
        .iter()
        .find(|one| one.0 == "tools")
        .expect("it is wrong");
    assert_eq!(
        (said.as_str(), fix.as_str()),
        (
            concat!(
                "bella ",
                env!("CARGO_PKG_VERSION"),
                " is older than the 9.0.0 that changed the stack last"
            ),
            "git pull && cargo build --release"
        )
    );
}

/// Has the ledger's files below a folder say that another version wrote them.
fn written_by(folder: &std::path::Path, version: &str) -> usize {
    let mut changed = 0;
    for file in fs::read_dir(folder).expect("a folder of the sandbox") {
        let path = file.expect("a listing").path();
        if path.is_dir() {
            changed += written_by(&path, version);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let own = concat!("\"version\":\"", env!("CARGO_PKG_VERSION"), "\"");
            changed += text.matches(own).count();
            let other = format!("\"version\":\"{version}\"");
            fs::write(&path, text.replace(own, &other)).expect("it is the sandbox's");
        }
    }
    changed
}

/// By the variable that every AWS tool reads: what is no AWS is known for it.
#[test]
fn an_emulator_s_zones_are_not_asked_for_in_the_dns() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.zone("bella.example");
    programs(&bed, &[]);
    let ran = run(bed
        .command("doctor stacks/prod.yaml --json")
        .env("PATH", bed.path("bin"))
        .env("AWS_ENDPOINT_URL", &cloud.endpoint)
        .env("AWS_ACCESS_KEY_ID", "somebody")
        .env("AWS_SECRET_ACCESS_KEY", "something"))
    .exits(1);
    let document = ran.document();
    let checks = document["checks"].as_array().expect("a list");
    let zone = checks.iter().find(|one| one["check"] == "zone");
    let zone = zone.expect("the stack has a name");
    assert_eq!(zone["verdict"], "unknown");
    assert_eq!(zone["fix"], "dig +short NS bella.example");
    let said = zone["said"].as_str().expect("a text");
    assert!(
        said.starts_with("bella.example is there; whether it is asked could not be checked: an emulator's zones are not in the DNS; the DNS has to answer ns-"),
        "{said}"
    );
}
