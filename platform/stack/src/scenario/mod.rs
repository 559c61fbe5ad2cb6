//! From a stack to what is assumed of its month: hours, figures, and what no resource has by itself.
//!
//! Quantities only; prices are elsewhere. What is assumed is told in words as well, each with where it is from, so that an estimate can
//! be argued with.

mod beside;
mod figures;
mod hours;

use crate::{Stack, blueprint_running, stack::FreeTier};
use bella_engine::{
    address::Address,
    cost::{Assumed, Budget, Scenario, Source},
    usage::Assumptions,
};
use figures::Figures;
use hours::Hours;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// An image, so that the blueprint is that of a service that runs.
const SOME_IMAGE: &str = "image";
/// The figure by which a service whose tasks are scaled says how many run.
const TASKS: &str = "average_tasks";

/// What is assumed of a month of the stack with its service running; of its life, where it has a `ttl`.
pub fn scenario(stack: &Stack) -> Scenario {
    let hours = Hours::of(stack);
    let figures = Figures::of(
        stack,
        &blueprint_running(stack, Some(SOME_IMAGE)),
        hours.share_of_month(),
    );
    let scaling = &stack.service.scaling;
    let with = |tasks: Decimal| {
        let mut named = figures.for_kinds.clone();
        named.insert(TASKS.to_owned(), tasks);
        Assumptions {
            hours: hours.by_kind.clone(),
            life: hours.life,
            figures: named,
        }
    };
    let (low, high) = (Decimal::from(scaling.min), Decimal::from(scaling.max));
    let expected = figures.said(TASKS).unwrap_or(low).clamp(low, high.max(low));
    let free_tier = stack.usage.free_tier == FreeTier::Unused;
    let mut assumed = hours.assumed.clone();
    assumed.push(tasks(stack, &figures, expected));
    assumed.push(Assumed {
        name: "free_tier".to_owned(),
        value: match stack.usage.free_tier {
            FreeTier::Used => "the account's free tier is used up by other stacks",
            FreeTier::Unused => "nothing else in the account uses its free tier",
        }
        .to_owned(),
        source: match free_tier {
            true => Source::StackFile,
            false => Source::Default,
        },
    });
    if !stack.usage.not_counted.is_empty() {
        let addresses = stack.usage.not_counted.iter().map(ToString::to_string);
        assumed.push(Assumed {
            name: "not_counted".to_owned(),
            value: format!(
                "{}: another budget pays",
                addresses.collect::<Vec<_>>().join(", ")
            ),
            source: Source::StackFile,
        });
    }
    assumed.extend(figures.assumed.iter().cloned());
    Scenario {
        low: with(low),
        expected: with(expected),
        high: with(high.max(low)),
        beside: beside::quantities(stack, &figures, hours.share_of_month()),
        not_counted: not_counted(stack),
        free_tier,
        life_hours: hours.life,
        calls: figures
            .said("calls_per_month")
            .map(|calls| calls * hours.share_of_month())
            .filter(|calls| !calls.is_zero()),
        assumed,
    }
}

/// How many tasks a scenario expects, on average.
pub fn tasks_expected(scenario: &Scenario) -> Decimal {
    scenario.expected.figure(TASKS, Decimal::ONE)
}

fn not_counted(stack: &Stack) -> BTreeSet<Address> {
    let addresses = stack.usage.not_counted.iter();
    addresses
        .filter_map(|address| Address::parse(&address.to_string()).ok())
        .collect()
}

/// The budget in decimals, as the file writes it.
pub fn budget(stack: &Stack) -> Budget {
    Budget {
        monthly_usd: figures::exact(stack.budget.monthly_usd),
        alert_at: stack.budget.alert_at.clone(),
    }
}

fn tasks(stack: &Stack, figures: &Figures, expected: Decimal) -> Assumed {
    let scaling = &stack.service.scaling;
    let range = match scaling.max > scaling.min {
        true => format!(" on average, of {} to {}", scaling.min, scaling.max),
        false => String::new(),
    };
    Assumed {
        name: TASKS.to_owned(),
        value: format!("{} running{range}", expected.normalize()),
        source: match figures.said(TASKS) {
            Some(_) => Source::StackFile,
            None => Source::Default,
        },
    }
}
