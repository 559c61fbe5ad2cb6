//! A month of two stacks, as it is after eleven days: one within its budget, one over; with every part of a report filled.

use std::collections::BTreeMap;

use bella_engine::address::Address;
use bella_finance::anomaly::Anomaly;
use bella_finance::bill::{Line, Record, Sums};
use bella_finance::bridge::{Amount, Ends};
use bella_finance::forecast::{Band, Forecast};
use bella_finance::idle::{Idle, IdleObject};
use bella_finance::reconcile::reconcile;
use bella_finance::report::{
    Account, Allocation, Asking, Component, Estate, Override, Point, Report, Saving, Spread,
    StackLine,
};
use bella_finance::variable::{Calls, Tariff, variable};
use bella_finance::{About, Finding};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

/// The days that are over.
const PAST: i8 = 11;
const DAYS: i8 = 30;

pub(crate) fn usd(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn lines(
    stack: Option<&str>,
    usage_type: &str,
    service: &str,
    a_day: &str,
    hours: i64,
) -> Vec<Line> {
    let line = |day: i8| Line {
        day: date(2026, 11, day),
        service: Some(service.to_owned()),
        usage_type: usage_type.to_owned(),
        stack: stack.map(str::to_owned),
        record: Record::Usage,
        unblended: usd(a_day),
        amortized: usd(a_day),
        quantity: Decimal::from(hours),
        unit: "Hrs".to_owned(),
        currency: "USD".to_owned(),
        estimated: day > PAST - 3,
    };
    (1..=PAST).map(line).collect()
}

fn apart(record: Record, amount: &str) -> Line {
    Line {
        day: date(2026, 11, 1),
        service: None,
        usage_type: String::new(),
        stack: None,
        record,
        unblended: usd(amount),
        amortized: usd(amount),
        quantity: Decimal::ZERO,
        unit: String::new(),
        currency: "USD".to_owned(),
        estimated: false,
    }
}

fn series(budget: &str, a_day: &str, forecast: [&str; 3]) -> Vec<Point> {
    let past = usd(a_day) * Decimal::from(PAST);
    let point = |day: i8| {
        let ahead = Decimal::from(day - PAST) / Decimal::from(DAYS - PAST);
        let to = |end: &str| past + (usd(end) - past) * ahead;
        let spread = Spread {
            low_usd: to(forecast[0]),
            mean_usd: to(forecast[1]),
            high_usd: to(forecast[2]),
        };
        Point {
            day: date(2026, 11, day),
            budget_usd: usd(budget) * Decimal::from(day) / Decimal::from(DAYS),
            accrued_usd: (day <= PAST).then(|| usd(a_day) * Decimal::from(day)),
            billed_usd: (day < PAST).then(|| usd(a_day) * Decimal::from(day) * usd("0.985")),
            forecast: (day >= PAST).then_some(spread),
        }
    };
    (1..=DAYS).map(point).collect()
}

fn component(
    address: &str,
    component: &str,
    usage_type: &str,
    quantity: &str,
    unit_usd: &str,
    confidence: &str,
) -> Component {
    Component {
        address: address.to_owned(),
        component: component.to_owned(),
        usage_type: usage_type.to_owned(),
        quantity: usd(quantity),
        unit: "hour".to_owned(),
        unit_usd: usd(unit_usd),
        usd: usd(quantity) * usd(unit_usd),
        source: "AWS Price List API".to_owned(),
        as_of: Some("2026-09-19".to_owned()),
        confidence: confidence.to_owned(),
        stale: confidence == "low",
    }
}

fn steps(budget: &str, forecast: &str) -> Ends {
    let amount = |quantity: &str, cents: &str| Amount {
        quantity: usd(quantity),
        usd: usd(cents),
        by_hour: true,
    };
    Ends {
        budget: usd(budget),
        estimated: BTreeMap::from([("CAN1-LoadBalancerUsage".to_owned(), amount("720", "17.82"))]),
        expected: BTreeMap::from([
            ("CAN1-LoadBalancerUsage".to_owned(), amount("730", "18.07")),
            ("CAN1-NatGateway-Hours".to_owned(), amount("100", "5.00")),
        ]),
        credits: Decimal::ZERO,
        tax: Decimal::ZERO,
        forecast: usd(forecast),
    }
}

fn production(lines: &[Line]) -> StackLine {
    let metered = BTreeMap::from([("CAN1-LoadBalancerUsage".to_owned(), usd("6.53"))]);
    let tariff = include_str!("../../../../service/src/tariff/tariff.json");
    let tariff = Tariff::read(tariff).expect("the service's tariff");
    let calls = Calls {
        calls: 1000,
        bookings: 950,
        voice_minutes: Some(usd("2000")),
        gather_intervals: Some(usd("4300")),
        recorded_minutes: Some(usd("0")),
        segments: Some(usd("1000")),
        transcribed_minutes: Some(usd("0")),
    };
    StackLine {
        stack: "bella-prod".to_owned(),
        environment: "production".to_owned(),
        region: "ca-central-1".to_owned(),
        owner: "platform@bella.example".to_owned(),
        cost_center: "booking".to_owned(),
        budget_usd: usd("150"),
        estimate_usd: usd("76.69"),
        accrued_usd: usd("28.11"),
        billed_usd: Some(usd("27.50")),
        effective_usd: Some(usd("27.50")),
        forecast: Forecast {
            cost_explorer: None,
            straight_line: Some(usd("75.05")),
            scheduled: Some(usd("76.69")),
        },
        forecast_usd: usd("76.69"),
        bridge: steps("150", "76.69").steps(),
        components: vec![
            component(
                "load_balancer.public",
                "load balancer",
                "CAN1-LoadBalancerUsage",
                "264",
                "0.02475",
                "high",
            ),
            component(
                "db_instance.main",
                "database",
                "CAN1-InstanceUsage:db.t4g.micro",
                "264",
                "0.018",
                "low",
            ),
            component(
                "nat_gateway.a",
                "NAT gateway",
                "CAN1-NatGateway-Hours",
                "336.5",
                "0.05",
                "high",
            ),
        ],
        reconciliation: reconcile(&metered, lines.iter().filter(|line| line.stack.is_some())),
        series: series("150", "2.5555", ["70", "76.69", "84.5"]),
        idle: Vec::new(),
        calls: Some(variable(&calls, &tariff, usd("28.11"))),
        savings: vec![Saving {
            what: "db.t4g.small to db.t4g.micro".to_owned(),
            monthly_usd: usd("12.41"),
            is_done: false,
            command: "bella cost rightsize stacks/prod.yaml --apply".to_owned(),
        }],
        overrides: Vec::new(),
        assumptions: vec!["log_gb: 2 GB of logs a month (default)".to_owned()],
    }
}

fn development() -> StackLine {
    StackLine {
        stack: "bella-dev".to_owned(),
        environment: "development".to_owned(),
        region: "ca-central-1".to_owned(),
        owner: "=cmd|'/c calc'!A1 <script>alert(1)</script>".to_owned(),
        cost_center: "|research|, \"quoted\"".to_owned(),
        budget_usd: usd("30"),
        estimate_usd: usd("46.26"),
        accrued_usd: usd("14.3051"),
        billed_usd: Some(usd("13.99")),
        effective_usd: Some(usd("13.99")),
        forecast: Forecast {
            cost_explorer: None,
            straight_line: Some(usd("39.01")),
            scheduled: Some(usd("46.2604")),
        },
        forecast_usd: usd("46.2604"),
        bridge: steps("30", "46.2604").steps(),
        components: vec![component(
            "load_balancer.public",
            "load balancer",
            "CAN1-LoadBalancerUsage",
            "264",
            "0.02475",
            "high",
        )],
        reconciliation: Vec::new(),
        series: series("30", "1.30046", ["38", "46.2604", "49"]),
        idle: vec![IdleObject {
            address: Address::parse("ecs_service.service").expect("an address"),
            why: Idle::OutsideSchedule,
            since: at("2026-11-11T01:00:00Z"),
            hourly_usd: usd("0.0123"),
            wasted_usd: usd("0.1353"),
        }],
        calls: None,
        savings: vec![Saving {
            what: "auto_shutdown: nights and weekends off".to_owned(),
            monthly_usd: usd("11.73"),
            is_done: true,
            command: String::new(),
        }],
        overrides: vec![Override {
            by: "arn:aws:sts::123456789012:assumed-role/deploy/ana".to_owned(),
            at: at("2026-11-04T15:02:11Z"),
            reason: "load test until the 6th".to_owned(),
        }],
        assumptions: vec!["hours: 260.71 a month for tasks and database (stack file)".to_owned()],
    }
}

/// The report.
pub(crate) fn report() -> Report {
    let elb = "Amazon Elastic Load Balancing";
    let mut all = lines(
        Some("bella-prod"),
        "CAN1-LoadBalancerUsage",
        elb,
        "0.594",
        24,
    );
    all.extend(lines(
        Some("bella-prod"),
        "CAN1-InstanceUsage:db.t4g.micro",
        "Amazon Relational Database Service",
        "0.432",
        24,
    ));
    all.extend(lines(
        Some("bella-dev"),
        "CAN1-LoadBalancerUsage",
        elb,
        "0.594",
        24,
    ));
    all.extend(lines(
        None,
        "CAN1-NatGateway-Hours",
        "EC2 - Other",
        "0.12",
        24,
    ));
    all.push(apart(Record::Tax, "3.1"));
    all.push(apart(Record::Credit, "-5"));
    let stacks = vec![production(&all[..22]), development()];
    let sums: Sums = all.iter().collect();
    let account = Account {
        untagged_usd: usd("1.32"),
        untagged_percent: Some(usd("7.0")),
        sums,
    };
    let environments =
        |name: &str| Estate::of(stacks.iter().filter(|line| line.environment == name));
    let day: Date = date(2026, 11, 9);
    Report {
        month: "2026-11".to_owned(),
        account_id: "012345678901".to_owned(),
        as_of: at("2026-11-11T12:00:00Z"),
        billed_as_of: Some(at("2026-11-11T06:30:00Z")),
        is_estimated: true,
        prices_as_of: Some(("2022-07-17".to_owned(), "2026-10-09".to_owned())),
        currency: "USD".to_owned(),
        environments: ["production", "development"]
            .map(|name| (name.to_owned(), environments(name)))
            .into(),
        estate: Estate::of(&stacks),
        allocation: Allocation::of(&stacks, Some(&account)),
        anomalies: vec![Anomaly {
            day,
            stack: Some("bella-dev".to_owned()),
            usage_type: "CAN1-NatGateway-Bytes".to_owned(),
            usd: usd("4.20"),
            usual_usd: usd("0.31"),
        }],
        account: Some(account),
        cost_explorer_forecast: Some(Band {
            mean: usd("118"),
            low: usd("109.5"),
            high: usd("127.25"),
        }),
        asking: Asking {
            requests: 3,
            in_a_day: 3,
            usd: usd("0.03"),
        },
        findings: vec![Finding::new(
            About::Unpriced,
            "bella-dev sqs_queue.audit",
            "used 12 requests, which is in no total: no price",
        )],
        stacks,
        lines: all,
    }
}
