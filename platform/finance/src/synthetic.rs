//! A year of made-up bills with anomalies that are known, for tests and for a sandbox to serve.
//!
//! The bill follows from prices and hours, with the noise that real bills have; the same seed makes
//! the same bill. [`Year::json`] is a plain list of lines.

use jiff::civil::{Date, Weekday};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::bill::{Line, Record};
use crate::windows::Window;

/// What one usage type of one stack costs on ordinary days.
struct Habit {
    stack: Option<&'static str>,
    service: &'static str,
    usage_type: &'static str,
    unit: &'static str,
    /// Units on a working day and on one of a weekend.
    quantity: [Decimal; 2],
    unit_usd: Decimal,
    /// By how many percent a day's units vary.
    noise: i64,
}

/// A day on which something went wrong, and which usage type says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// UTC's day.
    pub day: Date,
    /// The stack.
    pub stack: String,
    /// The usage type that drove it.
    pub usage_type: String,
}

/// The bills and what is wrong in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    /// The days.
    pub window: Window,
    /// All lines, by day.
    pub lines: Vec<Line>,
    /// What an honest report finds, by day.
    pub known: Vec<Known>,
}

/// Multiples of a usual day: (day of the year counted from 0, habit, times).
const WRONG: [(usize, usize, i64); 6] = [
    (45, 2, 9),   // a loop that downloads through the NAT gateway
    (100, 0, 4),  // a deployment that left tasks behind
    (171, 6, 3),  // development on a Sunday
    (222, 4, 12), // debug logging
    (300, 2, 6),
    (340, 1, 3), // a second database for a restore
];

/// A year from `start` on.
///
/// # Panics
/// Never: the days are within the calendar for every date of this century.
#[must_use]
pub fn year(start: Date, seed: u64) -> Year {
    let end = start.saturating_add(jiff::Span::new().days(365));
    let window = Window::new(start, end).expect("a year has days");
    let habits = habits();
    let mut chance = Chance(seed | 1);
    let mut year = Year {
        window,
        lines: Vec::new(),
        known: Vec::new(),
    };
    for (index, day) in window.days().enumerate() {
        for (which, habit) in habits.iter().enumerate() {
            let mut quantity = habit.on(day) * chance.about(habit.noise);
            let wrong = WRONG
                .iter()
                .find(|(at, of, _)| (*at, *of) == (index, which));
            if let Some((_, _, times)) = wrong {
                // A stack that rests that day is found running as on a working day.
                let usual = quantity.max(habit.quantity[0]);
                quantity = usual * Decimal::from(*times);
                year.known.push(Known {
                    day,
                    stack: habit.stack.unwrap_or_default().to_owned(),
                    usage_type: habit.usage_type.to_owned(),
                });
            }
            if !quantity.is_zero() {
                year.lines
                    .push(habit.line(day, quantity.round_dp(6), Record::Usage));
            }
        }
        if day.day() == 1 {
            year.lines.extend(apart(day));
        }
    }
    year
}

impl Year {
    /// The bill as a sandbox's Cost Explorer takes it, under the tag `bella:stack`.
    #[must_use]
    pub fn json(&self) -> Value {
        let lines = self.lines.iter().map(|line| {
            let mut tags = serde_json::Map::new();
            if let Some(stack) = &line.stack {
                tags.insert("bella:stack".to_owned(), json!(stack));
            }
            json!({
                "day": line.day, "service": line.service.as_deref().unwrap_or_default(),
                "usage_type": line.usage_type, "record_type": line.record.as_str(), "tags": tags,
                "unblended": line.unblended, "amortized": line.amortized, "quantity": line.quantity,
                "unit": line.unit,
            })
        });
        json!({ "lines": lines.collect::<Vec<_>>() })
    }
}

impl Habit {
    fn on(&self, day: Date) -> Decimal {
        self.quantity[usize::from(is_weekend(day))]
    }

