//! What one task can do, as measured.

/// What one task can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    /// vCPUs of a task.
    pub vcpu: f64,
    /// MiB of a task.
    pub memory_mib: f64,
    /// Requests that a vCPU answers in a second of its time.
    pub requests_per_vcpu_second: f64,
    /// Requests of one call.
    pub requests_per_call: f64,
    /// Minutes that a call takes.
    pub call_minutes: u32,
    /// MiB that a task without calls takes.
    pub idle_mib: f64,
    /// MiB that each call takes while it lasts.
    pub call_mib: f64,
    /// Minutes from the decision to add a task until it answers: it is placed, its image is pulled, and it passes two health checks.
    pub start_minutes: u32,
}

impl Task {
    /// The booking service on tasks of this size.
    ///
    /// Measured on one core of an x86 server under whole calls (`docs/service-speed.md`): 23,907 requests per CPU-second, 37 MiB, 43 MiB
    /// with 50 calls at once. Half of that is counted, since a vCPU of Fargate is a hyperthread or an older core. A call is five
    /// requests in two minutes.
    #[must_use]
    pub fn measured(cpu_units: u32, memory_mib: u32) -> Self {
        Self {
            vcpu: f64::from(cpu_units) / 1024.0,
            memory_mib: f64::from(memory_mib),
            requests_per_vcpu_second: 12_000.0,
            requests_per_call: 5.0,
            call_minutes: 2,
            idle_mib: 37.0,
            call_mib: 0.12,
            start_minutes: 2,
        }
    }

    /// Requests a second at which it is busy all the time.
    pub(crate) fn capacity(&self) -> f64 {
        self.vcpu * self.requests_per_vcpu_second
    }

    /// Of its processor, at so many requests a second.
    pub(crate) fn cpu(&self, requests_per_second: f64) -> f64 {
        requests_per_second / self.capacity()
    }

    /// Of its memory, with so many calls.
    pub(crate) fn memory(&self, calls: f64) -> f64 {
        (self.idle_mib + calls * self.call_mib) / self.memory_mib
    }

    /// Milliseconds that 99 of 100 requests take at most, at so many a second: those of a queue with one server, random arrivals and
    /// random times (M/M/1, -ln(0.01) / (capacity - load)); `None` where more come than can be answered.
    pub(crate) fn p99_ms(&self, requests_per_second: f64) -> Option<f64> {
        let spare = self.capacity() - requests_per_second;
        (spare > 0.0).then(|| 100_f64.ln() / spare * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::Task;

    #[test]
    fn a_task_waits_longer_the_busier_it_is() {
        let task = Task::measured(256, 512);
        assert!((task.capacity() - 3_000.0).abs() < 1e-9);
        let waits = [0.0, 1_500.0, 2_970.0].map(|load| task.p99_ms(load).expect("keeps up"));
        assert!(
            waits[0] < 2.0 && waits[0] < waits[1] && waits[1] < waits[2],
            "{waits:?}"
        );
        assert_eq!(task.p99_ms(3_000.0), None);
        assert!(task.memory(0.0) < 0.08 && task.memory(1_000.0) > 0.3);
    }
}
