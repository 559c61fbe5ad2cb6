//! A stack in memory, in which any calls can fail.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bella_aws::deploy::{Ended, Job, NetworkAcl, Registry};
use bella_aws::rollout::cause::{Cause, Finding, Fix};
use bella_aws::rollout::own;
use bella_aws::rollout::watch::{Back, Verdict};
use bella_aws::running::Revision;
use bella_engine::address::Address;
use bella_engine::live::{Live, Object};
use bella_engine::resource::{Outputs, Phase};
use bella_image::{Credentials, Platform};
use bella_smoke::Passed;
use bella_stack::{
    DEFINITION, MIGRATION, Node, REPOSITORY, SERVICE, Stack, app_keys, blueprint_running,
    is_placeholder,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::site::{Failure, Proof, Scope, Site, Told, Turn, Values};

/// The stack of the fake.
pub(crate) fn stack() -> Stack {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks/dev.yaml");
    bella_stack::load(&file).expect("is valid").stack
}

/// What failed, in words.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        let hints = problem.hints.iter().map(|hint| format!("\nhint: {hint}"));
        Self(problem.to_string() + &hints.collect::<String>())
    }
}

impl Failure for Failed {
    fn and(mut self, lines: Vec<String>, _hints: Vec<String>) -> Self {
        for line in lines {
            self.0.push('\n');
            self.0.push_str(&line);
        }
        self
    }
}

/// One revision of a definition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    pub(crate) arn: String,
    pub(crate) image: String,
    /// What else it says.
    pub(crate) cpu: u64,
    pub(crate) active: bool,
}

/// An image that no version is ever deployed from.
const NONE: &str = "repository:bootstrap";

#[derive(Default)]
pub(crate) struct State {
    pub(crate) service: Vec<Known>,
    pub(crate) migration: Vec<Known>,
    /// The revision that the service is set to run.
    pub(crate) runs: String,
    /// Whether tasks of it are wanted.
    pub(crate) awake: bool,
    pub(crate) values: Values,
    /// What the secret `database` says: whose turn it is.
    pub(crate) login: Option<&'static str>,
    /// Logins that the database lets in.
    pub(crate) logins: Vec<&'static str>,
    pub(crate) calls: Vec<String>,
}

/// The stack in memory.
pub(crate) struct Fake {
    pub(crate) stack: Stack,
    pub(crate) state: RefCell<State>,
    /// Which calls fail, counted from 0.
    pub(crate) faults: Vec<usize>,
    /// The images that do not prove to serve.
    pub(crate) bad: Vec<&'static str>,
    /// Secrets without a value.
    pub(crate) valueless: Vec<String>,
    /// What every revision was started with.
    pub(crate) variables: Vec<String>,
    /// What every image is made for.
    pub(crate) platform: Platform,
    pub(crate) told: RefCell<Vec<String>>,
}

impl Fake {
    /// A stack to which these images were deployed, the last of them serving; with none of them the stack is only provisioned.
    pub(crate) fn serving(images: &[&str]) -> Self {
        let stack = stack();
        let values = app_keys(&stack).into_iter();
        let values = values.map(|key| (key.to_owned(), Zeroizing::new(format!("{key} of old"))));
        let deployed = if images.is_empty() { &[NONE] } else { images };
        let known = |family: &str| -> Vec<Known> {
            let numbered = (1..).zip(deployed);
            let known = numbered.map(|(number, image)| Known {
                arn: format!("{family}:{number}"),
                image: (*image).to_owned(),
                cpu: u64::from(stack.service.cpu),
                active: true,
            });
            known.collect()
        };
        let state = State {
            service: known("service"),
            migration: known("migrate"),
            runs: format!("service:{}", deployed.len()),
            awake: !images.is_empty(),
            values: values.collect(),
            login: Some("bella_app"),
            logins: vec!["bella_app"],
            calls: Vec::new(),
        };
        Self {
            stack,
            state: RefCell::new(state),
            faults: Vec::new(),
            valueless: Vec::new(),
            variables: vec!["ADMIN_USER".to_owned(), "BIND".to_owned()],
            bad: Vec::new(),
            platform: Platform {
                architecture: "arm64".to_owned(),
                os: "linux".to_owned(),
                variant: None,
            },
            told: RefCell::default(),
        }
    }

    /// The image of the revision that the service is set to run.
    pub(crate) fn image(&self) -> String {
        let state = self.state.borrow();
        let known = state.service.iter().find(|known| known.arn == state.runs);
        known.map(|known| known.image.clone()).unwrap_or_default()
    }

    /// The image that serves; `None` where no task is wanted of any.
    pub(crate) fn serves(&self) -> Option<String> {
        let awake = self.state.borrow().awake;
        Some(self.image()).filter(|image| awake && !is_placeholder(image))
    }

    /// The images of the active revisions, oldest first.
    pub(crate) fn active(&self) -> Vec<String> {
        let state = self.state.borrow();
        let active = state.service.iter().filter(|known| known.active);
        active.map(|known| known.image.clone()).collect()
    }

