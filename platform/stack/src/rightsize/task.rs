//! The size of a task.

use super::{
    HIGH, LOW,
    finding::{Change, Finding, Part, Verdict},
    series::Signal::{TaskCpu, TaskMemory},
    week::{Spread, Week},
};
use crate::{
    Stack,
    check::fargate::{cpu_sizes, memory_for},
    stack::Service,
};

/// CPU in ECS units and memory in MiB.
type Size = (u32, u32);

pub(super) fn judge(stack: &Stack, week: &Week) -> Finding {
    let service = &stack.service;
    let now = (service.cpu, service.memory);
    let [cpu, memory] = match week.spreads([TaskCpu, TaskMemory]) {
        Ok(spreads) => spreads,
        Err(why) => return Finding::unknown(Part::Service, words(now), why),
    };
    let lean = (
        lean(cpu.percentile(95), cpu.percentile(99)),
        lean(memory.percentile(99), memory.percentile(99)),
    );
    let used = (cpu.percentile(99), memory.percentile(99));
    let then = fit(service, lean, used);
    let seen = vec![(TaskCpu, &cpu), (TaskMemory, &memory)];
    let why = reason(service, lean, (now, then), (&cpu, &memory));
    let finding = Finding::keep(Part::Service, words(now), seen, why);
    if then == now {
        return finding;
    }
    let changes = [
        ("service.cpu", now.0, then.0),
        ("service.memory", now.1, then.1),
    ];
    let changes = changes.into_iter().filter(|(_, from, to)| from != to);
    let changes = changes.map(|(key, from, to)| Change::new(key, from, to));
    let verdict = match then < now {
        true => Verdict::Smaller,
        false => Verdict::Larger,
    };
    finding.change(verdict, changes.collect(), risk(service, now, then, used))
}

fn words((cpu, memory): Size) -> String {
    format!("{cpu} CPU units, {memory} MiB")
}

/// Which way a resource leans: `high` is what is held against the upper limit, `low` against the lower one.
fn lean(high: f64, low: f64) -> Verdict {
    match () {
        () if high > HIGH => Verdict::Larger,
        () if low < LOW => Verdict::Smaller,
        () => Verdict::Keep,
    }
}

/// What would be used of a size, in percent, by what uses `percent` of another.
fn share(percent: f64, of: u32, then: u32) -> f64 {
    percent * f64::from(of) / f64::from(then)
}

/// The size to go to, of those that Fargate has; the size now where there is no better one.
fn fit(service: &Service, lean: (Verdict, Verdict), used: (f64, f64)) -> Size {
    let sizes: Vec<u32> = cpu_sizes().collect();
    let at = sizes.iter().position(|size| *size == service.cpu);
    let at = at.unwrap_or_default();
    let below = at.checked_sub(1).filter(|below| {
        lean.0 == Verdict::Smaller
            && share(used.0, service.cpu, sizes[*below]) <= f64::from(service.scaling.target_cpu)
    });
    let first = match lean.0 {
        Verdict::Larger => (at + 1).min(sizes.len() - 1),
        _ => below.unwrap_or(at),
    };
    let fitting = sizes[first..].iter().find_map(|cpu| {
        let memory = memory(service, *cpu, lean.1, used.1)?;
        Some((*cpu, memory))
    });
    fitting.unwrap_or((service.cpu, service.memory))
}

/// The memory to go with a CPU size; at most one halving down, as a week is no proof of more.
fn memory(service: &Service, cpu: u32, lean: Verdict, used: f64) -> Option<u32> {
    let now = service.memory;
    let target = f64::from(service.scaling.target_memory);
    let sizes = memory_for(cpu);
    let mut sizes = sizes.into_iter();
    match lean {
        Verdict::Larger => sizes.find(|size| *size > now && share(used, now, *size) <= HIGH),
        Verdict::Smaller => {
            sizes.find(|size| *size >= now.div_ceil(2) && share(used, now, *size) <= target)
        }
        Verdict::Keep | Verdict::Unknown => sizes.find(|size| *size >= now),
    }
}

