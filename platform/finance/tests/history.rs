//! The past of a stack, told by its ledger.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::cloud::{Cloud, CloudError};
use bella_engine::cost::{Confidence, Price, PriceBook, PriceKey};
use bella_engine::export::{Block, Exported};
use bella_engine::ledger::{Entry, Event};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Catalog, Disposition, Example, Identity, Kind, Made, Observed, Owner, Pending, Scope,
};

use bella_engine::usage::{Assumptions, Quantity, Running, Usage};
use bella_finance::meter::{Dated, History, Meter, Metered, Rest, Witness};
use bella_finance::{About, Finding};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

struct Nowhere;

impl Cloud for Nowhere {
    type Look = ();

    fn look(&self, _: &Scope) {}

    fn parallel(&self, _: &str) -> usize {
        1
    }

    fn region(&self) -> &'static str {
        "here"
    }
}

/// Kinds of which only what they use is asked.
enum Fake {
    /// `size` units while it runs, a disk always, requests at no time.
    Database,
    /// Runs what `of` refers to.
    Service,
    /// `size` units for each task.
    Task,
}

const KINDS: Catalog<Nowhere> = &[&Fake::Database, &Fake::Service, &Fake::Task];

fn size(properties: &Value) -> Decimal {
    Decimal::from(properties["size"].as_i64().unwrap_or_default())
}

impl Kind<Nowhere> for Fake {
    fn kind(&self) -> &'static str {
        match self {
            Self::Database => "db_instance",
            Self::Service => "ecs_service",
            Self::Task => "task_definition",
        }
    }

    fn usage(&self, properties: &Value, assumptions: &Assumptions) -> Result<Usage, String> {
        let hours = assumptions.hours(self.kind());
        let of =
            |component, quantity, unit| Quantity::new(component, quantity, unit, "Fake", component);
        match self {
            Self::Task => Ok(Usage::Free),
            Self::Service => Ok(Usage::Running(Running {
                of: properties["of"].as_str().unwrap_or_default().to_owned(),
                hours,
                way: String::new(),
                beside: Vec::new(),
            })),
            Self::Database => Ok(Usage::Metered(vec![
                of("database", size(properties) * hours, "hour"),
                of(
                    "disk",
                    assumptions.lifetime() * Decimal::from(730),
                    "GB-month",
                ),
                of("requests", Decimal::from(500), "request"),
                of("kept", Decimal::from(7), "GB-month"),
            ])),
        }
    }

    fn running(
        &self,
        properties: &Value,
        hours: Decimal,
        _: &str,
    ) -> Result<Vec<Quantity>, String> {
        Ok(vec![Quantity::new(
            "task",
            size(properties) * hours,
            "hour",
            "Fake",
            "task",
        )])
    }

    fn service(&self) -> &'static str {
        "Fake"
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["id"]
    }

    fn immutable(&self) -> &'static [&'static str] {
        &[]
    }

    fn exclusive(&self) -> &'static [&'static str] {
        &[]
    }

    fn owner(&self) -> Owner {
        Owner::Tags
    }

    fn disposition(&self) -> Disposition {
        Disposition::Replaceable
    }

    fn last_copy(&self) -> Option<&'static str> {
        None
    }

    fn naming(&self) -> Naming {
        unreachable!("nothing is named")
    }

    fn actions(&self) -> &'static [&'static str] {
        &[]
    }

    fn schema(&self) -> Value {
        Value::Null
    }

    fn normalize(&self, properties: &Value) -> Result<Value, String> {
        Ok(properties.clone())
    }

    fn list<'a>(&'a self, (): &'a ()) -> Pending<'a, Result<Vec<Observed<Value>>, CloudError>> {
        unreachable!("nobody looks")
    }

    fn create<'a>(
        &'a self,
        _: &'a Nowhere,
        _: &'a Identity,
        _: &'a Value,
    ) -> Pending<'a, Result<Made<Value>, CloudError>> {
        unreachable!("nothing is made")
    }

    fn is_stripped(&self) -> bool {
        false
    }

    fn strip<'a>(&'a self, _: &'a Nowhere, _: &'a Identity) -> Pending<'a, Result<(), CloudError>> {
        unreachable!("nothing is stripped")
    }

    fn update<'a>(
        &'a self,
        _: &'a Nowhere,
        _: &'a Identity,
        _: &'a Value,
        _: &'a Value,
    ) -> Pending<'a, Result<(), CloudError>> {
        unreachable!("nothing is changed")
    }

    fn settles(&self, _: &Value, _: &Value) -> bool {
        true
    }

    fn delete<'a>(
        &'a self,
        _: &'a Nowhere,
        _: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        unreachable!("nothing is deleted")
    }

    fn tag<'a>(
        &'a self,
        _: &'a Nowhere,
        _: &'a Identity,
        _: &'a [String],
    ) -> Pending<'a, Result<(), CloudError>> {
        unreachable!("nothing is tagged")
    }

    fn terraform_outputs(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn terraform(&self, _: &Value, _: &Exported<'_>) -> Result<Vec<Block>, String> {
        unreachable!("nothing is exported")
    }

    fn example(&self) -> Example {
        unreachable!("nobody asks for one")
    }
}

