//! How long steps of calls took, from the histogram that this process keeps for Prometheus.

use std::collections::BTreeMap;

/// A step's figures.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) count: u64,
    /// The bound that half of the answers are within.
    pub(super) half: String,
    /// The bound that 95 % of the answers are within.
    pub(super) most: String,
}

/// The line of a bucket: how many answers of a step took at most `le` seconds.
const BUCKET: &str = "bella_call_response_time_seconds_bucket{";

/// Reads the steps out of OpenMetrics text; a step that was never answered is absent.
pub(super) fn read(openmetrics: &str) -> Vec<Step> {
    // Buckets are cumulative and in ascending order; those of success and failure add up.
    let mut steps: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for line in openmetrics.lines() {
        let Some((labels, count)) = line
            .strip_prefix(BUCKET)
            .and_then(|rest| rest.split_once("} "))
        else {
            continue;
        };
        let (Some(step), Some(bound)) = (label(labels, "step"), label(labels, "le")) else {
            continue;
        };
        let Ok(count) = count.trim().parse::<u64>() else {
            continue;
        };
        let bounds = steps.entry(step.to_owned()).or_default();
        match bounds.iter_mut().find(|(known, _)| known == bound) {
            Some((_, sum)) => *sum += count,
            None => bounds.push((bound.to_owned(), count)),
        }
    }
    steps
        .into_iter()
        .filter_map(|(name, bounds)| {
            let count = bounds.last()?.1;
            (count > 0).then(|| Step {
                name,
                count,
                half: within(&bounds, count.div_ceil(2)),
                most: within(&bounds, (count * 19).div_ceil(20)),
            })
        })
        .collect()
}

fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    labels.split(',').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.trim_matches('"'))
    })
}

fn within(bounds: &[(String, u64)], wanted: u64) -> String {
    let bound = bounds.iter().find(|(_, count)| *count >= wanted);
    let seconds = bound.and_then(|(bound, _)| bound.parse::<f64>().ok());
    match seconds {
        Some(seconds) if seconds.is_finite() => format!("{} ms", seconds * 1000.0),
        _ => "over 2 s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn the_figures_are_those_that_were_counted() {
        let metrics = Metrics::new("test", None);
        for _ in 0..9 {
            metrics.step("name", true, Duration::from_millis(3));
        }
        metrics.step("name", false, Duration::from_millis(400));
        metrics.step("time", true, Duration::from_secs(3));
        let steps: Vec<_> = read(&metrics.openmetrics())
            .into_iter()
            .map(|step| format!("{} {} {} {}", step.name, step.count, step.half, step.most))
            .collect();
        assert_eq!(steps, ["name 10 5 ms 500 ms", "time 1 over 2 s over 2 s"]);
        assert!(read(&Metrics::new("test", None).openmetrics()).is_empty());
    }
}
