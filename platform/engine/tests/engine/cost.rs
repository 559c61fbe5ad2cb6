//! Estimates: whole outputs, and what holds whatever the numbers.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::cost::{
    Allowance, Bill, Budget, Confidence, Estimate, Price, PriceBook, PriceKey, Scenario, Verdict,
    cents, deltas, estimate, outlook,
};
use bella_engine::live::{Live, Object};
use bella_engine::plan::{Action, Change, Origin, Plan};
use bella_engine::resource::{Outputs, Phase, Tags};
use bella_engine::usage::{Assumptions, Quantity};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::fake::kinds::KINDS;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn at(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn price(usage_type: &str, tier: &str, unit: &str, usd: &str) -> (PriceKey, Price) {
    (
        PriceKey {
            service: "Fake".to_owned(),
            usage_type: usage_type.to_owned(),
            tier: tier.to_owned(),
        },
        Price {
            unit: unit.to_owned(),
            usd: decimal(usd),
            billed_as: format!("FK1-{usage_type}"),
            source: "a list".to_owned(),
            as_of: None,
            confidence: Confidence::High,
        },
    )
}

fn quantity(usage_type: &str, quantity: Decimal, unit: &'static str) -> Quantity {
    Quantity::new("part", quantity, unit, "Fake", usage_type)
}

fn book() -> PriceBook {
    let allowance = Allowance {
        name: "first 10 of the account",
        quantity: decimal("10"),
        unit: "hour".to_owned(),
        of: vec![("Fake".to_owned(), "Alarm".to_owned())],
        source: "a page".to_owned(),
    };
    PriceBook::new(
        "here",
        [
            price("Hours", "", "hour", "0.02"),
            price("Node", "Valkey", "hour", "0.0144"),
            price("Node", "Redis", "hour", "0.018"),
            price("Alarm", "", "hour", "0.1"),
            price("Memory-plain", "", "GB-hour", "0.001"),
        ],
        vec![allowance],
    )
}

fn priced(beside: &[(Address, Quantity)], free_tier: bool) -> Estimate {
    estimate(&Bill {
        catalog: KINDS,
        nodes: &BTreeMap::new(),
        known: &BTreeMap::new(),
        beside,
        not_counted: &BTreeSet::new(),
        assumptions: &Assumptions::default(),
        free_tier,
        book: &book(),
    })
}

/// Reproducible numbers with up to four decimals, small and large.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> Decimal {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Decimal::new(i64::try_from(self.0 % 20_000_000).expect("small"), 4)
    }
}

#[test]
fn an_estimate_prices_what_it_can_and_lists_what_it_cannot() {
    let lines = [
        (at("stack.a"), quantity("Hours", decimal("730"), "hour")),
        (
            at("stack.b"),
            quantity("Node", decimal("730"), "hour").tier("Valkey"),
        ),
        (
            at("stack.c"),
            quantity("Node", decimal("730"), "hour").tier("Memcached"),
        ),
        (at("stack.d"), quantity("Hours", decimal("2"), "day")),
        (at("stack.e"), quantity("Hours", Decimal::ZERO, "hour")),
        (
            at("stack.f"),
            quantity("Hours", decimal("1"), "hour").tier("X"),
        ),
    ];
    let found = priced(&lines, false);
    assert_eq!(
        serde_json::to_value(&found.items[1]).expect("JSON"),
        json!({
            "address": "stack.b", "component": "part", "quantity": 730.0, "unit": "hour",
            "unit_usd": 0.0144, "monthly_usd": 10.512, "usage_type": "FK1-Node",
            "source": "a list", "as_of": null, "confidence": "high",
        })
    );
    assert_eq!(found.items.len(), 3);
    assert_eq!(found.monthly_usd(), decimal("25.13"));
    let why: Vec<&str> = found.unpriced.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "the price book of here has no Fake Node, Memcached",
            "Hours is priced by the hour, and counted by the day",
        ]
    );
}

/// Two copies of a service that runs `of`, beside a revision with 4 GB.
fn running(of: &str) -> BTreeMap<Address, Value> {
    BTreeMap::from([
        (at("revision.r"), json!({"memory": 4})),
        (
            at("service.s"),
            json!({"subnet": "subnet-1", "revision": of, "count": 2}),
        ),
    ])
}

fn known() -> BTreeMap<Address, Outputs> {
    let outputs = Outputs::from([("arn".to_owned(), "r:7".to_owned())]);
    BTreeMap::from([(at("revision.r"), outputs)])
}

#[test]
fn what_runs_another_object_costs_what_that_one_uses() {
    let cost = |of: &str| {
        estimate(&Bill {
            catalog: KINDS,
            nodes: &running(of),
            known: &known(),
            beside: &[],
            not_counted: &BTreeSet::new(),
            assumptions: &Assumptions::default(),
            free_tier: false,
            book: &book(),
        })
    };
    let referred = cost("${revision.r.arn}");
    assert_eq!(referred, cost("r:7"));
    // 2 copies of 4 GB for 730 hours at 0.001.
    assert_eq!(referred.of(&at("service.s")), decimal("5.84"));
    assert_eq!(referred.items.len(), 1);
    let lost = cost("r:8");
    assert_eq!(lost.items, []);
    assert_eq!(
        lost.unpriced[0].why,
        "it runs r:8, which is no object of the stack"
    );
}

