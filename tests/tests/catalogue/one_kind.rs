//! What one kind does, from its first object to the last trace of it.

use std::collections::BTreeSet;

use bella_aws::census::{Survivor, Wanted, census};
use bella_aws::clients::Aws;
use bella_engine::live::Object;
use bella_engine::plan::{Action, Change, Origin, Plan};
use bella_engine::resource::{Disposition, Kind, Owner, Phase};
use bella_engine::retry::Clock;
use bella_tests::{Bed, Declared};
use serde_json::Value;

use crate::schema::is_within;
use crate::setting::{Setting, another};

/// What proves that nothing is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The kinds' own listing and the census, which does not use it.
    Census,
    /// The kinds' own listing, where not everything that the census asks is answered.
    Listing,
}

/// Every way in which the kind does not do as its contract says.
pub(crate) async fn faults(bed: &Bed, setting: &Setting) -> Vec<String> {
    proven(bed, setting, Proof::Census).await
}

/// [`faults`], with what there is to prove that nothing is left.
pub(crate) async fn proven(bed: &Bed, setting: &Setting, proof: Proof) -> Vec<String> {
    let trial = Trial {
        bed,
        setting,
        kind: bed.kind(&setting.address),
    };
    let kind = setting.address.kind();
    let mut found = Vec::new();
    let made = trial.provision(&setting.whole()).await;
    let made_well = made.is_ok();
    found.extend(made.err().map(|why| format!("{kind}: create: {why}")));
    if made_well {
        for (path, value) in &setting.example.changes {
            found.extend(change(bed, setting, path, value).await);
        }
        let mut note = |what: &str, result: Result<(), String>| {
            found.extend(result.err().map(|why| format!("{kind}: {what}: {why}")));
        };
        note("drift of tags", trial.tags_changed_behind().await);
        note("immutable properties", trial.replaced().await);
        note("deleted behind the back", trial.deleted_behind().await);
    }
    let torn_down = trial.torn_down(proof).await;
    found.extend(
        torn_down
            .err()
            .map(|why| format!("{kind}: teardown: {why}")),
    );
    found
}

/// What goes wrong when `path` changes to `value` in the stack, and when it does so behind the
/// tool's back. The object is as before afterwards.
pub(crate) async fn change(bed: &Bed, setting: &Setting, path: &str, value: &Value) -> Vec<String> {
    let trial = Trial {
        bed,
        setting,
        kind: bed.kind(&setting.address),
    };
    let whole = setting.whole();
    let outcomes = [
        ("change", trial.changed_in_the_stack(path, value).await),
        ("change back", trial.provision(&whole).await),
        ("drift", trial.changed_behind(path, value).await),
        ("repair of drift", trial.provision(&whole).await),
    ];
    let wrong = outcomes.into_iter().filter_map(|(what, outcome)| {
        Some(format!(
            "{}: {what} of {path}: {}",
            setting.address.kind(),
            outcome.err()?
        ))
    });
    wrong.collect()
}

struct Trial<'a> {
    bed: &'a Bed,
    setting: &'a Setting,
    kind: &'static dyn Kind<Aws>,
}

