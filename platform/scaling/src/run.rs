//! A trace under a policy.

use std::collections::VecDeque;

use serde::Serialize;

use crate::policy::{Bounds, Policy, Sample, Scaler};
use crate::task::Task;
use crate::trace::Trace;

/// What a policy made of a trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The fewest tasks that answered.
    pub fewest: u32,
    /// Tasks that were paid for, on average.
    pub mean: f64,
    /// The most tasks that answered.
    pub most: u32,
    /// How often tasks were added or removed.
    pub changes: u32,
    /// Hours of tasks that were paid for, those of starting ones too.
    pub task_hours: f64,
    /// Calls that started in the busiest minute of a task.
    pub busiest_calls: f64,
    /// Of a task's processor in its busiest minute, in percent, what was left.
    pub headroom_percent: f64,
    /// Milliseconds that 99 of 100 requests took at most in the worst minute; `None` where more came than could be answered.
    pub p99_ms: Option<f64>,
    /// Minutes in which more came than could be answered.
    pub overloaded_minutes: u32,
}

/// Calls of the minutes that a call lasts, the processor's and memory's use that come of them, and what the policy does about it.
///
/// A task that is added is paid for at once and answers [`Task::start_minutes`] later; one that is removed is gone at once.
#[must_use]
pub fn simulate(trace: &Trace, task: &Task, policy: &Policy, bounds: Bounds) -> Outcome {
    let mut scaler = Scaler::new(policy, bounds);
    let mut wanted = bounds.min;
    // Tasks that answer from a minute on.
    let mut starting: VecDeque<(usize, u32)> = VecDeque::new();
    let mut answering = bounds.min;
    let mut lasting: VecDeque<u32> = VecDeque::new();
    let mut out = Outcome {
        fewest: u32::MAX,
        mean: 0.0,
        most: 0,
        changes: 0,
        task_hours: 0.0,
        busiest_calls: 0.0,
        headroom_percent: 100.0,
        p99_ms: Some(0.0),
        overloaded_minutes: 0,
    };
    for (minute, calls) in trace.calls.iter().enumerate() {
        while starting.front().is_some_and(|(from, _)| *from <= minute) {
            answering += starting.pop_front().map_or(0, |(_, count)| count);
        }
        lasting.push_back(*calls);
        if lasting.len() > task.call_minutes.max(1) as usize {
            lasting.pop_front();
        }
        let each = f64::from(answering.max(1));
        let at_once: u32 = lasting.iter().sum();
        let per_minute =
            f64::from(at_once) * task.requests_per_call / f64::from(task.call_minutes.max(1));
        let load = per_minute / 60.0 / each;
        let sample = Sample {
            cpu_percent: task.cpu(load).min(1.0) * 100.0,
            memory_percent: task.memory(f64::from(at_once) / each).min(1.0) * 100.0,
            calls: f64::from(*calls) / each,
        };
        out.fewest = out.fewest.min(answering);
        out.most = out.most.max(answering);
        out.task_hours += f64::from(wanted) / 60.0;
        out.busiest_calls = out.busiest_calls.max(sample.calls);
        out.headroom_percent = out.headroom_percent.min(100.0 - sample.cpu_percent);
        match (task.p99_ms(load), out.p99_ms) {
            (Some(now), Some(worst)) => out.p99_ms = Some(worst.max(now)),
            (Some(_), None) => {}
            (None, _) => {
                out.p99_ms = None;
                out.overloaded_minutes += 1;
            }
        }
        let next = scaler.decide(minute, sample, wanted);
        if next > wanted {
            let ready = minute + 1 + task.start_minutes as usize;
            starting.push_back((ready, next - wanted));
        } else {
            leave(&mut starting, &mut answering, wanted - next);
        }
        out.changes += u32::from(next != wanted);
        wanted = next;
    }
    #[expect(clippy::cast_precision_loss, reason = "minutes of months")]
    let minutes = trace.calls.len() as f64;
    out.mean = out.task_hours * 60.0 / minutes;
    out
}