#[test]
fn each_line_of_a_plan_says_what_it_adds() {
    let object = |address: &str, id: &str, props: Value, outputs: Outputs| Object {
        kind: at(address).kind().to_owned(),
        address: at(address),
        claimed: true,
        id: id.to_owned(),
        props: Some(props),
        outputs,
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    };
    let nodes = running("r:7");
    let live = Live {
        objects: vec![
            object(
                "revision.r",
                "r:7",
                json!({"memory": 1}),
                known()[&at("revision.r")].clone(),
            ),
            object(
                "service.s",
                "s",
                nodes[&at("service.s")].clone(),
                Outputs::new(),
            ),
            object(
                "service.old",
                "o",
                nodes[&at("service.s")].clone(),
                Outputs::new(),
            ),
        ],
    };
    let change = |address: &str, action, id: Option<&str>| Change {
        address: at(address),
        kind: at(address).kind().to_owned(),
        action,
        origin: Origin::Stack,
        id: id.map(str::to_owned),
        fields: Vec::new(),
        reason: None,
        desired: Value::Null,
        live: Value::Null,
    };
    let plan = Plan {
        changes: vec![
            change("revision.r", Action::Update, Some("r:7")),
            change("service.new", Action::Create, None),
            change("service.old", Action::Delete, Some("o")),
            change("service.s", Action::Update, Some("s")),
        ],
        ..Plan::default()
    };
    let mut wanted = running("${revision.r.arn}");
    wanted.insert(at("service.new"), wanted[&at("service.s")].clone());
    let scenario = Scenario::default();
    let after = outlook(KINDS, &wanted, &BTreeMap::new(), &scenario, &book());
    let found = deltas(KINDS, &plan, &live, &after.expected, &scenario, &book());
    let expected = ["0", "5.84", "-1.46", "4.38"].map(decimal);
    assert_eq!(found, expected);
}

#[test]
fn scaling_gives_a_range() {
    let mut nodes = running("${revision.r.arn}");
    nodes.insert(
        at("service.s"),
        json!({"subnet": "subnet-1", "revision": "${revision.r.arn}"}),
    );
    let copies = |count: &str| Assumptions {
        figures: BTreeMap::from([("copies".to_owned(), decimal(count))]),
        life: Some(decimal("100")),
        ..Assumptions::default()
    };
    let scenario = Scenario {
        low: copies("1"),
        expected: copies("1.5"),
        high: copies("5"),
        ..Scenario::default()
    };
    let found = outlook(KINDS, &nodes, &BTreeMap::new(), &scenario, &book());
    let usd = (found.low_usd, found.expected.monthly_usd(), found.high_usd);
    assert_eq!(usd, (decimal("0.4"), decimal("0.6"), decimal("2")));

    let elsewhere = Scenario {
        not_counted: BTreeSet::from([at("service.s")]),
        ..scenario
    };
    let found = outlook(KINDS, &nodes, &BTreeMap::new(), &elsewhere, &book());
    assert_eq!(
        (found.expected.items.len(), found.high_usd),
        (0, Decimal::ZERO)
    );
}

#[test]
fn free_units_are_taken_off_once_and_never_more_than_were_used() {
    let mut numbers = Numbers(7);
    for _ in 0..500 {
        let lines: Vec<_> = (0..4)
            .map(|_| {
                (
                    at("stack.x"),
                    quantity("Alarm", numbers.next() / decimal("400"), "hour"),
                )
            })
            .collect();
        let used: Decimal = lines.iter().map(|(_, one)| one.quantity).sum();
        let list = priced(&lines, false);
        let net = priced(&lines, true);
        let off = list.exact_usd() - net.exact_usd();
        assert_eq!(off, used.min(decimal("10")) * decimal("0.1"), "{lines:?}");
        assert!(net.exact_usd() >= Decimal::ZERO);
        for item in &net.items {
            assert_eq!(item.monthly_usd, item.quantity * item.unit_usd);
        }
    }
}

#[test]
fn a_total_is_the_exact_sum_rounded_once() {
    let mut numbers = Numbers(3);
    for _ in 0..500 {
        let lines: Vec<_> = (0..9)
            .map(|_| (at("stack.x"), quantity("Hours", numbers.next(), "hour")))
            .collect();
        let found = priced(&lines, false);
        let exact: Decimal = lines
            .iter()
            .map(|(_, one)| one.quantity * decimal("0.02"))
            .sum();
        assert_eq!(found.exact_usd(), exact);
        let off = (found.monthly_usd() - exact).abs();
        assert!(off <= decimal("0.005"), "{exact}");
        let rounded: Decimal = found.items.iter().map(|item| cents(item.monthly_usd)).sum();
        assert!(
            (rounded - found.monthly_usd()).abs() <= decimal("0.05"),
            "{exact}"
        );
    }
    for (usd, shown) in [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("-0.005", "-0.01"),
        ("18.0675", "18.07"),
    ] {
        assert_eq!(cents(decimal(usd)), decimal(shown));
    }
}

#[test]
fn a_budget_is_held_to_the_cent() {
    let budget = Budget {
        monthly_usd: decimal("150"),
        alert_at: vec![50, 80, 100],
    };
    let near = |percent| Verdict::Near { percent };
    let cases = [
        ("74.99", Verdict::Within),
        ("75", near(50)),
        ("119.99", near(50)),
        ("120", near(80)),
        ("150.00", near(100)),
        (
            "150.01",
            Verdict::Over {
                by_usd: decimal("0.01"),
            },
        ),
    ];
    for (usd, verdict) in cases {
        assert_eq!(budget.verdict(decimal(usd)), verdict, "{usd}");
    }
}
