//! An error at every call of making and removing a small stack: one further run is enough.

use std::collections::{BTreeMap, BTreeSet};

use bella_aws::census::{Wanted, census};
use bella_aws::clients::Aws;
use bella_tests::{Bed, Call, Declared, Gateway, Sandbox};
use serde_json::{Value, json};

use crate::lost::only;
use crate::one_kind::brief;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_error_at_any_call_one_further_run_is_enough() {
    let sandbox = Sandbox::start("errors");
    let aws = sandbox.aws().await;
    let gateway = sandbox.gateway();
    let stack = |name: String| Stack::new(&aws, &gateway, &name);
    let clean = stack("clean".to_owned()).unhindered().await;
    let (made, removed) = clean.expect("nothing is in the way");
    let mut wrong = Vec::new();
    let mut note = |what: String, outcome: Result<(), String>| {
        wrong.extend(outcome.err().map(|why| format!("{what}: {why}")));
    };
    for trouble in ["error", "drop_before", "drop_after"] {
        let (make, remove) = (made.writes(), removed.writes());
        assert!(make.len() > 8 && remove.len() > 8, "{make:?} {remove:?}");
        for round in 0..make.len().max(remove.len()) {
            let make = fault(&make[round % make.len()], trouble);
            let remove = fault(&remove[round % remove.len()], trouble);
            let stack = stack(format!("{}-{round}", trouble.replace('_', "-")));
            note(
                format!("{make} then {remove}"),
                stack.hindered(&make, &remove).await,
            );
        }
    }
    // A read that fails once is asked again by the SDK; one that is refused fails the run.
    for (round, read) in made.first_reads().iter().enumerate() {
        let dropped = fault(read, "drop_before");
        let stack = stack(format!("read-{round}"));
        note(dropped.to_string(), stack.shrugged_off(&dropped).await);
    }
    for (round, read) in made.reads().iter().enumerate() {
        let mut refused = fault(read, "error");
        refused[0]["status"] = json!(403);
        refused[0]["code"] = json!("UnauthorizedOperation");
        let stack = stack(format!("refused-{round}"));
        note(
            refused.to_string(),
            stack.in_two_runs(&refused, &small()).await,
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A call: which operation, and how many of it came before.
type Place = (String, String, u64);

fn fault((service, operation, after): &Place, trouble: &str) -> Value {
    json!([{"service": service, "operation": operation, "after": after, "fault": trouble}])
}

/// The calls of a run, each at its place.
struct Calls(Vec<(Place, Call)>);

impl Calls {
    fn of(log: Vec<Call>) -> Self {
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        let place = |call: Call| {
            let (service, operation) = (call.service.clone(), call.operation.clone());
            let count = counts
                .entry((service.clone(), operation.clone()))
                .or_default();
            *count += 1;
            ((service, operation, *count - 1), call)
        };
        Self(log.into_iter().map(place).collect())
    }

    fn places(&self, wanted: impl Fn(&Place, &Call) -> bool) -> Vec<Place> {
        let found = self.0.iter().filter(|(place, call)| wanted(place, call));
        found.map(|(place, _)| place.clone()).collect()
    }

    fn writes(&self) -> Vec<Place> {
        self.places(|_, call| !call.is_read())
    }

    fn reads(&self) -> Vec<Place> {
        self.places(|_, call| call.is_read())
    }

    fn first_reads(&self) -> Vec<Place> {
        self.places(|(_, _, before), call| call.is_read() && *before == 0)
    }
}

fn small() -> Declared {
    let vpc = "${vpc.main.id}";
    let subnet = json!({"vpc": vpc, "cidr": "10.90.1.0/24", "availability_zone": "ca-central-1a", "map_public_ip_on_launch": true});
    let route = json!({
        "route_table": "${route_table.main.id}",
        "destination_cidr": "0.0.0.0/0",
        "gateway": "${internet_gateway.main.id}",
    });
    let rule = json!({
        "security_group": "${security_group.main.id}",
        "direction": "ingress",
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "peer": "0.0.0.0/0",
    });
    let association =
        json!({"subnet": "${subnet.main.id}", "route_table": "${route.main.route_table}"});
    [
        ("vpc.main", json!({"cidr": "10.90.0.0/16"})),
        ("subnet.main", subnet),
        ("internet_gateway.main", json!({"vpc": vpc})),
        ("route_table.main", json!({"vpc": vpc})),
        ("route.main", route),
        ("route_table_association.main", association),
        (
            "security_group.main",
            json!({"vpc": vpc, "description": "Small"}),
        ),
        ("security_group_rule.main", rule),
    ]
    .map(|(address, properties)| (address.to_owned(), properties))
    .to_vec()
}

struct Stack<'a> {
    bed: Bed,
    gateway: &'a Gateway,
}

impl<'a> Stack<'a> {
    fn new(aws: &Aws, gateway: &'a Gateway, name: &str) -> Self {
        let declared = small();
        let kinds: Vec<&str> = declared
            .iter()
            .filter_map(|(address, _)| address.split('.').next())
            .collect();
        let bed = Bed::new(aws, only(&kinds), &format!("e-{name}"));
        Self { bed, gateway }
    }

    /// The calls of making the stack and of removing it.
    async fn unhindered(&self) -> Result<(Calls, Calls), String> {
        let since = self.gateway.now();
        self.bed.provision(&small()).await?;
        let (between, made) = self.gateway.calls(since);
        self.bed.provision(&Declared::new()).await?;
        let removed = self.gateway.calls(between).1;
        Ok((Calls::of(made), Calls::of(removed)))
    }

    /// The faults hit a run that ends well all the same.
    async fn shrugged_off(&self, faults: &Value) -> Result<(), String> {
        self.hit(faults, &small()).await??;
        self.bed.provision(&Declared::new()).await?;
        Ok(())
    }

    /// A run that the faults hit, and how it ended.
    async fn hit(&self, faults: &Value, declared: &Declared) -> Result<Result<(), String>, String> {
        let since = self.gateway.now();
        self.gateway.inject(faults);
        let ended = self.bed.provision(declared).await;
        self.gateway.calm();
        let calls = self.gateway.calls(since).1;
        match calls.iter().any(|call| call.fault.is_some()) {
            true => Ok(ended.map(|_| ())),
            false => Err("no call was hit".to_owned()),
        }
    }

    async fn hindered(&self, make: &Value, remove: &Value) -> Result<(), String> {
        self.in_two_runs(make, &small()).await?;
        let live = self.bed.look().await?;
        let addresses: BTreeSet<String> = live
            .objects
            .iter()
            .map(|object| object.address.to_string())
            .collect();
        if live.objects.len() != small().len() || addresses.len() != small().len() {
            return Err(format!("made {addresses:?}"));
        }
        let vpcs = live.objects.iter().filter(|object| object.kind == "vpc");
        let wanted = Wanted {
            stack: self.bed.stack().to_owned(),
            vpcs: vpcs.map(|object| object.id.clone()).collect(),
        };
        self.in_two_runs(remove, &Declared::new()).await?;
        let left = census(self.bed.aws(), &wanted)
            .await
            .map_err(|why| why.to_string())?;
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("the census finds {left:?}")),
        }
    }

    async fn in_two_runs(&self, faults: &Value, declared: &Declared) -> Result<(), String> {
        let first = self.hit(faults, declared).await?;
        if let Err(first) = first {
            let second = self.bed.provision(declared).await;
            second.map_err(|second| format!("first: {first}; second: {second}"))?;
        }
        let plan = self
            .bed
            .plan(declared)
            .await
            .map_err(|why| format!("refused: {why:?}"))?;
        match plan.changes.is_empty() {
            true => Ok(()),
            false => Err(format!("not converged: {}", brief(&plan))),
        }
    }
}
