//! A metric of one's own that a service is scaled by.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{
    CustomizedMetricSpecification, MetricDimension, MetricStatistic,
};
use bella_engine::cloud::CloudError;
use bella_engine::export::Body;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unbuilt;

/// A metric of CloudWatch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomMetric {
    /// Its namespace, for example `Bella/Voice`.
    pub namespace: String,
    /// Its name.
    pub metric_name: String,
    /// Its dimensions, name to value.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// `Average` (the default), `Minimum`, `Maximum`, `SampleCount` or `Sum`.
    #[serde(default = "average")]
    pub statistic: String,
}

fn average() -> String {
    "Average".to_owned()
}

impl CustomMetric {
    pub(super) fn wire(&self) -> Result<CustomizedMetricSpecification, CloudError> {
        let dimension = |(name, value): (&String, &String)| {
            let dimension = MetricDimension::builder().name(name).value(value);
            dimension.build().map_err(unbuilt)
        };
        let dimensions: Result<Vec<_>, _> = self.dimensions.iter().map(dimension).collect();
        Ok(CustomizedMetricSpecification::builder()
            .namespace(&self.namespace)
            .metric_name(&self.metric_name)
            .set_dimensions(Some(dimensions?))
            .statistic(MetricStatistic::from(self.statistic.as_str()))
            .build())
    }

    /// As Terraform writes it.
    pub(super) fn terraform(&self) -> Body {
        let body = Body::new()
            .set("namespace", self.namespace.as_str())
            .set("metric_name", self.metric_name.as_str())
            .set("statistic", self.statistic.as_str());
        self.dimensions.iter().fold(body, |body, (name, value)| {
            let dimension = Body::new()
                .set("name", name.as_str())
                .set("value", value.as_str());
            body.block("dimensions", dimension)
        })
    }

    pub(super) fn of(wire: &CustomizedMetricSpecification) -> Self {
        let dimensions = wire.dimensions().iter();
        Self {
            namespace: wire.namespace().unwrap_or_default().to_owned(),
            metric_name: wire.metric_name().unwrap_or_default().to_owned(),
            dimensions: dimensions
                .map(|one| (one.name().to_owned(), one.value().to_owned()))
                .collect(),
            statistic: wire
                .statistic()
                .map_or_else(average, |statistic| statistic.as_str().to_owned()),
        }
    }
}