/// Tasks that go: those that do not answer yet first.
fn leave(starting: &mut VecDeque<(usize, u32)>, answering: &mut u32, mut gone: u32) {
    while gone > 0
        && let Some((_, count)) = starting.back_mut()
    {
        let taken = gone.min(*count);
        *count -= taken;
        gone -= taken;
        if *count == 0 {
            starting.pop_back();
        }
    }
    *answering = answering.saturating_sub(gone);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Steps, Target, Tracked};

    const BOUNDS: Bounds = Bounds {
        min: 1,
        max: 5,
        out_cooldown: 5,
        in_cooldown: 15,
    };

    fn calls(value: f64) -> Policy {
        Policy::Tracking(vec![Target {
            metric: Tracked::Calls,
            value,
        }])
    }

    fn seed() -> Policy {
        Policy::Stepping(Steps {
            calls_per_task: 10.0,
            above: 80.0,
            below: 20.0,
        })
    }

    fn trace(text: &[(usize, u32)]) -> Trace {
        let minutes = text.iter().flat_map(|(many, calls)| vec![*calls; *many]);
        Trace {
            name: "test".to_owned(),
            calls: minutes.collect(),
        }
    }

    /// Answering tasks, minute by minute, of a trace that grows.
    fn answering(trace: &Trace, policy: &Policy) -> Vec<u32> {
        let task = Task::measured(256, 512);
        (1..=trace.calls.len())
            .map(|end| {
                let part = Trace {
                    name: String::new(),
                    calls: trace.calls[..end].to_vec(),
                };
                simulate(&part, &task, policy, BOUNDS).most
            })
            .collect()
    }

    #[test]
    fn tracking_adds_all_that_is_missing_after_three_minutes_and_a_start() {
        let spike = trace(&[(5, 1), (20, 40)]);
        let tasks = answering(&spike, &calls(10.0));
        // Minutes 5, 6 and 7 are above; four tasks are asked for, and answer two minutes later.
        assert_eq!(tasks[9], 1, "{tasks:?}");
        assert_eq!(tasks[10], 4, "{tasks:?}");
        // The thresholds add one each five minutes.
        let steps = answering(&spike, &seed());
        assert_eq!(
            (steps[8], steps[10], steps[13], steps[18]),
            (2, 2, 3, 4),
            "{steps:?}"
        );
    }

    #[test]
    fn tasks_go_after_fifteen_quiet_minutes_and_the_pause() {
        let task = Task::measured(256, 512);
        let busy_then_quiet = trace(&[(20, 40), (14, 0)]);
        let kept = simulate(&busy_then_quiet, &task, &calls(10.0), BOUNDS);
        assert_eq!(kept.changes, 1, "{kept:?}");
        let longer = trace(&[(20, 40), (15, 0), (600, 0)]);
        let gone = simulate(&longer, &task, &calls(10.0), BOUNDS);
        assert_eq!(gone.changes, 2, "{gone:?}");
        assert!(gone.mean < 1.3, "{gone:?}");
    }

    #[test]
    fn what_is_asked_for_stays_within_bounds_and_is_paid_for() {
        let task = Task::measured(256, 512);
        let flood = trace(&[(120, 5_000)]);
        let tracked = simulate(&flood, &task, &calls(10.0), BOUNDS);
        assert_eq!((tracked.fewest, tracked.most), (1, 5));
        let fixed = simulate(&flood, &task, &Policy::Fixed, BOUNDS);
        assert_eq!((fixed.fewest, fixed.most, fixed.changes), (1, 1, 0));
        assert!((fixed.task_hours - 2.0).abs() < 1e-9, "{fixed:?}");
        assert!(tracked.task_hours > fixed.task_hours);
    }

    #[test]
    fn more_than_can_be_answered_is_said() {
        let task = Task::measured(256, 512);
        let flood = trace(&[(10, 60_000)]);
        let fixed = simulate(&flood, &task, &Policy::Fixed, BOUNDS);
        assert_eq!(fixed.p99_ms, None);
        assert_eq!(
            fixed.overloaded_minutes, 9,
            "the first minute has half of the calls' requests"
        );
        assert!(fixed.headroom_percent < 0.1);
    }

    #[test]
    fn a_metric_that_stays_high_keeps_tasks() {
        let task = Task::measured(256, 512);
        let both = Policy::Tracking(vec![
            Target {
                metric: Tracked::Calls,
                value: 10.0,
            },
            // Idle tasks take 7 % of their memory: always above.
            Target {
                metric: Tracked::Memory,
                value: 5.0,
            },
        ]);
        let quiet = trace(&[(60, 0)]);
        let out = simulate(&quiet, &task, &both, BOUNDS);
        assert_eq!(out.most, 5, "{out:?}");
        assert_eq!(out.fewest, 1, "{out:?}");
    }
}
