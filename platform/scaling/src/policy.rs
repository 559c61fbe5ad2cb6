//! What is done about a load.

use std::collections::VecDeque;

/// The fewest and the most tasks, and the pauses between changes, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Tasks that always run.
    pub min: u32,
    /// Tasks that run at most.
    pub max: u32,
    /// Minutes after tasks were added before more are.
    pub out_cooldown: u32,
    /// Minutes after a change before tasks are removed.
    pub in_cooldown: u32,
}

/// What a policy holds at a value, as a mean over tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tracked {
    /// Processor use, in percent.
    Cpu,
    /// Memory use, in percent.
    Memory,
    /// Calls that start in a minute.
    Calls,
}

/// A metric and the value it is held at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The metric.
    pub metric: Tracked,
    /// The value.
    pub value: f64,
}

/// A task more above one share of what a task is to take, one less below another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steps {
    /// Calls that start in a minute that a task is to take.
    pub calls_per_task: f64,
    /// Percent of it above which a task is added.
    pub above: f64,
    /// Percent of it below which one is removed.
    pub below: f64,
}

/// What is done about a load.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// As many tasks as always run, whatever comes.
    Fixed,
    /// Target tracking, a policy for each metric: the one that asks for most tasks has its way, and tasks are removed when all agree.
    Tracking(Vec<Target>),
    /// A threshold above and one below, a task at a time.
    Stepping(Steps),
}

/// Means over the tasks that answer, of one minute.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sample {
    pub(crate) cpu_percent: f64,
    pub(crate) memory_percent: f64,
    pub(crate) calls: f64,
}

impl Sample {
    fn of(&self, metric: Tracked) -> f64 {
        match metric {
            Tracked::Cpu => self.cpu_percent,
            Tracked::Memory => self.memory_percent,
            Tracked::Calls => self.calls,
        }
    }
}

/// Minutes above the target before tasks are added: the alarms that target tracking makes for itself ask for 3 of 3 minutes
/// (Application Auto Scaling user guide, "How target tracking scaling works").
const OUT_AFTER: usize = 3;
/// Minutes below nine tenths of it before they are removed: 15 of 15.
const IN_AFTER: usize = 15;
const BELOW: f64 = 0.9;

/// What a policy remembers.
pub(crate) struct Scaler<'a> {
    policy: &'a Policy,
    bounds: Bounds,
    recent: VecDeque<Sample>,
    added: Option<usize>,
    changed: Option<usize>,
}

impl<'a> Scaler<'a> {
    pub(crate) fn new(policy: &'a Policy, bounds: Bounds) -> Self {
        Self {
            policy,
            bounds,
            recent: VecDeque::with_capacity(IN_AFTER),
            added: None,
            changed: None,
        }
    }

    /// How many tasks are wanted after this minute, where `tasks` were wanted before it.
    pub(crate) fn decide(&mut self, minute: usize, sample: Sample, tasks: u32) -> u32 {
        if self.recent.len() == IN_AFTER {
            self.recent.pop_front();
        }
        self.recent.push_back(sample);
        let wanted = match self.policy {
            Policy::Fixed => self.bounds.min,
            Policy::Tracking(targets) => self.tracked(targets, tasks),
            Policy::Stepping(steps) => stepped(steps, sample, tasks),
        };
        let wanted = wanted.clamp(self.bounds.min, self.bounds.max);
        let since = |moment: Option<usize>, pause: u32| {
            moment.is_none_or(|moment| minute - moment >= pause as usize)
        };
        let goes = match wanted {
            more if more > tasks => since(self.added, self.bounds.out_cooldown),
            less if less < tasks => since(self.changed, self.bounds.in_cooldown),
            _ => false,
        };
        if !goes {
            return tasks;
        }
        if wanted > tasks {
            self.added = Some(minute);
        }
        self.changed = Some(minute);
        wanted
    }

    fn tracked(&self, targets: &[Target], tasks: u32) -> u32 {
        let last = |count: usize| self.recent.iter().rev().take(count);
        let needed = |target: &Target, value: f64| {
            let exact = f64::from(tasks) * value / target.value;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number of tasks"
            )]
            let whole = exact.ceil() as u32;
            whole
        };
        let above = targets.iter().filter_map(|target| {
            let all = last(OUT_AFTER).all(|sample| sample.of(target.metric) > target.value);
            let now = self.recent.back()?.of(target.metric);
            (self.recent.len() >= OUT_AFTER && all).then(|| needed(target, now))
        });
        if let Some(most) = above.max() {
            return most.max(tasks);
        }
        let below = targets.iter().map(|target| {
            let limit = target.value * BELOW;
            let all = last(IN_AFTER).all(|sample| sample.of(target.metric) < limit);
            let highest = last(IN_AFTER)
                .map(|sample| sample.of(target.metric))
                .fold(0.0, f64::max);
            (self.recent.len() == IN_AFTER && all).then(|| needed(target, highest))
        });
        // One that does not agree keeps what there is.
        let agreed: Option<Vec<u32>> = below.collect();
        let fewest = agreed.and_then(|counts| counts.into_iter().max());
        fewest.map_or(tasks, |fewest| fewest.min(tasks))
    }
}

fn stepped(steps: &Steps, sample: Sample, tasks: u32) -> u32 {
    let percent = sample.calls / steps.calls_per_task * 100.0;
    match percent {
        high if high > steps.above => tasks + 1,
        low if low < steps.below => tasks.saturating_sub(1),
        _ => tasks,
    }
}