    fn line(&self, day: Date, quantity: Decimal, record: Record) -> Line {
        let usd = (quantity * self.unit_usd).round_dp(10);
        Line {
            day,
            service: Some(self.service.to_owned()),
            usage_type: self.usage_type.to_owned(),
            stack: self.stack.map(str::to_owned),
            record,
            unblended: usd,
            amortized: usd,
            quantity,
            unit: self.unit.to_owned(),
            currency: "USD".to_owned(),
            estimated: false,
        }
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A month's credit, refund and tax.
fn apart(day: Date) -> impl Iterator<Item = Line> {
    let charges = [
        (Record::Credit, Decimal::new(-2000, 2)),
        (Record::Refund, Decimal::new(-120, 2)),
        (Record::Tax, Decimal::new(900, 2)),
    ];
    charges.into_iter().map(move |(record, usd)| Line {
        day,
        service: None,
        usage_type: String::new(),
        stack: None,
        record,
        unblended: usd,
        amortized: usd,
        quantity: Decimal::ZERO,
        unit: String::new(),
        currency: "USD".to_owned(),
        estimated: false,
    })
}

/// Production all day, development in working hours, and a line nobody tagged.
fn habits() -> Vec<Habit> {
    let decimal = |number: i64, scale: u32| Decimal::new(number, scale);
    let habit = |stack, service, usage_type, unit, days: [Decimal; 2], unit_usd, noise| Habit {
        stack,
        service,
        usage_type,
        unit,
        quantity: days,
        unit_usd,
        noise,
    };
    let (prod, dev) = (Some("bella-prod"), Some("bella-dev"));
    let ecs = "Amazon Elastic Container Service";
    let rds = "Amazon Relational Database Service";
    let always = |hours: Decimal| [hours, hours];
    let weekdays = |hours: Decimal| [hours, Decimal::ZERO];
    let day = decimal(24, 0);
    vec![
        habit(
            prod,
            ecs,
            "CAN1-Fargate-ARM-vCPU-Hours:perCPU",
            "hours",
            always(day),
            decimal(3565, 5),
            1,
        ),
        habit(
            prod,
            rds,
            "CAN1-InstanceUsage:db.t4g.micro",
            "Hrs",
            always(day),
            decimal(18, 3),
            0,
        ),
        habit(
            prod,
            "EC2 - Other",
            "CAN1-NatGateway-Bytes",
            "GB",
            always(decimal(4, 0)),
            decimal(5, 2),
            20,
        ),
        habit(
            prod,
            "Amazon Elastic Load Balancing",
            "CAN1-LoadBalancerUsage",
            "Hrs",
            always(day),
            decimal(2475, 5),
            0,
        ),
        habit(
            prod,
            "AmazonCloudWatch",
            "CAN1-DataProcessing-Bytes",
            "GB",
            [decimal(30, 2), decimal(10, 2)],
            decimal(55, 2),
            15,
        ),
        habit(
            dev,
            rds,
            "CAN1-InstanceUsage:db.t4g.micro",
            "Hrs",
            weekdays(decimal(12, 0)),
            decimal(18, 3),
            0,
        ),
        habit(
            dev,
            ecs,
            "CAN1-Fargate-ARM-vCPU-Hours:perCPU",
            "hours",
            weekdays(decimal(12, 0)),
            decimal(3565, 5),
            1,
        ),
        habit(
            None,
            "Amazon Virtual Private Cloud",
            "CAN1-PublicIPv4:InUseAddress",
            "Hrs",
            always(decimal(48, 0)),
            decimal(5, 3),
            0,
        ),
    ]
}

/// xorshift: enough for noise, and the same everywhere.
struct Chance(u64);

impl Chance {
    /// A factor around 1, at most so many percent away from it.
    fn about(&mut self, percent: i64) -> Decimal {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let steps = i64::try_from(self.0 % 2001).unwrap_or_default() - 1000;
        Decimal::ONE + Decimal::new(steps * percent, 5)
    }
}
