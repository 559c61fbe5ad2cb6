//! Verdicts, exceptions, and the look just before a call.

use bella_engine::address::Address;
use bella_engine::gate::Gate;
use bella_policy::{
    AtCall, Cost, Document, Moment, Operation, PolicyError, PolicyFile, PolicySet, Severity, State,
    Verdict, Wanted, marked,
};
use bella_stack::stack::{Environment, Exception};
use serde_json::{Value, json};

/// A production stack with these resources, made on a Tuesday's morning.
fn document(resources: &[(&str, Value)]) -> Document {
    let wanted = |(address, properties): &(&str, Value)| Wanted {
        address: (*address).to_owned(),
        kind: address.split('.').next().unwrap_or_default().to_owned(),
        action: None,
        holds_data: false,
        properties: marked(properties),
    };
    let tags = ["stack", "environment", "owner", "cost_center"];
    let budget = ("budget.monthly", json!({"notifications": [1]}));
    Document {
        stack: "bella-prod".to_owned(),
        environment: Environment::Production,
        region: "ca-central-1".to_owned(),
        owner: "platform@bella.example".to_owned(),
        cost_center: "booking".to_owned(),
        budget: serde_json::from_value(json!({"monthly_usd": 150})).expect("a budget"),
        ttl_seconds: None,
        tags: tags
            .iter()
            .map(|tag| (format!("bella:{tag}"), "x".to_owned()))
            .collect(),
        operation: Operation::Provision,
        rehearsal: false,
        now: Moment::of(
            "2026-03-10T14:00:00Z".parse().expect("a time"),
            "America/Toronto",
        ),
        changes: Vec::new(),
        summary: [].into(),
        cost: Cost {
            monthly_usd: Some(100.0),
            budget_monthly_usd: Some(150.0),
        },
        resources: resources.iter().chain([&budget]).map(wanted).collect(),
    }
}

fn unprotected() -> Document {
    document(&[(
        "db_instance.main",
        json!({
            "deletion_protection": false, "storage_encrypted": true, "publicly_accessible": false,
            "backup_retention_days": 7, "instance_class": "db.t4g.micro",
        }),
    )])
}

fn exception(address: Option<&str>, expires: &str) -> Exception {
    let mut written = json!({
        "policy": "deletion_protection", "owner": "ops@bella.example", "reason": "moved on Friday",
        "expires": expires,
    });
    if let Some(address) = address {
        written["address"] = json!(address);
    }
    serde_json::from_value(written).expect("an exception")
}

fn judged(document: &Document, exceptions: &[Exception]) -> Vec<(String, Severity, State)> {
    let verdicts = PolicySet::of_shipped().judge(document, exceptions);
    let verdicts = verdicts.expect("the rules work out").into_iter();
    verdicts
        .map(|one| (one.policy, one.severity, one.state))
        .collect()
}

fn of(policy: &str, severity: Severity, state: State) -> Vec<(String, Severity, State)> {
    vec![(policy.to_owned(), severity, state)]
}

#[test]
fn a_verdict_says_what_to_write_and_an_exception_who_answers_for_it() {
    let document = unprotected();
    let denied = of("deletion_protection", Severity::Deny, State::Denied);
    assert_eq!(judged(&document, &[]), denied);
    let excepted = of("deletion_protection", Severity::Warn, State::Excepted);
    for address in [None, Some("db_instance.main")] {
        assert_eq!(
            judged(&document, &[exception(address, "2026-03-10")]),
            excepted
        );
    }
    assert_eq!(
        judged(
            &document,
            &[exception(Some("db_instance.other"), "2026-03-10")]
        ),
        denied
    );
    let set = PolicySet::of_shipped();
    let one = &set
        .judge(&document, &[exception(None, "2026-03-10")])
        .expect("verdicts")[0];
    assert_eq!(
        one.explained(),
        "is not protected from deletion; set deletion_protection: true; excepted until 2026-03-10 by ops@bella.example: moved on Friday"
    );
    let plain = &set.judge(&document, &[]).expect("verdicts")[0];
    assert_eq!(
        json!(plain),
        json!({
            "policy": "deletion_protection", "address": "db_instance.main", "severity": "deny", "state": "denied",
            "message": "is not protected from deletion; set deletion_protection: true",
        })
    );
}

