//! Whom a line of the report is about: a stack with its file, or one of which only the name is known.

use std::collections::BTreeMap;

use bella_aws::ephemeral::Tagged;
use bella_aws::kinds::KINDS;
use bella_aws::prices::book;
use bella_engine::address::Address;
use bella_engine::cost::{Item, PriceBook, Scenario, Standing, cents, outlook};
use bella_engine::resource::Tags;
use bella_engine::usage::Assumptions;
use bella_finance::forecast::Rates;
use bella_finance::report::Saving;
use bella_finance::{About, Finding};
use bella_stack::Calendar;
use bella_stack::stack::Stack;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::error::CommandError;
use crate::money::Money;
use crate::session::Session;

/// Less a month is not worth a line.
const WORTH_USD: Decimal = Decimal::ONE;

/// What is known of a stack beside its past.
pub(crate) struct Subject {
    pub(crate) environment: String,
    pub(crate) owner: String,
    pub(crate) cost_center: String,
    pub(crate) budget_usd: Decimal,
    /// The estimate of a whole month, or of its life.
    pub(crate) estimate: Vec<Item>,
    pub(crate) estimate_usd: Decimal,
    pub(crate) assumptions: Vec<String>,
    pub(crate) expected: Assumptions,
    pub(crate) calendar: Option<Calendar>,
    pub(crate) rates: Rates,
    /// What is saved, and what could be.
    pub(crate) savings: Vec<Saving>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) book: PriceBook,
}

impl Subject {
    /// By the session's stack file; without one, by tags and by what the ledger noted last.
    ///
    /// # Errors
    /// The file's resources do not fit together, or the ledger cannot be read.
    pub(crate) async fn of(
        session: &Session,
        tagged: Option<&Tagged>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, CommandError> {
        match &session.file {
            Some(_) => Self::by_file(session, tagged),
            None => Self::by_record(session, tagged, findings).await,
        }
    }

    fn by_file(session: &Session, tagged: Option<&Tagged>) -> Result<Self, CommandError> {
        let file = session.file()?;
        let stack = &file.loaded.stack;
        let money = Money::of(file)?;
        let month = Assumptions::MONTH;
        let hours = money.scenario.life_hours.unwrap_or(month);
        let on = money.scenario.expected.hours("ecs_service");
        let standing = money.standing(file)?;
        let saved = standing
            .as_ref()
            .map_or(Decimal::ZERO, |standing| standing.saved_usd);
        let exact = money.outlook.expected.exact_usd();
        Ok(Self {
            environment: stack.environment.as_str().to_owned(),
            owner: stack.owner.to_string(),
            cost_center: stack.cost_center.to_string(),
            budget_usd: money.budget.monthly_usd,
            estimate_usd: money.usd(),
            assumptions: assumed(&money.scenario),
            expected: money.scenario.expected.clone(),
            calendar: stack.auto_shutdown.as_ref().map(Calendar::new),
            rates: Rates::of(exact, saved, (hours, on)),
            expires: tagged.and_then(expires),
            savings: savings(
                stack,
                &money,
                standing.as_ref(),
                &file.path.display().to_string(),
            )?,
            estimate: money.outlook.expected.items,
            book: money.book,
        })
    }

    async fn by_record(
        session: &Session,
        tagged: Option<&Tagged>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, CommandError> {
        let applied = session
            .store
            .applied(&session.place)
            .await?
            .unwrap_or_default();
        let nodes: BTreeMap<Address, Value> = applied
            .objects
            .into_iter()
            .map(|(address, properties)| (address, without_tags(properties)))
            .collect();
        let book = book(&session.region);
        let scenario = Scenario::default();
        let outlook = outlook(KINDS, &nodes, &BTreeMap::new(), &scenario, &book);
        let mut say = |text: &str| {
            findings.push(Finding::new(
                About::UnknownInterval,
                session.stack.clone(),
                text,
            ));
        };
        if nodes.is_empty() {
            say(
                "has no record in this ledger: name its stack file, or the ledger with BELLA_LEDGER, and it is metered",
            );
        }
        let budget = budget(&nodes);
        if budget.is_none() && !nodes.is_empty() {
            say("has no budget that is known without its stack file: it counts as none");
        }
        let exact = outlook.expected.exact_usd();
        let tag = |name: &str| {
            let value = tagged.and_then(|tagged| tagged.tags.get(name)).cloned();
            value.unwrap_or_else(|| "unknown".to_owned())
        };
        Ok(Self {
            environment: tag("bella:environment"),
            owner: tag("bella:owner"),
            cost_center: tag("bella:cost_center"),
            budget_usd: budget.unwrap_or_default(),
            estimate_usd: outlook.expected.monthly_usd(),
            assumptions: vec![
                "as its objects were applied last, running all month: its stack file was not named"
                    .to_owned(),
            ],
            rates: Rates::of(
                exact,
                Decimal::ZERO,
                (Assumptions::MONTH, Assumptions::MONTH),
            ),
            expected: scenario.expected,
            calendar: None,
            savings: Vec::new(),
            expires: tagged.and_then(expires),
            estimate: outlook.expected.items,
            book,
        })
    }
}

/// What the schedule saves already, and what each other change would.
fn savings(
    stack: &Stack,
    money: &Money,
    standing: Option<&Standing>,
    file: &str,
) -> Result<Vec<Saving>, CommandError> {
    let rests = standing.filter(|standing| !standing.saved_usd.is_zero());
    let mut savings: Vec<Saving> = rests
        .map(|standing| Saving {
            what: "resting by schedule, against running all month".to_owned(),
            monthly_usd: cents(standing.saved_usd),
            is_done: true,
            command: String::new(),
        })
        .into_iter()
        .collect();
    for cheaper in bella_stack::cheaper(stack) {
        let saved = money.usd() - Money::of_stack(&cheaper.stack)?.usd();
        if saved >= WORTH_USD {
            savings.push(Saving {
                what: format!("{}, which gives up {}", cheaper.change, cheaper.gives_up),
                monthly_usd: saved,
                is_done: false,
                command: format!("bella plan {file}"),
            });
        }
    }
    Ok(savings)
}

fn assumed(scenario: &Scenario) -> Vec<String> {
    let all = scenario.assumed.iter();
    all.map(|one| format!("{}: {} ({})", one.name, one.value, one.source.as_str()))
        .collect()
}

/// When a stack ends, by its tag.
fn expires(tagged: &Tagged) -> Option<Timestamp> {
    tagged.tags.get("bella-expires")?.parse().ok()
}

/// The dearest monthly cost budget among objects.
fn budget(nodes: &BTreeMap<Address, Value>) -> Option<Decimal> {
    let budgets = nodes.iter().filter(|(address, properties)| {
        address.kind() == "budget" && properties["period"] == "MONTHLY"
    });
    let limits = budgets.filter_map(|(_, properties)| {
        let limit = &properties["limit_usd"];
        let text = limit
            .as_str()
            .map(str::to_owned)
            .or_else(|| limit.as_number().map(ToString::to_string));
        text?.parse().ok()
    });
    limits.max()
}

/// Properties as a kind knows them: the ledger has the tags among them.
fn without_tags(mut properties: Value) -> Value {
    if let Some(map) = properties.as_object_mut() {
        map.remove("tags");
    }
    properties
}

/// Tags of a stack that was found by one of its objects.
pub(crate) fn stack_of(tags: &Tags) -> Option<&str> {
    tags.get(bella_engine::planner::STACK_TAG)
        .map(String::as_str)
}
