//! Closed-loop load: every connection asks again as soon as it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::ToSpan;
use tokio::task::JoinSet;

use crate::CONNECTIONS;
use crate::processes::{cpu_seconds, resident_mib};
use crate::support::{Call, Service, Told, converse, signed, wire::Wire};

/// Calls that come in at one address.
pub(crate) struct Load {
    address: String,
    process: u32,
    /// Tells its calls from those of other loads: they share a Redis.
    mark: usize,
}

/// What came of it.
pub(crate) struct Took {
    answers: Vec<Duration>,
    errors: usize,
    seconds: f64,
    cpu: f64,
    resident: f64,
}

impl Load {
    pub(crate) fn new(address: &str, process: u32, mark: usize) -> Self {
        Self {
            address: address.to_owned(),
            process,
            mark,
        }
    }

    /// Every call is a new one, from a number of its own.
    pub(crate) async fn run(&self, length: Duration) -> Took {
        let cpu = cpu_seconds(self.process);
        let began = Instant::now();
        let mut lines = JoinSet::new();
        for line in 0..CONNECTIONS {
            let (address, mark) = (self.address.clone(), self.mark);
            lines.spawn(async move {
                let mut wire = Wire::new(&address);
                let (mut answers, mut errors) = (Vec::new(), 0);
                while began.elapsed() < length {
                    let place = answers.len();
                    let sid = format!("CA{mark:08}{line:08}{place:016}");
                    let number =
                        format!("+1416{:07}", 2_000_000 + line * 100_000 + place % 100_000);
                    let (head, body) = signed("/twilio/voice", &sid, &number, &[]);
                    match wire.send(&head, &body).await {
                        Ok(answer) if answer.status == 200 => answers.push(answer.took),
                        _ => errors += 1,
                    }
                }
                (answers, errors)
            });
        }
        let (mut answers, mut errors) = (Vec::new(), 0);
        for (some, wrong) in lines.join_all().await {
            answers.extend(some);
            errors += wrong;
        }
        answers.sort_unstable();
        Took {
            answers,
            errors,
            seconds: began.elapsed().as_secs_f64(),
            cpu: cpu_seconds(self.process) - cpu,
            resident: resident_mib(self.process),
        }
    }
}

impl Took {
    pub(crate) fn per_cpu_second(&self) -> f64 {
        self.answers.len() as f64 / self.cpu
    }

    #[expect(clippy::print_stdout, reason = "the table is what it is for")]
    pub(crate) fn print(&self, who: &str, ready: Duration) {
        let at = |share: usize| {
            let place = self.answers.len() * share / 100;
            self.answers.get(place).map_or(0.0, Duration::as_secs_f64) * 1e3
        };
        assert_eq!(self.errors, 0, "{who}: errors under load");
        println!(
            "| {who} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} | {:.0} |",
            self.answers.len() as f64 / self.seconds,
            self.per_cpu_second(),
            at(50),
            at(99),
            self.resident,
            ready.as_secs_f64() * 1e3,
        );
    }
}

/// What came of whole calls.
pub(crate) struct Calls {
    pub(crate) booked: usize,
    pub(crate) errors: usize,
    pub(crate) per_second: f64,
    pub(crate) slowest: Duration,
    pub(crate) resident_early: f64,
    pub(crate) resident_late: f64,
}

/// Plays so many calls to their booking, each for a time of its own.
pub(crate) async fn whole_calls(service: &Service, calls: usize, at_once: usize) -> Calls {
    let began = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut lines = JoinSet::new();
    for _ in 0..at_once {
        let (address, next) = (service.address.clone(), Arc::clone(&next));
        lines.spawn(async move {
            let (mut booked, mut errors, mut slowest) = (0, 0, Duration::ZERO);
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= calls {
                    return (booked, errors, slowest);
                }
                let number = format!("+1647{:07}", 2_000_000 + place);
                let mut call = Call::new(format!("CA-whole-{place}"), number, &[&address]);
                match converse(&mut call, "Ann Lee", &time(place)).await {
                    Ok(Told::Booked) => booked += 1,
                    Ok(Told::Processed) => {}
                    _ => errors += 1,
                }
                slowest = slowest.max(call.slowest);
            }
        });
    }
    while next.load(Ordering::Relaxed) < calls / 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let resident_early = resident_mib(service.id());
    let (mut booked, mut errors, mut slowest) = (0, 0, Duration::ZERO);
    for (some, wrong, slow) in lines.join_all().await {
        booked += some;
        errors += wrong;
        slowest = slowest.max(slow);
    }
    Calls {
        booked,
        errors,
        per_second: calls as f64 / began.elapsed().as_secs_f64(),
        slowest,
        resident_early,
        resident_late: resident_mib(service.id()),
    }
}

/// A time that no other call asks for, on a grid of five minutes; read back without a doubt about the half of the day.
fn time(place: usize) -> String {
    // Five weeks without a holiday.
    let day = jiff::civil::date(2026, 5, 19).saturating_add((place as i64 / 288).days());
    let minutes = place as i64 % 288 * 5;
    let time = day.at(0, 0, 0, 0).saturating_add(minutes.minutes());
    time.strftime("%B %-d at %-I:%M %p").to_string()
}
