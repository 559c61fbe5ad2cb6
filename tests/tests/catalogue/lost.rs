//! Lost answers: a call was carried out and nobody heard of it.

use bella_aws::calls::is_repeatable;
use bella_aws::census::{Wanted, census};
use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::resource::{Catalog, Kind};
use bella_tests::{Bed, Call, Declared, Gateway, Sandbox, host_zone};
use serde_json::json;

use crate::one_kind::brief;
use crate::setting::{Setting, chosen};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lost_answer_makes_a_second_object_or_keeps_one() {
    let sandbox = Sandbox::start("lost");
    let aws = sandbox.aws().await;
    host_zone(&aws).await;
    let mut wrong = Vec::new();
    for (number, kind) in chosen().into_iter().enumerate() {
        let setting = Setting::of(kind);
        let bed = Bed::new(&aws, only(&setting.kinds()), &format!("lost-{number}"));
        let trial = Trial {
            bed,
            setting,
            gateway: sandbox.gateway(),
        };
        if let Err(why) = trial.run().await {
            wrong.push(format!("{}: {why}", kind.kind()));
        }
        trial.gateway.calm();
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The kinds of these names.
pub(crate) fn only(names: &[&str]) -> Catalog<Aws> {
    let some = KINDS
        .iter()
        .copied()
        .filter(|kind| names.contains(&kind.kind()));
    some.collect::<Vec<&'static dyn Kind<Aws>>>().leak()
}

/// The changing calls, in order, as (service, operation).
pub(crate) fn writes(calls: &[Call]) -> Vec<(String, String)> {
    let changing = calls.iter().filter(|call| !call.is_read());
    changing
        .map(|call| (call.service.clone(), call.operation.clone()))
        .collect()
}

/// What a service says of an object that it does not know.
fn not_found(service: &str) -> Option<&'static str> {
    Some(match service {
        "ec2" => "InvalidGroup.NotFound",
        "iam" => "NoSuchEntity",
        "logs" | "ecr" | "secretsmanager" => "ResourceNotFoundException",
        "s3" => "NoSuchBucket",
        "elasticloadbalancing" => "LoadBalancerNotFound",
        "rds" => "DBParameterGroupNotFound",
        _ => return None,
    })
}

struct Trial {
    bed: Bed,
    setting: Setting,
    gateway: Gateway,
}

impl Trial {
    async fn run(&self) -> Result<(), String> {
        let (parents, whole) = (&self.setting.parents, self.setting.whole());
        self.bed.provision(parents).await?;
        let creates = self.observed(&whole).await?;
        let deletes = self.observed(parents).await?;
        if creates.is_empty() || deletes.is_empty() {
            return Err("making and removing it made no changing call".to_owned());
        }
        for round in 0..creates.len().max(deletes.len()) {
            let lost = &creates[round % creates.len()];
            self.with_lost(lost, &whole, &creates).await?;
            self.exactly_one(&whole)
                .await
                .map_err(|why| format!("after {lost:?} was lost: {why}"))?;
            let lost = &deletes[round % deletes.len()];
            self.with_lost(lost, parents, &deletes).await?;
            self.none(&whole)
                .await
                .map_err(|why| format!("after {lost:?} was lost: {why}"))?;
        }
        for later in creates.iter().skip(1) {
            self.with_unheard(later, &whole).await?;
            self.exactly_one(&whole)
                .await
                .map_err(|why| format!("after {later:?} was too early: {why}"))?;
            self.bed.provision(parents).await?;
        }
        self.bed.provision(&whole).await?;
        for (path, value) in &self.setting.example.changes {
            let changed = self.setting.changed(path, value);
            let updates = self.observed(&changed).await?;
            self.bed.provision(&whole).await?;
            let lost = updates
                .first()
                .ok_or_else(|| format!("a change of {path} made no call"))?;
            let outcome = self.with_lost(lost, &changed, &updates).await;
            outcome.map_err(|why| format!("change of {path}: {why}"))?;
            self.exactly_one(&changed)
                .await
                .map_err(|why| format!("change of {path}, {lost:?} lost: {why}"))?;
            self.bed.provision(&whole).await?;
        }
        self.leave_nothing().await
    }

    /// One run without trouble; its changing calls.
    async fn observed(&self, declared: &Declared) -> Result<Vec<(String, String)>, String> {
        let since = self.gateway.now();
        self.bed.provision(declared).await?;
        Ok(writes(&self.gateway.calls(since).1))
    }

    /// One run in which the answer to the first `lost` call gets lost. It ends well by itself, and
    /// makes no changing call more often than `usual` unless that is harmless to repeat.
    async fn with_lost(
        &self,
        lost: &(String, String),
        declared: &Declared,
        usual: &[(String, String)],
    ) -> Result<(), String> {
        let since = self.gateway.now();
        let (service, operation) = lost;
        self.gateway
            .inject(&json!([{"service": service, "operation": operation, "fault": "drop_after"}]));
        let ran = self.bed.provision(declared).await;
        self.gateway.calm();
        ran.map_err(|why| format!("{operation} was lost: {why}"))?;
        let calls = self.gateway.calls(since).1;
        if !calls
            .iter()
            .any(|call| call.fault.as_deref() == Some("drop_after"))
        {
            return Err(format!("no answer to {operation} was lost"));
        }
        let made = writes(&calls);
        let count = |all: &[(String, String)]| all.iter().filter(|call| *call == lost).count();
        // A create is looked for before it is repeated; what is repeated blindly has a token.
        let is_create = lost.1.starts_with("Create") && declared.len() > self.setting.parents.len();
        if is_create && !is_repeatable(operation) && count(&made) > count(usual) {
            return Err(format!("{operation} was called {} times", count(&made)));
        }
        Ok(())
    }

    /// One run in which a call after the one that makes the object comes too early: what it names
    /// is not found yet. It ends well by itself.
    async fn with_unheard(
        &self,
        later: &(String, String),
        declared: &Declared,
    ) -> Result<(), String> {
        let (service, operation) = later;
        let code = not_found(service).ok_or_else(|| format!("no code for {service}"))?;
        let since = self.gateway.now();
        self.gateway.inject(&json!([{
            "service": service, "operation": operation, "times": 3,
            "fault": "error", "status": 400, "code": code, "message": "refused by the test",
        }]));
        let ran = self.bed.provision(declared).await;
        self.gateway.calm();
        ran.map_err(|why| format!("{operation} was too early: {why}"))?;
        let calls = self.gateway.calls(since).1;
        match calls.iter().filter(|call| call.fault.is_some()).count() {
            3 => Ok(()),
            count => Err(format!("{operation} was too early {count} times, not 3")),
        }
    }

    async fn exactly_one(&self, whole: &Declared) -> Result<(), String> {
        self.bed.object(whole, &self.setting.address).await?;
        let live = self.bed.look().await?;
        // Older revisions are kept beside the newest.
        let newest = live
            .objects
            .iter()
            .filter(|object| object.props.is_some())
            .count();
        if newest != whole.len() {
            return Err(format!(
                "{} objects where {} are declared",
                live.objects.len(),
                whole.len()
            ));
        }
        let plan = self
            .bed
            .plan(whole)
            .await
            .map_err(|why| format!("refused: {why:?}"))?;
        match plan.changes.is_empty() {
            true => Ok(()),
            false => Err(format!("the second plan is not empty: {}", brief(&plan))),
        }
    }

    async fn none(&self, whole: &Declared) -> Result<(), String> {
        match self.bed.objects(whole, &self.setting.address).await?.len() {
            0 => Ok(()),
            count => Err(format!("{count} objects are left")),
        }
    }

    async fn leave_nothing(&self) -> Result<(), String> {
        let live = self.bed.look().await?;
        let vpcs = live.objects.iter().filter(|object| object.kind == "vpc");
        let wanted = Wanted {
            stack: self.bed.stack().to_owned(),
            vpcs: vpcs.map(|object| object.id.clone()).collect(),
        };
        self.bed.provision(&Declared::new()).await?;
        let left = census(self.bed.aws(), &wanted)
            .await
            .map_err(|why| why.to_string())?;
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("the census finds {left:?}")),
        }
    }
}
