//! The stack's scaling beside what else could be done, to be simulated.

use bella_scaling::{Bounds, Policy, Steps, Target, Task, Tracked};

use crate::Stack;

/// Calls a minute and task for policies that go by calls, where the stack file says none: the figure of `stacks/base.yaml`.
const CALLS: u32 = 10;

/// A policy by a name for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it does, in a few words.
    pub name: &'static str,
    /// What is done about a load.
    pub policy: Policy,
    /// Within what.
    pub bounds: Bounds,
}

/// One of the stack's tasks.
pub fn task(stack: &Stack) -> Task {
    Task::measured(stack.service.cpu, stack.service.memory)
}

/// The stack file's policy first; then as few tasks as it allows, the processor alone, and thresholds of 80 and 20 % of a task's calls
/// that add or remove one task at a time.
pub fn judged(stack: &Stack) -> Vec<Judged> {
    let scaling = &stack.service.scaling;
    let minutes = |seconds: u64| u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX);
    let bounds = Bounds {
        min: scaling.min,
        max: scaling.max,
        out_cooldown: minutes(scaling.scale_out_cooldown.seconds()),
        in_cooldown: minutes(scaling.scale_in_cooldown.seconds()),
    };
    let target = |metric, value: u32| Target {
        metric,
        value: f64::from(value),
    };
    let cpu = target(Tracked::Cpu, scaling.target_cpu);
    let mut own = vec![cpu, target(Tracked::Memory, scaling.target_memory)];
    let calls = scaling.calls_per_minute_per_task;
    own.extend(calls.map(|calls| target(Tracked::Calls, calls)));
    let scales = scaling.max > scaling.min;
    let own = match scales {
        true => Policy::Tracking(own),
        false => Policy::Fixed,
    };
    let judged = |name, policy| Judged {
        name,
        policy,
        bounds,
    };
    let mut all = vec![judged("stack file", own)];
    if scales {
        all.push(judged("fewest tasks", Policy::Fixed));
        all.push(judged("processor alone", Policy::Tracking(vec![cpu])));
        all.push(judged(
            "80/20 thresholds",
            Policy::Stepping(Steps {
                calls_per_task: f64::from(calls.unwrap_or(CALLS)),
                above: 80.0,
                below: 20.0,
            }),
        ));
    }
    all
}
