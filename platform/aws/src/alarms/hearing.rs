//! What is published of what alarms look at.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{Dimension, MetricAlarm, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use bella_engine::cloud::CloudError;
use bella_watch::alarm::{Heard, Reading};
use jiff::Timestamp;

use crate::clients::Aws;
use crate::error::refused;

/// GetMetricData takes so many queries at once.
const BATCH: usize = 500;
/// CloudWatch looks at some periods more than an alarm names before it says that data is missing.
const MORE_PERIODS: i32 = 2;

/// A series that an alarm looks at.
struct Series {
    metric: aws_sdk_cloudwatch::types::Metric,
    statistic: String,
    period: i32,
    seconds: i64,
}

/// The readings of each alarm, in order.
pub(super) async fn of<'a>(
    aws: &Aws,
    alarms: impl Iterator<Item = &'a MetricAlarm>,
) -> Result<Vec<Vec<Reading>>, CloudError> {
    let all: Vec<Vec<Series>> = alarms.map(series).collect();
    let flat: Vec<&Series> = all.iter().flatten().collect();
    let counts = points(aws, &flat).await?;
    let mut catalogue = Catalogue::default();
    let mut readings = Vec::new();
    for (series, count) in flat.iter().zip(counts) {
        readings.push(catalogue.reading(aws, series, count).await?);
    }
    let mut readings = readings.into_iter();
    let own = |series: &Vec<Series>| readings.by_ref().take(series.len()).collect();
    Ok(all.iter().map(own).collect())
}

fn series(alarm: &MetricAlarm) -> Vec<Series> {
    let periods = alarm.evaluation_periods().unwrap_or(1) + MORE_PERIODS;
    let one = |metric, statistic: Option<&str>, period: Option<i32>| {
        let period = period.unwrap_or(60);
        Series {
            metric,
            statistic: statistic.unwrap_or("Average").to_owned(),
            period,
            seconds: i64::from(period) * i64::from(periods),
        }
    };
    if let (Some(namespace), Some(name)) = (alarm.namespace(), alarm.metric_name()) {
        let metric = aws_sdk_cloudwatch::types::Metric::builder()
            .namespace(namespace)
            .metric_name(name)
            .set_dimensions(Some(alarm.dimensions().to_vec()))
            .build();
        let statistic = alarm.statistic().map(|one| one.as_str());
        let statistic = alarm.extended_statistic().or(statistic);
        return vec![one(metric, statistic, alarm.period())];
    }
    let read = alarm
        .metrics()
        .iter()
        .filter_map(MetricDataQuery::metric_stat);
    read.filter_map(|stat| Some(one(stat.metric()?.clone(), stat.stat(), stat.period())))
        .collect()
}

/// How many data points each series has in its time.
async fn points(aws: &Aws, all: &[&Series]) -> Result<Vec<usize>, CloudError> {
    let now = Timestamp::now().as_second();
    let longest = all.iter().map(|series| series.seconds).max().unwrap_or(0);
    let mut counts = vec![0; all.len()];
    for (batch, some) in all.chunks(BATCH).enumerate() {
        let queries = some.iter().enumerate().map(|(index, series)| {
            let stat = MetricStat::builder()
                .metric(series.metric.clone())
                .stat(&series.statistic)
                .period(series.period)
                .build();
            MetricDataQuery::builder()
                .id(format!("m{}", batch * BATCH + index))
                .metric_stat(stat)
                .build()
        });
        let call = aws
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.collect()))
            .start_time(DateTime::from_secs(now - longest))
            .end_time(DateTime::from_secs(now));
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            for result in page.map_err(refused)?.metric_data_results() {
                let index = result
                    .id()
                    .and_then(|id| id.strip_prefix('m')?.parse().ok());
                let Some(index) = index.filter(|index: &usize| *index < all.len()) else {
                    continue;
                };
                let since = now - all[index].seconds;
                let times = result.timestamps().iter();
                counts[index] += times.filter(|at| at.secs() >= since).count();
            }
        }
    }
    Ok(counts)
}

type Dimensions = BTreeMap<String, String>;

/// What is published, read once for each metric.
#[derive(Default)]
struct Catalogue {
    /// Dimensions by namespace and metric.
    of_metrics: BTreeMap<(String, String), Vec<Dimensions>>,
    /// Names by namespace.
    names: BTreeMap<String, BTreeSet<String>>,
}

impl Catalogue {
    async fn reading(
        &mut self,
        aws: &Aws,
        series: &Series,
        count: usize,
    ) -> Result<Reading, CloudError> {
        let namespace = series.metric.namespace().unwrap_or_default().to_owned();
        let metric = series.metric.metric_name().unwrap_or_default().to_owned();
        let wanted = dimensions(series.metric.dimensions());
        let heard = match count {
            0 => self.silence(aws, &namespace, &metric, &wanted).await?,
            count => Heard::Points(count),
        };
        Ok(Reading {
            namespace,
            metric,
            dimensions: wanted,
            seconds: series.seconds,
            heard,
        })
    }

    async fn silence(
        &mut self,
        aws: &Aws,
        namespace: &str,
        metric: &str,
        wanted: &Dimensions,
    ) -> Result<Heard, CloudError> {
        let key = (namespace.to_owned(), metric.to_owned());
        if !self.of_metrics.contains_key(&key) {
            let found = listed(aws, namespace, Some(metric)).await?;
            let found = found.into_iter().map(|(_, dimensions)| dimensions);
            self.of_metrics.insert(key.clone(), found.collect());
        }
        let found = &self.of_metrics[&key];
        if found.contains(wanted) {
            return Ok(Heard::Earlier);
        }
        if !found.is_empty() {
            return Ok(Heard::Elsewhere(found.clone()));
        }
        if !self.names.contains_key(namespace) {
            let found = listed(aws, namespace, None).await?;
            let found = found.into_iter().map(|(name, _)| name);
            self.names.insert(namespace.to_owned(), found.collect());
        }
        let names = &self.names[namespace];
        Ok(match names.is_empty() {
            true => Heard::Nothing,
            false => Heard::Otherwise(names.iter().cloned().collect()),
        })
    }
}

/// Names and dimensions of what was published in the last two weeks, as far as the first page goes: 500 metrics.
async fn listed(
    aws: &Aws,
    namespace: &str,
    metric: Option<&str>,
) -> Result<Vec<(String, Dimensions)>, CloudError> {
    let call = aws.cloudwatch.list_metrics().namespace(namespace);
    let call = call.set_metric_name(metric.map(str::to_owned));
    let answer = call.send().await.map_err(refused)?;
    let found = answer.metrics().iter().map(|one| {
        let name = one.metric_name().unwrap_or_default().to_owned();
        (name, dimensions(one.dimensions()))
    });
    Ok(found.collect())
}

fn dimensions(all: &[Dimension]) -> Dimensions {
    let pair = |one: &Dimension| {
        let (name, value) = (one.name()?, one.value()?);
        Some((name.to_owned(), value.to_owned()))
    };
    all.iter().filter_map(pair).collect()
}