fn reason(
    service: &Service,
    lean: (Verdict, Verdict),
    (now, then): (Size, Size),
    (cpu, memory): (&Spread, &Spread),
) -> String {
    let (cpu95, cpu99) = (cpu.percentile(95), cpu.percentile(99));
    let memory99 = memory.percentile(99);
    let mut parts = Vec::new();
    match lean.0 {
        Verdict::Larger => parts.push(format!(
            "CPU is over {HIGH} % for more than a twentieth of the time (p95 {cpu95:.1} %), with up to {} tasks",
            service.scaling.max
        )),
        Verdict::Smaller => parts.push(format!("CPU stays under {LOW} % (p99 {cpu99:.1} %)")),
        _ => parts.push(format!("CPU is in use (p99 {cpu99:.1} %)")),
    }
    match lean.1 {
        Verdict::Larger => parts.push(format!("memory is over {HIGH} % (p99 {memory99:.1} %)")),
        Verdict::Smaller => parts.push(format!("memory stays under {LOW} % (p99 {memory99:.1} %)")),
        _ => parts.push(format!("memory is in use (p99 {memory99:.1} %)")),
    }
    let wanted = lean != (Verdict::Keep, Verdict::Keep);
    if wanted && then == now {
        parts.push("Fargate has no size that fits better".to_owned());
    }
    parts.join("; ")
}

fn risk(service: &Service, now: Size, then: Size, used: (f64, f64)) -> String {
    let cpu = share(used.0, now.0, then.0);
    let memory = share(used.1, now.1, then.1);
    let at = format!("at p99 CPU would be at {cpu:.0} %, memory at {memory:.0} %");
    match then < now {
        true => format!(
            "{at}; a week knows no busier season, and over {} % of CPU tasks are added",
            service.scaling.target_cpu
        ),
        false => format!("{at}; left as it is, callers wait, and a task out of memory is killed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A week in which 2 % of the time is busy: that is the 99th percentile and not the 95th.
    fn week(cpu: (f64, f64), memory: f64) -> Week {
        let mut week = Week::default();
        for slot in 0..2_016 {
            let busy = slot % 50 == 0;
            let value = if busy { cpu.1 } else { cpu.0 };
            week.add(TaskCpu, slot * 300, value);
            week.add(TaskMemory, slot * 300, memory);
        }
        week
    }

    fn of(cpu: u32, memory: u32) -> Stack {
        let mut stack = crate::rightsize::tests::stack();
        stack.service.cpu = cpu;
        stack.service.memory = memory;
        stack
    }

    #[test]
    fn sizes_are_advised_that_fargate_has() {
        let cases = [
            // size, CPU usual and busy, memory: size then
            ((512, 1_024), (5.0, 20.0), 20.0, (256, 512)),
            ((512, 1_024), (5.0, 30.0), 20.0, (512, 1_024)),
            ((512, 1_024), (5.0, 20.0), 50.0, (256, 1_024)),
            ((512, 1_024), (85.0, 95.0), 50.0, (1_024, 2_048)),
            // Busy, but not for long enough: nothing is added, and nothing taken away.
            ((512, 1_024), (30.0, 95.0), 50.0, (512, 1_024)),
            ((512, 1_024), (50.0, 60.0), 90.0, (512, 2_048)),
            ((256, 512), (5.0, 10.0), 10.0, (256, 512)),
            // The largest memory of 256 units is 2 GiB.
            ((512, 4_096), (5.0, 10.0), 50.0, (512, 4_096)),
            ((256, 2_048), (30.0, 40.0), 90.0, (512, 3_072)),
            // At most half of it goes, whatever little is used.
            ((1_024, 8_192), (30.0, 40.0), 1.0, (1_024, 4_096)),
            ((4_096, 8_192), (10.0, 20.0), 60.0, (2_048, 8_192)),
            ((16_384, 122_880), (90.0, 95.0), 90.0, (16_384, 122_880)),
        ];
        for ((cpu, memory), load, filled, expected) in cases {
            let finding = judge(&of(cpu, memory), &week(load, filled));
            let mut then = (cpu, memory);
            for change in &finding.changes {
                let to = change.to.as_u64().expect("a number") as u32;
                match change.key.as_str() {
                    "service.cpu" => then.0 = to,
                    _ => then.1 = to,
                }
            }
            assert_eq!(then, expected, "{cpu}/{memory} at {load:?}, {filled}");
            assert_eq!(finding.verdict == Verdict::Keep, then == (cpu, memory));
            assert_eq!(finding.risk.is_some(), !finding.changes.is_empty());
        }
    }

    #[test]
    fn a_smaller_size_stays_under_what_scaling_aims_for() {
        let mut stack = of(512, 1_024);
        stack.service.scaling.target_cpu = 35;
        let finding = judge(&stack, &week((5.0, 20.0), 50.0));
        assert_eq!(finding.verdict, Verdict::Keep);
        assert!(
            finding.why.contains("no size that fits better"),
            "{}",
            finding.why
        );
    }

    #[test]
    fn without_data_nothing_is_advised() {
        let finding = judge(&of(512, 1_024), &Week::default());
        assert_eq!(finding.verdict, Verdict::Unknown);
        assert_eq!(finding.why, "no data in the last 7 days (CPU of the tasks)");
        assert!(finding.changes.is_empty() && finding.hours.is_none());
    }
}
