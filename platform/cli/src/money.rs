//! What a stack file costs and what its budget says to it; the same for every command.

use std::collections::BTreeMap;

use bella_aws::kinds::KINDS;
use bella_aws::prices::book;
use bella_engine::cost::{
    Budget, Outlook, PriceBook, Scenario, Standing, Verdict, cents, deltas, outlook, standing,
};
use bella_engine::graph::Graph;
use bella_engine::live::Live;
use bella_engine::plan::Plan;
use bella_stack::stack::Stack;
use bella_stack::{SERVICE, blueprint_running};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use crate::error::{CommandError, Exit};
use crate::target::StackFile;

/// Stands for whichever image runs: it costs the same.
const ANY_IMAGE: &str = "image";
/// How many lines say where the money goes.
const LARGEST: usize = 5;

/// The estimate of a stack with its service running.
pub(crate) struct Money {
    pub(crate) outlook: Outlook,
    pub(crate) scenario: Scenario,
    pub(crate) book: PriceBook,
    pub(crate) budget: Budget,
    pub(crate) verdict: Verdict,
}

impl Money {
    /// Prices a stack file; asks nobody.
    ///
    /// # Errors
    /// The file's resources do not fit together.
    pub(crate) fn of(file: &StackFile) -> Result<Self, CommandError> {
        Self::of_stack(&file.loaded.stack)
    }

    /// The same of a stack that no file says.
    ///
    /// # Errors
    /// As [`Money::of`].
    pub(crate) fn of_stack(stack: &Stack) -> Result<Self, CommandError> {
        let nodes = blueprint_running(stack, Some(ANY_IMAGE));
        let declared = nodes
            .into_iter()
            .map(|node| (node.address, node.properties));
        let nodes = Graph::new(KINDS, declared)?.properties();
        let scenario = bella_stack::scenario(stack);
        let book = book(&stack.region.to_string());
        let outlook = outlook(KINDS, &nodes, &BTreeMap::new(), &scenario, &book);
        let budget = bella_stack::budget(stack);
        Ok(Self {
            verdict: budget.verdict(outlook.expected.monthly_usd()),
            outlook,
            scenario,
            book,
            budget,
        })
    }

    /// What resting saves and what is billed on, against the same stack that never rests; `None` where it lives some hours only.
    ///
    /// # Errors
    /// As [`Money::of`].
    pub(crate) fn standing(&self, file: &StackFile) -> Result<Option<Standing>, CommandError> {
        if self.scenario.life_hours.is_some() {
            return Ok(None);
        }
        let nodes = file.graph_running(ANY_IMAGE)?.properties();
        let mut stack = file.loaded.stack.clone();
        stack.auto_shutdown = None;
        let always = bella_stack::scenario(&stack);
        let always = outlook(KINDS, &nodes, &BTreeMap::new(), &always, &self.book);
        Ok(Some(standing(&always.expected, &self.outlook.expected)))
    }

    /// What is expected, US dollars a month, or in the stack's life.
    pub(crate) fn usd(&self) -> Decimal {
        self.outlook.expected.monthly_usd()
    }

    /// What an hour of one of the service's tasks costs, with its address.
    pub(crate) fn task_hour_usd(&self) -> Decimal {
        let items = self.outlook.expected.items.iter();
        let tasks = items.filter(|item| item.address.to_string() == SERVICE);
        let month: Decimal = tasks.map(|item| item.monthly_usd).sum();
        let assumed = &self.scenario.expected;
        let hours = assumed.hours("ecs_service") * bella_stack::tasks_expected(&self.scenario);
        month.checked_div(hours).unwrap_or_default()
    }

    /// What so many of these hours cost.
    pub(crate) fn of_hours(hour: Decimal, hours: f64) -> Decimal {
        hour * Decimal::from_f64(hours).unwrap_or_default()
    }

    /// What each change of a plan adds, in the plan's order.
    pub(crate) fn deltas(&self, plan: &Plan, live: &Live) -> Vec<Decimal> {
        deltas(
            KINDS,
            plan,
            live,
            &self.outlook.expected,
            &self.scenario,
            &self.book,
        )
    }

    /// `$69.03/month`, or what a stack that does not stay costs in its life.
    pub(crate) fn phrase(&self) -> String {
        match self.scenario.life_hours {
            None => format!("${:.2}/month", self.usd()),
            Some(hours) => format!(
                "${:.2} for its {} hours",
                self.usd(),
                hours.round_dp(2).normalize()
            ),
        }
    }

    /// By how much the budget is passed.
    pub(crate) fn over_usd(&self) -> Option<Decimal> {
        match self.verdict {
            Verdict::Over { by_usd } => Some(by_usd),
            Verdict::Within | Verdict::Near { .. } => None,
        }
    }

    /// The refusal of a stack over its budget, with what is dearest in it.
    pub(crate) fn refusal(&self, file: &StackFile, accept: &str) -> Option<CommandError> {
        let by_usd = self.over_usd()?;
        let largest: Vec<String> = self
            .outlook
            .expected
            .largest(LARGEST)
            .iter()
            .map(|item| {
                let usd = cents(item.monthly_usd);
                format!("${usd:.2} {} ({})", item.address, item.component)
            })
            .collect();
        let path = file.path.display();
        let mut error = CommandError::new(
            Exit::OverBudget,
            format!(
                "{} is expected to cost {}, which is ${by_usd:.2} over its budget of ${:.2}",
                file.loaded.stack.stack,
                self.phrase(),
                self.budget.monthly_usd,
            ),
        );
        error.lines.push(format!("largest: {}", largest.join(", ")));
        Some(
            error
                .hint(format!(
                    "make it smaller, or raise budget.monthly_usd in {path}; `bella cost estimate {path}` shows every line"
                ))
                .hint(format!("if it is worth the money: {accept}")),
        )
    }

    /// What the person should hear although it is no refusal.
    pub(crate) fn warning(&self) -> Option<String> {
        let Verdict::Near { percent } = self.verdict else {
            return None;
        };
        Some(format!(
            "note: the estimate of {} has reached {percent} % of the ${:.2} budget",
            self.phrase(),
            self.budget.monthly_usd
        ))
    }
}

/// The estimate with what each change of a plan adds, in the plan's order.
pub(crate) struct Priced {
    pub(crate) money: Money,
    pub(crate) deltas: Vec<Decimal>,
}
