//! One version takes over from another, and gives way to it again, while callers call: nobody is turned away.

use std::fs;
use std::path::Path;

use bella_smoke::{Door, Keys};
use bella_tests::{Callers, Fared};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::bed::{Bed, FILE, Ran, STACK, run};
use crate::cloud::Cloud;
use crate::deploy::service;

/// Requests a second.
const RATE: u32 = 200;
/// So many have to be answered, however slow the machine is.
const FEWEST: usize = 200;

/// A stack that callers call.
struct Scene {
    bed: Bed,
    cloud: Cloud,
    url: String,
}

impl Scene {
    fn new() -> Self {
        let bed = Bed::with_files();
        bed.edit(
            FILE,
            "scaling: { min: 1, max: 2 }",
            "scaling: { min: 1, max: 2 }\n  health_check: { interval: 5s, timeout: 4s }",
        );
        bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
        bed.in_business_hours();
        let status = bella(&bed, "sandbox status --json").document();
        let text = |name: &str| status[name].as_str().expect("the sandbox runs").to_owned();
        Self {
            cloud: Cloud::at(&text("endpoint")),
            url: text("service_url"),
            bed,
        }
    }

    /// Runs a command that ends with a version serving; its image.
    fn serves(&self, line: &str) -> String {
        let ran = bella(&self.bed, line).succeeds();
        let said = ran.out.trim().strip_prefix(&format!("{STACK} serves "));
        said.unwrap_or_else(|| panic!("{}", ran.out)).to_owned()
    }

    fn deploy(&self, program: &Path) -> String {
        let program = program.display();
        self.serves(&format!("deploy {FILE} --sandbox --binary {program}"))
    }

    fn nothing_is_pending(&self) {
        let line = format!("plan {FILE} --sandbox --exit-code");
        bella(&self.bed, &line).succeeds();
    }

    fn callers(&self) -> Callers {
        let named = json!({"SecretId": format!("bella/{STACK}/app")});
        let secret = self.cloud.json("secretsmanager", "GetSecretValue", &named);
        let values = secret["SecretString"].as_str().expect("a value");
        let values: Value = serde_json::from_str(values).expect("a JSON object");
        let definition = self.tasks()[0]["taskDefinitionArn"].clone();
        let asked = json!({"taskDefinition": definition});
        let told = self.cloud.json("ecs", "DescribeTaskDefinition", &asked);
        let container = &told["taskDefinition"]["containerDefinitions"][0];
        let mut variables = container["environment"].as_array().into_iter().flatten();
        let public = variables.find(|one| one["name"] == "PUBLIC_BASE_URL");
        let public = public.and_then(|one| one["value"].as_str());
        let token = values["TWILIO_AUTH_TOKEN"].as_str().expect("a token");
        let keys = Keys {
            twilio_auth_token: Zeroizing::new(token.to_owned()),
            api_key: Zeroizing::default(),
        };
        let door = Door::new(&self.url, public.expect("it is set"), keys);
        Callers::start(door.expect("a client"), RATE)
    }

    /// The tasks that run.
    fn tasks(&self) -> Vec<Value> {
        let clusters = self.cloud.json("ecs", "ListClusters", &json!({}));
        let cluster = &clusters["clusterArns"][0];
        let asked = json!({"cluster": cluster, "desiredStatus": "RUNNING"});
        let listed = self.cloud.json("ecs", "ListTasks", &asked);
        let asked = json!({"cluster": cluster, "tasks": listed["taskArns"]});
        let told = self.cloud.json("ecs", "DescribeTasks", &asked);
        told["tasks"].as_array().expect("a list").clone()
    }

    /// Every task that runs is of this image.
    fn runs(&self, image: &str) {
        let (_, digest) = image.split_once('@').expect("a digest");
        let tasks = self.tasks();
        assert!(!tasks.is_empty());
        for task in &tasks {
            let container = &task["containers"][0];
            assert_eq!(container["image"], image, "{task:#}");
            assert_eq!(container["imageDigest"], digest, "{task:#}");
        }
    }
}

fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

fn all_answered(fared: &Fared) {
    assert!(fared.failed.is_empty(), "{fared:?}");
    assert!(fared.answered >= FEWEST, "{fared:?}");
}

#[test]
fn no_request_fails_while_a_version_takes_over_and_when_it_gives_way() {
    let scene = Scene::new();
    let first = scene.deploy(&service());
    scene.runs(&first);
    let path = scene.bed.path("another");
    let mut bytes = fs::read(service()).expect("the program is there");
    bytes.extend(b"another version\n");
    fs::write(&path, bytes).expect("the folder is writable");

    let callers = scene.callers();
    let second = scene.deploy(&path);
    scene.nothing_is_pending();
    all_answered(&callers.end());
    assert_ne!(first, second);
    scene.runs(&second);

    let callers = scene.callers();
    let back = scene.serves(&format!("rollback {FILE} --sandbox"));
    scene.nothing_is_pending();
    all_answered(&callers.end());
    assert_eq!(back, first);
    scene.runs(&first);
}
