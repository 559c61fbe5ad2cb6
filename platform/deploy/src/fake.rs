//! A stack in memory, in which any one call can fail.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bella_aws::deploy::{Ended, Job, Registry};
use bella_aws::rollout::cause::{Cause, Finding, Fix};
use bella_aws::rollout::own;
use bella_aws::rollout::watch::{Back, Verdict};
use bella_aws::running::Revision;
use bella_engine::address::Address;
use bella_engine::live::{Live, Object};
use bella_engine::resource::{Outputs, Phase};
use bella_smoke::Passed;
use bella_stack::{DEFINITION, MIGRATION, Node, REPOSITORY, SERVICE, Stack, app_keys};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::site::{Failure, Proof, Site, Told, Turn, Values};

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
        Self(problem.to_string())
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
    pub(crate) active: bool,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) service: Vec<Known>,
    pub(crate) migration: Vec<Known>,
    /// The revision that the service is set to run.
    pub(crate) runs: String,
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
    /// Which call fails, counted from 0.
    pub(crate) fails_at: Cell<Option<usize>>,
    /// The image that does not prove to serve.
    pub(crate) bad: Cell<Option<&'static str>>,
    pub(crate) told: RefCell<Vec<String>>,
}

impl Fake {
    /// A stack in which `image` serves.
    pub(crate) fn serving(image: &str) -> Self {
        let stack = stack();
        let values = app_keys(&stack).into_iter();
        let values = values.map(|key| (key.to_owned(), Zeroizing::new(format!("{key} of old"))));
        let known = |family: &str| Known {
            arn: format!("{family}:1"),
            image: image.to_owned(),
            active: true,
        };
        let state = State {
            service: vec![known("service")],
            migration: vec![known("migrate")],
            runs: "service:1".to_owned(),
            values: values.collect(),
            login: Some("bella_app"),
            logins: vec!["bella_app"],
            calls: Vec::new(),
        };
        Self {
            stack,
            state: RefCell::new(state),
            fails_at: Cell::new(None),
            bad: Cell::new(None),
            told: RefCell::default(),
        }
    }

    /// The image of the revision that the service is set to run.
    pub(crate) fn image(&self) -> String {
        let state = self.state.borrow();
        let known = state.service.iter().find(|known| known.arn == state.runs);
        known.map(|known| known.image.clone()).unwrap_or_default()
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
        match self.fails_at.get() == Some(state.calls.len() - 1) {
            true => Err(Failed(format!("{name} was refused"))),
            false => Ok(()),
        }
    }

    fn live(&self) -> Live {
        let state = self.state.borrow();
        let mut objects = Vec::new();
        for (address, known) in [(DEFINITION, &state.service), (MIGRATION, &state.migration)] {
            let active = known.iter().filter(|known| known.active);
            objects.extend(active.map(|known| {
                let props = json!({"container": {"image": known.image, "environment": {}}});
                object(address, &known.arn, props)
            }));
        }
        objects.push(object(
            SERVICE,
            "arn:service",
            json!({"cluster": "main", "task_definition": state.runs, "desired_count": 1}),
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
fn register(known: &mut Vec<Known>, family: &str, image: &str) -> String {
    let newest = known.iter().rev().find(|known| known.active);
    if let Some(newest) = newest.filter(|newest| newest.image == image) {
        return newest.arn.clone();
    }
    let arn = format!("{family}:{}", known.len() + 1);
    known.push(Known {
        arn: arn.clone(),
        image: image.to_owned(),
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
            Told::Rollout(_) => "rollout".to_owned(),
            Told::Problem(why) => format!("problem {}", why.0),
        };
        self.told.borrow_mut().push(line);
    }

    async fn look(&self) -> Result<Live, Failed> {
        self.call("look")?;
        Ok(self.live())
    }

    async fn running(&self, _live: &Live) -> Result<Option<String>, Failed> {
        self.call("running")?;
        Ok(Some(self.image()).filter(|image| !image.is_empty()))
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
            })
            .collect();
        known.reverse();
        Ok(known)
    }

    async fn apply(&self, nodes: Vec<Node>) -> Result<BTreeMap<Address, Outputs>, Failed> {
        self.call("apply")?;
        let node = |address: &str| {
            let found = nodes.iter().find(|node| node.address == address);
            &found.expect("every stack has it").properties
        };
        let image = |address: &str| {
            node(address)["container"]["image"]
                .as_str()
                .unwrap_or_default()
        };
        let mut state = self.state.borrow_mut();
        let own = register(&mut state.service, "service", image(DEFINITION));
        let migration = register(&mut state.migration, "migrate", image(MIGRATION));
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
        let image = there.expect("is there").image.clone();
        let arn = format!("service:{}", state.service.len() + 1);
        state.service.push(Known {
            arn: arn.clone(),
            image,
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
        match self.bad.get() == Some(self.image().as_str()) {
            true => Err(Failed("it does not serve".to_owned())),
            false => Ok(()),
        }
    }

    async fn note(&self, action: &str, image: &str) -> Result<(), Failed> {
        self.call(&format!("note {action} {image}"))
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