#[test]
fn an_exception_that_expired_does_not_count_and_is_said() {
    let verdicts = PolicySet::of_shipped().judge(&unprotected(), &[exception(None, "2026-03-09")]);
    let verdicts = verdicts.expect("the rules work out");
    let said: Vec<String> = verdicts.iter().map(Verdict::explained).collect();
    assert!(verdicts[0].denies());
    assert_eq!(
        said,
        [
            "is not protected from deletion; set deletion_protection: true (the exception of ops@bella.example expired on 2026-03-09)",
            "has an exception of deletion_protection by ops@bella.example that expired on 2026-03-09; remove it, or have it renewed",
        ]
    );
}

#[test]
fn an_exception_of_no_policy_is_said() {
    let mut one = exception(None, "2026-12-31");
    one.policy = "no_such_policy".parse().expect("a name");
    let verdicts = judged(&document(&[]), &[one]);
    assert_eq!(verdicts, of("exceptions", Severity::Warn, State::Warned));
}

#[test]
fn what_is_unknown_in_the_plan_is_judged_again_with_its_value() {
    let image = |text: &str| {
        let container = json!({"container": {"image": text}});
        ("task_definition.service", container)
    };
    let later = image("${ecr_repository.service.uri}:1.4");
    let planned = document(&[later]);
    let unknown = of("image_digest", Severity::Warn, State::Unknown);
    assert_eq!(judged(&planned, &[]), unknown);
    let gate = AtCall {
        set: PolicySet::of_shipped().clone(),
        document: planned,
        exceptions: Vec::new(),
    };
    let address = Address::parse("task_definition.service").expect("an address");
    let refused = gate.pass(&address, &image("registry.example/bella:1.4").1);
    assert_eq!(
        refused,
        Err("denied by image_digest: names the image registry.example/bella:1.4; name it by digest, NAME@sha256:…, as bella deploy does".to_owned())
    );
    assert_eq!(
        gate.pass(&address, &image("registry.example/bella@sha256:00").1),
        Ok(())
    );
    let other = Address::parse("vpc.main").expect("an address");
    assert_eq!(gate.pass(&other, &json!({})), Ok(()));
}

fn further(path: &str, text: &str) -> Result<PolicySet, PolicyError> {
    PolicySet::new(&[PolicyFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }])
}

#[test]
fn a_policy_of_ones_own_judges_beside_the_shipped_ones() {
    let set = further(
        "mine/named.rego",
        "package bella.named\n\nwarn contains {\"message\": \"is called so\"} if input.stack == \"bella-prod\"\n",
    );
    let set = set.expect("it is Rego");
    let verdicts = set.judge(&document(&[]), &[]).expect("the rules work out");
    assert_eq!(verdicts.len(), 1);
    assert_eq!(
        (verdicts[0].policy.as_str(), verdicts[0].address.as_str()),
        ("named", "bella-prod")
    );
}

#[test]
fn what_is_no_policy_is_refused_with_its_file() {
    let refused = |path: &str, text: &str| match further(path, text) {
        Ok(set) => set
            .judge(&document(&[]), &[])
            .expect_err("it is wrong")
            .to_string(),
        Err(why) => why.to_string(),
    };
    assert!(
        refused("mine/a.rego", "package bella.a\ndeny {").starts_with("mine/a.rego is not Rego: ")
    );
    assert_eq!(
        refused("mine/a.rego", "package other.a\n"),
        "mine/a.rego has the package other.a; a policy's file NAME.rego has `package bella.NAME`"
    );
    assert_eq!(
        refused("mine/ttl.rego", "package bella.ttl\n"),
        "mine/ttl.rego is a second policy `ttl`, and one is shipped or read already; give it a name of its own"
    );
    let text = refused("mine/a.rego", "package bella.a\n\ndeny contains \"no\"\n");
    assert!(
        text.starts_with("policy `a`: `deny` has to be a set of objects"),
        "{text}"
    );
}