impl Trial<'_> {
    async fn object(&self) -> Result<Object, String> {
        let whole = self.setting.whole();
        self.bed.object(&whole, &self.setting.address).await
    }

    /// One run that ends well, after which nothing is left to do.
    async fn provision(&self, declared: &Declared) -> Result<(), String> {
        self.bed.provision(declared).await?;
        nothing_left(&self.plan(declared).await?)
    }

    async fn plan(&self, declared: &Declared) -> Result<Plan, String> {
        let live = self.bed.look().await?;
        let plan = self.bed.plan_now(declared, &live);
        plan.map_err(|refusals| format!("refused: {refusals:?}"))
    }

    /// The plan's one change of the example; old revisions that go with it do not count.
    fn only_change<'p>(&self, plan: &'p Plan, origin: Origin) -> Result<&'p Change, String> {
        let is_revision = matches!(self.kind.disposition(), Disposition::Revisioned { .. });
        let mut changes = plan
            .changes
            .iter()
            .filter(|change| !(is_revision && change.action == Action::Delete));
        match (changes.next(), changes.next()) {
            (Some(change), None) if change.address == self.setting.address => {
                let strays: Vec<_> = change
                    .fields
                    .iter()
                    .filter(|field| field.origin != origin)
                    .collect();
                match strays.is_empty() && change.origin == origin {
                    true => Ok(change),
                    false => Err(format!("the origin should be {origin:?}: {}", brief(plan))),
                }
            }
            _ => Err(format!("one change was expected: {}", brief(plan))),
        }
    }

    fn only_field<'p>(
        &self,
        plan: &'p Plan,
        path: &str,
        origin: Origin,
    ) -> Result<&'p Change, String> {
        let change = self.only_change(plan, origin)?;
        let within = change
            .fields
            .iter()
            .all(|field| is_within(&field.change.path, path));
        match within && !change.fields.is_empty() && change.action == Action::Update {
            true => Ok(change),
            false => Err(format!("an update of {path} was expected: {}", brief(plan))),
        }
    }

    async fn changed_in_the_stack(&self, path: &str, value: &Value) -> Result<(), String> {
        let changed = self.setting.changed(path, value);
        let plan = self.plan(&changed).await?;
        self.only_field(&plan, path, Origin::Stack)?;
        let report = self.bed.apply(&changed, &plan).await;
        if !report.is_complete() {
            return Err(format!("apply: {:?}", report.steps));
        }
        nothing_left(&self.plan(&changed).await?)
    }

    /// Somebody else makes the change through the API; the plan of the unchanged stack names it.
    async fn changed_behind(&self, path: &str, value: &Value) -> Result<(), String> {
        let plan = self.plan(&self.setting.changed(path, value)).await?;
        let desired = match plan.changes.first() {
            Some(change) => change.desired.clone(),
            None => return Err("the second value makes no difference".to_owned()),
        };
        let object = self.object().await?;
        let who = self.bed.who(&self.setting.address, &object);
        let live = object.props.unwrap_or_default();
        let aws = self.bed.aws();
        let done = match self.kind.disposition() {
            Disposition::Revisioned { .. } => {
                let made = self.kind.create(aws, &who, &desired).await;
                made.map(|_| ())
            }
            _ => self.kind.update(aws, &who, &live, &desired).await,
        };
        done.map_err(|why| format!("the change itself: {why}"))?;
        self.settled().await?;
        let plan = self.plan(&self.setting.whole()).await?;
        self.only_field(&plan, path, Origin::Drift)?;
        Ok(())
    }

    /// Waits until the example is ready again, as what follows a change takes time.
    async fn settled(&self) -> Result<(), String> {
        for _ in 0..200 {
            match self.object().await?.phase {
                Phase::Pending(_) => {
                    self.bed
                        .clock()
                        .sleep(std::time::Duration::from_secs(1))
                        .await
                }
                _ => return Ok(()),
            }
        }
        Err("it does not get ready".to_owned())
    }

    async fn tags_changed_behind(&self) -> Result<(), String> {
        if self.kind.owner() != Owner::Tags {
            return Ok(());
        }
        let object = self.object().await?;
        let mut who = self.bed.who(&self.setting.address, &object);
        who.tags
            .insert("bella:environment".to_owned(), "other".to_owned());
        who.tags.insert("bella:stray".to_owned(), "yes".to_owned());
        who.tags.insert("theirs".to_owned(), "stays".to_owned());
        let aws = self.bed.aws();
        let tagged = self.kind.tag(aws, &who, &[]).await;
        tagged.map_err(|why| format!("the change itself: {why}"))?;
        let plan = self.plan(&self.setting.whole()).await?;
        let change = self.only_change(&plan, Origin::Drift)?;
        let fields: Vec<&str> = change
            .fields
            .iter()
            .map(|field| field.change.path.as_str())
            .collect();
        if fields != ["tags.bella:environment", "tags.bella:stray"] {
            return Err(format!("the two tags were expected: {}", brief(&plan)));
        }
        self.provision(&self.setting.whole()).await?;
        let tags = self.object().await?.tags;
        match tags.get("theirs").map(String::as_str) {
            Some("stays") => Ok(()),
            other => Err(format!("somebody else's tag is now {other:?}")),
        }
    }

    /// Another immutable value makes a new object, where two may stand side by side.
    async fn replaced(&self) -> Result<(), String> {
        let object = self.object().await?;
        let properties = &self.setting.example.properties;
        let shape = self.kind.normalize(properties)?;
        for path in self.kind.immutable() {
            let Some(value) = another(self.kind, &shape, path) else {
                continue;
            };
            let declared = self.setting.changed(path, &value);
            match (self.bed.plan(&declared).await, self.kind.owner()) {
                (Ok(plan), Owner::Parent(_)) => self.made_anew(&plan, &object.id)?,
                (Ok(plan), _) => self.replaces(&plan, path)?,
                (Err(refusals), _) => {
                    let names_it = |refusal: &bella_engine::plan::Refusal| {
                        matches!(refusal, bella_engine::plan::Refusal::CannotCoexist { address, fields, .. }
                            if *address == self.setting.address && fields == path)
                    };
                    if !refusals.iter().all(names_it) {
                        return Err(format!("{path}: refused: {refusals:?}"));
                    }
                }
            }
        }
        Ok(())
    }

    fn replaces(&self, plan: &Plan, path: &str) -> Result<(), String> {
        let change = self.only_change(plan, Origin::Stack)?;
        let forced = change
            .fields
            .iter()
            .any(|field| field.change.path == path && field.change.forces_replacement);
        match forced && change.action == Action::Replace {
            true => Ok(()),
            false => Err(format!(
                "a replacement because of {path} was expected: {}",
                brief(plan)
            )),
        }
    }

    /// A child has no address of its own: with another identity it is another object.
    fn made_anew(&self, plan: &Plan, old: &str) -> Result<(), String> {
        let actions: BTreeSet<Action> = plan.changes.iter().map(|change| change.action).collect();
        let goes = plan
            .changes
            .iter()
            .any(|change| change.action == Action::Delete && change.id.as_deref() == Some(old));
        let comes = plan.changes.iter().any(|change| {
            change.action == Action::Create && change.address == self.setting.address
        });
        match goes && comes && actions.len() == 2 && plan.changes.len() == 2 {
            true => Ok(()),
            false => Err(format!(
                "a create and a delete were expected: {}",
                brief(plan)
            )),
        }
    }

    async fn deleted_behind(&self) -> Result<(), String> {
        let whole = self.setting.whole();
        for object in &self.bed.objects(&whole, &self.setting.address).await? {
            let who = self.bed.who(&self.setting.address, object);
            let gone = self.kind.delete(self.bed.aws(), &who).await;
            gone.map_err(|why| format!("the delete itself: {why}"))?;
        }
        let plan = self.plan(&self.setting.whole()).await?;
        let change = self.only_change(&plan, Origin::Drift)?;
        match change.action {
            Action::Create => self.provision(&self.setting.whole()).await,
            _ => Err(format!("a create was expected: {}", brief(&plan))),
        }
    }

    /// Everything goes, and `proof` says so.
    async fn torn_down(&self, proof: Proof) -> Result<(), String> {
        let live = self.bed.look().await?;
        let vpcs = live.objects.iter().filter(|object| object.kind == "vpc");
        let wanted = Wanted {
            stack: self.bed.stack().to_owned(),
            vpcs: vpcs.map(|object| object.id.clone()).collect(),
        };
        let unseen = proof == Proof::Census && self.survivors(&wanted).await?.is_empty();
        if live.objects.is_empty() || unseen {
            return Err("there was nothing to tear down".to_owned());
        }
        self.bed.provision(&Declared::new()).await?;
        let left = self.bed.look().await?.objects;
        if !left.is_empty() {
            return Err(format!("still listed: {left:?}"));
        }
        if proof == Proof::Listing {
            return Ok(());
        }
        let survivors = self.survivors(&wanted).await?;
        match survivors.is_empty() {
            true => Ok(()),
            false => Err(format!("the census finds {survivors:?}")),
        }
    }

    async fn survivors(&self, wanted: &Wanted) -> Result<Vec<Survivor>, String> {
        let found = census(self.bed.aws(), wanted).await;
        found.map_err(|why| why.to_string())
    }
}

fn nothing_left(plan: &Plan) -> Result<(), String> {
    match plan.changes.is_empty() && plan.steps.is_empty() {
        true => Ok(()),
        false => Err(format!("the second plan is not empty: {}", brief(plan))),
    }
}

/// A plan in few words, values of the differing fields included.
pub(crate) fn brief(plan: &Plan) -> String {
    let lines = plan.changes.iter().map(|change| {
        let fields: Vec<String> = change
            .fields
            .iter()
            .map(|field| {
                format!(
                    "{} {:?}: {} -> {}",
                    field.change.path, field.origin, field.change.from, field.change.to
                )
            })
            .collect();
        format!(
            "{:?} {} {:?} [{}]{}",
            change.action,
            change.address,
            change.origin,
            fields.join(", "),
            change.reason.as_deref().unwrap_or_default()
        )
    });
    lines.collect::<Vec<String>>().join("; ")
}