fn at(hour: &str) -> Timestamp {
    format!("2026-11-10T{hour}:00Z").parse().expect("a moment")
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn done(hour: &str, seq: u64, of: &str, action: &str, properties: Value) -> Entry {
    Entry {
        run: hour.to_owned(),
        seq,
        at: at(hour),
        event: Event::Done {
            address: address(of),
            action: action.to_owned(),
            id: "id".to_owned(),
            properties,
            ms: 1,
        },
    }
}

/// Each unit of anything costs one dollar.
fn book() -> PriceBook {
    let priced = [("database", "hour"), ("disk", "GB-month"), ("task", "hour")];
    let prices = priced.map(|(usage_type, unit)| {
        let key = PriceKey {
            service: "Fake".to_owned(),
            usage_type: usage_type.to_owned(),
            tier: String::new(),
        };
        let price = Price {
            unit: unit.to_owned(),
            usd: Decimal::ONE,
            billed_as: usage_type.to_owned(),
            source: String::new(),
            as_of: None,
            confidence: Confidence::High,
        };
        (key, price)
    });
    PriceBook::new("here", prices, Vec::new())
}

/// A reading at noon, in dollars by component, with what was found on the way.
fn read(
    entries: &[Entry],
    created: &[(&str, &str)],
    present: &[(&str, Value)],
    rests: &[Rest],
) -> (String, BTreeSet<About>) {
    let created = created
        .iter()
        .map(|(of, hour)| (address(of), at(hour)))
        .collect();
    let present: BTreeMap<Address, Value> = present
        .iter()
        .map(|(of, value)| (address(of), value.clone()))
        .collect();
    let history = History {
        catalog: KINDS,
        entries,
        created: &created,
        present: &present,
        known: &BTreeMap::new(),
        rests,
        assumptions: &Assumptions::default(),
    };
    let (lives, mut findings): (_, Vec<Finding>) = history.lives();
    let book = book();
    let prices = [Dated {
        since: Timestamp::MIN,
        book: &book,
    }];
    let meter = Meter {
        lives: &lives,
        prices: &prices,
        now: at("12:00"),
    };
    let Metered {
        lines,
        findings: more,
    } = meter.between(Timestamp::MIN, Timestamp::MAX);
    findings.extend(more);
    let told = lines
        .iter()
        .map(|line| format!("{} {}", line.component, line.usd.round_dp(6).normalize()));
    let about = findings.into_iter().map(|finding| finding.about).collect();
    (told.collect::<Vec<_>>().join(", "), about)
}

#[test]
fn made_resized_stopped_and_deleted() {
    let entries = [
        // In another order than they were.
        done("06:00", 0, "db_instance.main", "update", json!({"size": 2})),
        done("02:00", 0, "db_instance.main", "create", json!({"size": 1})),
        done("10:00", 0, "db_instance.main", "delete", Value::Null),
    ];
    let whole = read(&entries, &[], &[], &[]);
    assert_eq!(whole, ("database 12, disk 8".to_owned(), BTreeSet::new()));
    let rest = Rest {
        from: at("05:00"),
        until: at("07:00"),
        kinds: BTreeSet::from(["db_instance".to_owned()]),
        by: Witness::Schedule,
    };
    let rested = read(&entries, &[], &[], &[rest]);
    assert_eq!(rested, ("database 9, disk 8".to_owned(), BTreeSet::new()));
}

/// A service costs what its task definition says, and a new revision of that changes it.
#[test]
fn a_service_is_what_it_runs() {
    let service = json!({"of": "${task_definition.web.id}"});
    let entries = [
        done(
            "02:00",
            0,
            "task_definition.web",
            "create",
            json!({"size": 1}),
        ),
        done("02:00", 1, "ecs_service.web", "create", service.clone()),
        done(
            "08:00",
            0,
            "task_definition.web",
            "update",
            json!({"size": 3}),
        ),
    ];
    let present = [
        ("ecs_service.web", service),
        ("task_definition.web", json!({"size": 3})),
    ];
    let (told, findings) = read(&entries, &[("ecs_service.web", "02:00")], &present, &[]);
    assert_eq!((told.as_str(), findings), ("task 18", BTreeSet::new()));
}

#[test]
fn without_a_ledger_awss_timestamps_count_and_it_is_said() {
    let present = [("db_instance.main", json!({"size": 2}))];
    let (told, findings) = read(&[], &[("db_instance.main", "04:00")], &present, &[]);
    assert_eq!(told, "database 16, disk 8");
    assert_eq!(findings, BTreeSet::from([About::UnknownInterval]));
    // What the ledger says was made anew after it was deleted.
    let entries = [
        done("01:00", 0, "db_instance.main", "create", json!({"size": 1})),
        done("02:00", 0, "db_instance.main", "delete", Value::Null),
        done("10:00", 0, "db_instance.main", "create", json!({"size": 2})),
    ];
    let (told, findings) = read(&entries, &[("db_instance.main", "10:00")], &present, &[]);
    assert_eq!(
        (told.as_str(), findings),
        ("database 5, disk 3", BTreeSet::new())
    );
    // A ledger that begins late: as it was then, rests before it not known.
    let entries = [done(
        "08:00",
        0,
        "db_instance.main",
        "update",
        json!({"size": 2}),
    )];
    let rest = Rest {
        from: at("05:00"),
        until: at("06:00"),
        kinds: BTreeSet::from(["db_instance".to_owned()]),
        by: Witness::Schedule,
    };
    let created = [("db_instance.main", "04:00")];
    let (told, findings) = read(&entries, &created, &present, &[rest]);
    assert_eq!(told, "database 16, disk 8");
    assert_eq!(findings, BTreeSet::from([About::UnknownInterval]));
    let (told, findings) = read(&[], &[], &[("nothing.a", json!({}))], &[]);
    assert_eq!(
        (told.as_str(), findings.len()),
        ("", 2),
        "no such kind, and no ledger"
    );
}
