//! What CloudWatch measured.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use bella_engine::cloud::CloudError;

use crate::clients::Aws;
use crate::error::refused;

/// `GetMetricData` takes so many queries at once.
const BATCH: usize = 500;

/// A metric to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Such as `AWS/ECS`.
    pub namespace: String,
    /// Such as `CPUUtilization`.
    pub metric: String,
    /// Of the values in a period, such as `Average`.
    pub statistic: String,
    /// Names with values.
    pub dimensions: Vec<(String, String)>,
}

/// Values with the seconds since 1970 at which their period begins.
pub type Values = Vec<(i64, f64)>;

/// The values of each series, in the order asked for, of the periods that begin from `start` on and
/// before `end`, all in seconds. A period in which nothing was published has none.
///
/// # Errors
/// AWS refuses the read.
pub async fn read(
    aws: &Aws,
    series: &[Series],
    (start, end): (i64, i64),
    period: i32,
) -> Result<Vec<Values>, CloudError> {
    let mut found = vec![Values::new(); series.len()];
    for (batch, some) in series.chunks(BATCH).enumerate() {
        let first = batch * BATCH;
        let queries = some
            .iter()
            .enumerate()
            .map(|(index, one)| query(first + index, one, period));
        let call = aws
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.collect()))
            .start_time(DateTime::from_secs(start))
            .end_time(DateTime::from_secs(end));
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            for result in page.map_err(refused)?.metric_data_results() {
                let index = result
                    .id()
                    .and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                let Some(values) = index.and_then(|index| found.get_mut(index)) else {
                    continue;
                };
                let times = result.timestamps().iter().map(DateTime::secs);
                values.extend(times.zip(result.values().iter().copied()));
            }
        }
    }
    Ok(found)
}

fn query(index: usize, series: &Series, period: i32) -> MetricDataQuery {
    let dimensions = series
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(&series.namespace)
        .metric_name(&series.metric)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .stat(&series.statistic)
        .period(period)
        .build();
    MetricDataQuery::builder()
        .id(format!("m{index}"))
        .metric_stat(stat)
        .build()
}
