//! What the service counts, for Prometheus and for CloudWatch.
//!
//! - [`Metrics`]: everything that is counted; every method is one event
//! - `emf`: the same figures as CloudWatch's embedded metric format, a line of the log
//!
//! A figure that is not known is absent, never a constant. No label holds anything of a caller.

mod emf;

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::clock::Clock;
use emf::Pending;

/// Bounds of the response times' buckets, in seconds: around the targets of 25 ms, 1 s and 2 s.
const SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Step {
    step: &'static str,
    environment: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StepOutcome {
    step: &'static str,
    success: &'static str,
    environment: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Service {
    service: &'static str,
    environment: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Everywhere {
    environment: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dependency {
    dependency: &'static str,
}

/// A counter of an amount of money; exact in its integer part of a double up to 2^53 millionths.
type Amount = Counter<f64, std::sync::atomic::AtomicU64>;

/// Everything that the service counts.
pub struct Metrics {
    registry: Registry,
    environment: &'static str,
    response_time: Family<StepOutcome, Histogram, fn() -> Histogram>,
    attempts: Family<Step, Counter>,
    success: Family<Step, Counter>,
    failure: Family<Step, Counter>,
    calls_started: Counter,
    calls_completed: Counter,
    calls_succeeded: Counter,
    cost: Family<Service, Amount>,
    appointments: Counter,
    revenue: Family<Everywhere, Amount>,
    up: Family<Dependency, Gauge>,
    pending: Mutex<Pending>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing counted yet. `stack` is the dimension of CloudWatch's metrics; without one there are none.
    pub fn new(environment: &'static str, stack: Option<&str>) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("bella"),
            environment,
            response_time: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            attempts: Family::default(),
            success: Family::default(),
            failure: Family::default(),
            calls_started: Counter::default(),
            calls_completed: Counter::default(),
            calls_succeeded: Counter::default(),
            cost: Family::default(),
            appointments: Counter::default(),
            revenue: Family::default(),
            up: Family::default(),
            pending: Mutex::new(Pending::new(environment, stack)),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register_with_unit(
            "call_response_time",
            "Time to answer a step of a call",
            Unit::Seconds,
            self.response_time.clone(),
        );
        registry.register("call_attempts", "Steps of calls", self.attempts.clone());
        registry.register(
            "call_success",
            "Steps that went forward",
            self.success.clone(),
        );
        registry.register(
            "call_failure",
            "Steps that were not understood, or failed",
            self.failure.clone(),
        );
        registry.register(
            "calls_started",
            "Calls answered",
            self.calls_started.clone(),
        );
        registry.register(
            "calls_completed",
            "Calls ended",
            self.calls_completed.clone(),
        );
        registry.register(
            "calls_succeeded",
            "Calls ended with what the caller wanted",
            self.calls_succeeded.clone(),
        );
        registry.register(
            "cost_usd",
            "Metered cost of calls, by service that charges it",
            self.cost.clone(),
        );
        registry.register(
            "business_appointments",
            "Appointments booked",
            self.appointments.clone(),
        );
        registry.register(
            "business_revenue",
            "Booked appointments times APPOINTMENT_PRICE; absent without one",
            self.revenue.clone(),
        );
        registry.register(
            "dependency_up",
            "1 while a dependency answers",
            self.up.clone(),
        );
    }

    /// A step of a call was answered: `ok` when it went forward.
    pub fn step(&self, step: &'static str, ok: bool, took: Duration) {
        let environment = self.environment;
        let labels = Step { step, environment };
        self.attempts.get_or_create(&labels).inc();
        let outcome = if ok { &self.success } else { &self.failure };
        outcome.get_or_create(&labels).inc();
        let outcome = StepOutcome {
            step,
            success: if ok { "true" } else { "false" },
            environment,
        };
        self.response_time
            .get_or_create(&outcome)
            .observe(took.as_secs_f64());
        self.pending(|pending| pending.step(step, ok, took));
    }

    /// A call was answered.
    pub fn call_started(&self) {
        self.calls_started.inc();
        self.pending(|pending| pending.started += 1);
    }

    /// A call ended: `succeeded` when the caller got what they wanted.
    pub fn call_ended(&self, succeeded: bool) {
        self.calls_completed.inc();
        if succeeded {
            self.calls_succeeded.inc();
        }
        self.pending(|pending| {
            pending.completed += 1;
            pending.succeeded += u64::from(succeeded);
        });
    }

    /// Part of a call's cost became known, in millionths of a US dollar.
    pub fn cost(&self, service: &'static str, micro_usd: u64) {
        let labels = Service {
            service,
            environment: self.environment,
        };
        self.cost
            .get_or_create(&labels)
            .inc_by(millionths(micro_usd));
        self.pending(|pending| *pending.micro_usd.entry(service).or_default() += micro_usd);
    }

    /// An appointment was booked, at `price_cents` where a price is configured.
    pub fn booked(&self, price_cents: Option<u64>) {
        self.appointments.inc();
        if let Some(cents) = price_cents {
            let environment = self.environment;
            self.revenue
                .get_or_create(&Everywhere { environment })
                .inc_by(millionths(cents.saturating_mul(10_000)));
        }
        self.pending(|pending| {
            pending.appointments += 1;
            if let Some(cents) = price_cents {
                *pending.revenue_cents.get_or_insert_default() += cents;
            }
        });
    }

    /// A dependency answered, or did not.
    pub fn dependency(&self, dependency: &'static str, up: bool) {
        self.up
            .get_or_create(&Dependency { dependency })
            .set(up.into());
    }

    /// Everything, in the OpenMetrics text format.
    pub fn openmetrics(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("a string takes every write");
        out
    }

    /// What was counted since the last call, as lines of CloudWatch's embedded metric format; none without a stack.
    pub fn emf(&self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        self.pending(|pending| lines = pending.take(now));
        lines
    }

    fn pending(&self, change: impl FnOnce(&mut Pending)) {
        // Counting goes on after a panic elsewhere: the counts are whole at any moment.
        let mut pending = match self.pending.lock() {
            Ok(pending) => pending,
            Err(poisoned) => poisoned.into_inner(),
        };
        change(&mut pending);
    }
}

/// Writes CloudWatch's lines to standard output every minute, for as long as it is polled, and once more when `stop` resolves.
pub async fn publish(metrics: &Metrics, clock: Clock, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    // The first tick is at once.
    minute.tick().await;
    loop {
        let last = tokio::select! {
            _ = minute.tick() => false,
            () = &mut stop => true,
        };
        let mut stdout = std::io::stdout().lock();
        for line in metrics.emf(clock.now()) {
            // Nothing can be done about a closed standard output.
            let _ = writeln!(stdout, "{line}");
        }
        if last {
            return;
        }
    }
}

fn millionths(amount: u64) -> f64 {
    // Exact below 2^53 millionths, nine thousand million dollars.
    amount as f64 / 1e6
}

#[cfg(test)]
mod tests;
