//! Questions to Cost Explorer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition,
    GroupDefinitionType, Metric as ForecastMetric, MetricValue, TagValues,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::planner::STACK_TAG;
use bella_finance::bill::{Answer, Expected, Metric, Question};
use bella_finance::windows::Window;
use rust_decimal::Decimal;

use crate::clients::Aws;
use crate::error::refused;

/// The chance that a forecast's bounds hold, in percent.
const CHANCE: i32 = 80;

fn period(window: Window) -> Result<DateInterval, CloudError> {
    let period = DateInterval::builder()
        .start(window.start().to_string())
        .end(window.end().to_string());
    period.build().map_err(refused_locally)
}

/// A request that the SDK itself finds incomplete.
fn refused_locally(error: impl std::fmt::Display) -> CloudError {
    CloudError::new(
        Fault::Rejected,
        "costexplorer",
        "GetCostAndUsage",
        error.to_string(),
    )
}

fn apart() -> Expression {
    let values = Question::APART.map(str::to_owned).to_vec();
    let records = DimensionValues::builder()
        .key(Dimension::RecordType)
        .set_values(Some(values));
    Expression::builder().dimensions(records.build()).build()
}

fn group(kind: GroupDefinitionType, key: &str) -> GroupDefinition {
    GroupDefinition::builder().r#type(kind).key(key).build()
}

/// All pages of a question, and how many requests they were.
pub(super) async fn costs(
    aws: &Aws,
    question: Question,
    window: Window,
) -> Result<(Vec<Answer>, u32), CloudError> {
    let filter = match question {
        Question::Apart => apart(),
        Question::Usage => Expression::builder().not(apart()).build(),
    };
    let (mut answers, mut requests, mut next) = (Vec::new(), 0, None);
    loop {
        let call = aws
            .costs
            .get_cost_and_usage()
            .time_period(period(window)?)
            .granularity(Granularity::Daily)
            .set_metrics(Some(Question::METRICS.map(str::to_owned).to_vec()))
            .filter(filter.clone())
            .group_by(group(GroupDefinitionType::Dimension, question.dimension()))
            .group_by(group(GroupDefinitionType::Tag, STACK_TAG))
            .set_next_page_token(next);
        requests += 1;
        let page = call.send().await.map_err(refused)?;
        for day in page.results_by_time() {
            let (start, end) = day
                .time_period()
                .map_or(("", ""), |it| (it.start(), it.end()));
            answers.extend(day.groups().iter().map(|group| Answer {
                start: start.to_owned(),
                end: end.to_owned(),
                estimated: day.estimated(),
                keys: group.keys().to_vec(),
                metrics: group.metrics().map(metrics).unwrap_or_default(),
            }));
        }
        next = page.next_page_token().map(str::to_owned);
        if next.is_none() {
            return Ok((answers, requests));
        }
    }
}

/// The service of each usage type of these days that is one service's alone, and how many requests that took.
pub(super) async fn services(
    aws: &Aws,
    window: Window,
) -> Result<(BTreeMap<String, String>, u32), CloudError> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut requests, mut next) = (0, None);
    loop {
        let call = aws
            .costs
            .get_cost_and_usage()
            .time_period(period(window)?)
            .granularity(Granularity::Monthly)
            .metrics("UnblendedCost")
            .filter(Expression::builder().not(apart()).build())
            .group_by(group(GroupDefinitionType::Dimension, "SERVICE"))
            .group_by(group(GroupDefinitionType::Dimension, "USAGE_TYPE"))
            .set_next_page_token(next);
        requests += 1;
        let page = call.send().await.map_err(refused)?;
        for group in page.results_by_time().iter().flat_map(|time| time.groups()) {
            if let [service, usage_type] = group.keys() {
                let services = found.entry(usage_type.clone()).or_default();
                services.insert(service.clone());
            }
        }
        next = page.next_page_token().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    let alone = found.into_iter().filter_map(|(usage_type, mut services)| {
        let service = services.pop_first()?;
        (services.is_empty() && !service.is_empty()).then_some((usage_type, service))
    });
    Ok((alone.collect(), requests))
}

fn metrics(told: &HashMap<String, MetricValue>) -> BTreeMap<String, Metric> {
    let one = |(name, value): (&String, &MetricValue)| {
        let metric = Metric {
            amount: value.amount().map(str::to_owned),
            unit: value.unit().map(str::to_owned),
        };
        (name.clone(), metric)
    };
    told.iter().map(one).collect()
}

/// What AWS expects of these days for all stacks; `None` where it has too little history to say.
pub(super) async fn forecast(aws: &Aws, window: Window) -> Result<Option<Expected>, CloudError> {
    let tagged = TagValues::builder()
        .key(STACK_TAG)
        .match_options(aws_sdk_costexplorer::types::MatchOption::Absent);
    let tagged = Expression::builder().tags(tagged.build()).build();
    let call = aws
        .costs
        .get_cost_forecast()
        .time_period(period(window)?)
        .granularity(Granularity::Monthly)
        .metric(ForecastMetric::UnblendedCost)
        .filter(Expression::builder().not(tagged).build())
        .prediction_interval_level(CHANCE);
    let answer = match call.send().await.map_err(refused) {
        Ok(answer) => answer,
        Err(error) if error.code == "DataUnavailableException" => return Ok(None),
        Err(error) => return Err(error),
    };
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<Decimal>().ok());
    let mean = number(answer.total().and_then(MetricValue::amount));
    let bound = |read: fn(&aws_sdk_costexplorer::types::ForecastResult) -> Option<&str>| {
        let parts = answer.forecast_results_by_time().iter();
        parts
            .map(|part| number(read(part)))
            .sum::<Option<Decimal>>()
    };
    Ok(mean.map(|mean| Expected {
        mean,
        low: bound(|part| part.prediction_interval_lower_bound()),
        high: bound(|part| part.prediction_interval_upper_bound()),
    }))
}

/// The state of the stacks' tag in the bill: `Active`, `Inactive`; `None` where AWS has billed nothing with it yet.
pub(super) async fn tag(aws: &Aws) -> Result<Option<String>, CloudError> {
    let call = aws.costs.list_cost_allocation_tags().tag_keys(STACK_TAG);
    let answer = call.send().await.map_err(refused)?;
    let mut tags = answer.cost_allocation_tags().iter();
    let tag = tags.find(|tag| tag.tag_key() == STACK_TAG);
    Ok(tag.map(|tag| tag.status().as_str().to_owned()))
}