    fn call(&self, name: &str) -> Result<(), Failed> {
        let mut state = self.state.borrow_mut();
        state.calls.push(name.to_owned());
        match self.faults.contains(&(state.calls.len() - 1)) {
            true => Err(Failed(format!("{name} was refused"))),
            false => Ok(()),
        }
    }

    fn live(&self) -> Live {
        let state = self.state.borrow();
        let mut objects = Vec::new();
        for (address, known) in [(DEFINITION, &state.service), (MIGRATION, &state.migration)] {
            let active = known.iter().filter(|known| known.active);
            objects.extend(active.filter_map(|known| {
                let nodes = blueprint_running(&self.stack, Some(&known.image));
                // Without a database there is no migration.
                let node = nodes.into_iter().find(|node| node.address == address)?;
                let mut props = node.properties;
                props["cpu"] = json!(known.cpu);
                Some(object(address, &known.arn, props))
            }));
        }
        objects.push(object(
            SERVICE,
            "arn:service",
            json!({
                "cluster": "main", "task_definition": state.runs, "desired_count": u32::from(state.awake),
            }),
        ));
        objects.push(object(REPOSITORY, "repository", json!({})));
        Live { objects }
    }
}

fn object(address: &str, id: &str, props: Value) -> Object {
    let address = Address::parse(address).expect("is an address");
    Object {
        kind: address.kind().to_owned(),
        address,
        claimed: true,
        id: id.to_owned(),
        props: Some(props),
        outputs: Outputs::new(),
        tags: BTreeMap::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    }
}

/// Registers what a node of a definition says, unless the newest active revision says it; its ARN.
fn register(known: &mut Vec<Known>, family: &str, node: &Value) -> String {
    let image = node["container"]["image"].as_str().unwrap_or_default();
    let cpu = node["cpu"].as_u64().unwrap_or_default();
    let newest = known.iter().rev().find(|known| known.active);
    if let Some(newest) = newest.filter(|newest| newest.image == image && newest.cpu == cpu) {
        return newest.arn.clone();
    }
    let arn = format!("{family}:{}", known.len() + 1);
    known.push(Known {
        arn: arn.clone(),
        image: image.to_owned(),
        cpu,
        active: true,
    });
    arn
}

impl Site for Fake {
    type Error = Failed;

    fn stack(&self) -> &Stack {
        &self.stack
    }

    fn is_sandbox(&self) -> bool {
        false
    }

    fn run_id(&self) -> &str {
        "run-1"
    }

    fn command(&self, verb: &str) -> String {
        format!("bella {verb} stack.yaml")
    }

    fn again(&self) -> &str {
        "bella deploy stack.yaml"
    }

    fn tell(&self, told: Told<'_, Failed>) {
        let line = match told {
            Told::Phase { name, .. } => format!("phase {name}"),
            Told::Done { what, .. } => what.to_owned(),
            Told::Line(line) => line.to_owned(),
            Told::Note(note) => format!("note: {note}"),
            Told::Rollout(_) => "rollout".to_owned(),
            Told::Problem(why) => format!("problem {}", why.0),
        };
        self.told.borrow_mut().push(line);
    }

    async fn look(&self) -> Result<Live, Failed> {
        self.call("look")?;
        Ok(self.live())
    }

    async fn network_acls(&self, _vpcs: &[String]) -> Result<Vec<NetworkAcl>, Failed> {
        self.call("network_acls")?;
        Ok(Vec::new())
    }

    async fn running(&self, _live: &Live) -> Result<Option<String>, Failed> {
        self.call("running")?;
        Ok(Some(self.image()).filter(|image| !is_placeholder(image)))
    }

    async fn revisions(&self, _live: &Live) -> Result<Vec<Revision>, Failed> {
        self.call("revisions")?;
        let state = self.state.borrow();
        let numbered = (1_u32..).zip(&state.service);
        let active = numbered.filter(|(_, known)| known.active);
        let mut known: Vec<Revision> = active
            .map(|(number, known)| Revision {
                number,
                arn: known.arn.clone(),
                image: known.image.clone(),
                variables: self.variables.clone(),
            })
            .collect();
        known.reverse();
        Ok(known)
    }

    async fn apply(
        &self,
        nodes: Vec<Node>,
        scope: Scope,
    ) -> Result<BTreeMap<Address, Outputs>, Failed> {
        self.call("apply")?;
        let known = [DEFINITION, MIGRATION, SERVICE, "scaling_target.service"];
        let is_part = nodes.iter().all(|node| known.contains(&&*node.address));
        assert_eq!(is_part, scope == Scope::Part, "{nodes:?}");
        let node = |address: &str| {
            let found = nodes.iter().find(|node| node.address == address);
            &found.expect("every stack has it").properties
        };
        let mut state = self.state.borrow_mut();
        let own = register(&mut state.service, "service", node(DEFINITION));
        let migration = register(&mut state.migration, "migrate", node(MIGRATION));
        if let Some(count) = node(SERVICE)["desired_count"].as_u64() {
            state.awake = count > 0;
        }
        let wanted = node(SERVICE)["task_definition"]
            .as_str()
            .unwrap_or_default();
        state.runs = match wanted.starts_with("${") {
            true => own.clone(),
            false => wanted.to_owned(),
        };
        let outputs = [(DEFINITION, own), (MIGRATION, migration)];
        let outputs = outputs.map(|(address, arn)| {
            let address = Address::parse(address).expect("is an address");
            (address, Outputs::from([("arn".to_owned(), arn)]))
        });
        Ok(outputs.into())
    }

    async fn retire(&self, revision: &str) -> Result<(), Failed> {
        self.call("retire")?;
        let mut state = self.state.borrow_mut();
        let State {
            service, migration, ..
        } = &mut *state;
        for known in service.iter_mut().chain(migration) {
            known.active &= known.arn != revision;
        }
        Ok(())
    }

    async fn values(&self) -> Result<Values, Failed> {
        self.call("values")?;
        Ok(self.state.borrow().values.clone())
    }

    async fn valueless(&self) -> Result<Vec<String>, Failed> {
        self.call("valueless")?;
        Ok(self.valueless.clone())
    }

    async fn put(&self, key: &str, value: Zeroizing<String>) -> Result<(), Failed> {
        self.call("put")?;
        self.state.borrow_mut().values.insert(key.to_owned(), value);
        Ok(())
    }

    async fn login(&self) -> Result<bool, Failed> {
        self.call("login")?;
        Ok(false)
    }

    async fn turn(&self) -> Result<Turn, Failed> {
        self.call("turn")?;
        let mut state = self.state.borrow_mut();
        let before = state.login;
        let user = match before {
            Some("bella_app") => "bella_app_b",
            _ => "bella_app",
        };
        state.login = Some(user);
        Ok(Turn {
            before: before.map(str::to_owned),
            user: user.to_owned(),
            was: before.map(|before| Zeroizing::new(before.to_owned())),
        })
    }

    async fn put_login(&self, was: Zeroizing<String>) -> Result<(), Failed> {
        self.call("put_login")?;
        let names = ["bella_app", "bella_app_b"];
        let was = names.into_iter().find(|name| *name == was.as_str());
        self.state.borrow_mut().login = was;
        Ok(())
    }

    async fn register_again(&self, revision: &str) -> Result<String, Failed> {
        self.call("register_again")?;
        let mut state = self.state.borrow_mut();
        let there = state.service.iter().find(|known| known.arn == revision);
        let there = there.expect("is there");
        let (image, cpu) = (there.image.clone(), there.cpu);
        let arn = format!("service:{}", state.service.len() + 1);
        state.service.push(Known {
            arn: arn.clone(),
            image,
            cpu,
            active: true,
        });
        Ok(arn)
    }

    async fn run(&self, job: &Job, _within: Duration) -> Result<Ended, Failed> {
        self.call("run")?;
        let mut state = self.state.borrow_mut();
        let login = state.login.expect("is there");
        match job.command.get(2) {
            Some(old) => state.logins.retain(|known| known != old),
            None if !state.logins.contains(&login) => state.logins.push(login),
            None => {}
        }
        Ok(Ended {
            task: job.task_definition.clone(),
            exit_code: Some(0),
            reason: String::new(),
            lines: vec!["schema 1: nothing to do".to_owned()],
        })
    }

    async fn watch(
        &self,
        ours: &own::Deployment,
        _timeout: Duration,
        _on: &dyn Fn(&own::Snapshot),
    ) -> Result<Verdict, Failed> {
        // What is applied meanwhile gets its turn first.
        tokio::task::yield_now().await;
        self.call("watch")?;
        Ok(match self.state.borrow().runs == ours.task_definition {
            true => Verdict::Serving { tasks: 1 },
            false => Verdict::Failed {
                why: "the service runs another revision".to_owned(),
                finding: None,
                back: Back::Not {
                    why: "nothing was put back".to_owned(),
                },
            },
        })
    }

    async fn finding(&self, _cluster: &str, _service: &str) -> Option<Finding> {
        Some(Finding {
            cause: Cause::DatabaseUnreachable,
            sentence: "the database is away".to_owned(),
            evidence: Vec::new(),
            proven: true,
            fix: Fix {
                first: None,
                command: "bella plan stack.yaml".to_owned(),
            },
        })
    }

    async fn prove(&self, _proof: Proof, _on: &mut dyn FnMut(Passed)) -> Result<(), Failed> {
        self.call("prove")?;
        match self.bad.contains(&self.image().as_str()) || self.serves().is_none() {
            true => Err(Failed("it does not serve".to_owned())),
            false => Ok(()),
        }
    }

    async fn note(&self, action: &str, image: &str) -> Result<(), Failed> {
        self.call(&format!("note {action} {image}"))
    }

    async fn platforms(
        &self,
        _image: &str,
        _credentials: &Credentials,
    ) -> Result<Vec<Platform>, Failed> {
        self.call("platforms")?;
        Ok(vec![self.platform.clone()])
    }

    async fn registry(&self) -> Result<Registry, Failed> {
        self.call("registry")?;
        Ok(Registry {
            endpoint: String::new(),
            user: "AWS".to_owned(),
            password: Zeroizing::default(),
        })
    }
}
