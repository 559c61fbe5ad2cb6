use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bella_smoke::Door;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// How many requests may be under way; what comes due beyond that is not sent.
const AT_ONCE: usize = 64;

/// Somebody who asks a booking service at a steady rate, however long the answers take: `GET /healthz` and the first
/// webhook of a call in turns. They are on a thread of their own.
#[derive(Debug)]
pub struct Callers {
    over: watch::Sender<bool>,
    asking: JoinHandle<Fared>,
}

/// How all requests of some callers fared.
#[derive(Debug, Default)]
pub struct Fared {
    /// Those that were answered with a status of 200 to 299.
    pub answered: usize,
    /// What the others got instead, with how many got it.
    pub failed: BTreeMap<String, usize>,
    /// Those that were not sent, as too many were under way.
    pub held_back: usize,
    /// The longest that an answer took.
    pub slowest: Duration,
}

impl Callers {
    /// Begins to send `rate` requests a second. Webhooks are marked as checks, so that what comes of them is test data.
    ///
    /// # Panics
    /// The machine gives no thread.
    #[must_use]
    pub fn start(door: Door, rate: u32) -> Self {
        let (over, end) = watch::channel(false);
        let asking = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("the machine has a thread for callers");
            runtime.block_on(ask(Arc::new(door), rate, end))
        });
        Self { over, asking }
    }

    /// Sends no more requests, and waits for the answers of those that were sent.
    ///
    /// # Panics
    /// A caller did.
    #[must_use]
    pub fn end(self) -> Fared {
        self.over.send_replace(true);
        self.asking.join().expect("callers do not panic")
    }
}

async fn ask(door: Arc<Door>, rate: u32, mut end: watch::Receiver<bool>) -> Fared {
    let mut fared = Fared::default();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let free = Arc::new(Semaphore::new(AT_ONCE));
    let mut sent = JoinSet::new();
    let start = jiff::Timestamp::now().as_millisecond();
    let mut count = 0_u64;
    loop {
        tokio::select! {
            _ = end.wait_for(|over| *over) => break,
            Some(answer) = sent.join_next() => fared.note(answer),
            _ = ticks.tick() => {
                let Ok(permit) = Arc::clone(&free).try_acquire_owned() else {
                    fared.held_back += 1;
                    continue;
                };
                count += 1;
                let (door, call) = (Arc::clone(&door), format!("check-{start:014}{count:014}"));
                let webhook = count.is_multiple_of(2);
                sent.spawn(async move {
                    let began = Instant::now();
                    let answer = match webhook {
                        true => door.ring(&call).await,
                        false => door.look("/healthz").await,
                    };
                    drop(permit);
                    (answer, began.elapsed())
                });
            }
        }
    }
    while let Some(answer) = sent.join_next().await {
        fared.note(answer);
    }
    fared
}

type Answered = (Result<(u16, String), String>, Duration);

impl Fared {
    fn note(&mut self, answer: Result<Answered, tokio::task::JoinError>) {
        let (answer, took) = answer.expect("a request does not panic");
        self.slowest = self.slowest.max(took);
        let why = match answer {
            Ok((200..=299, _)) => {
                self.answered += 1;
                return;
            }
            Ok((status, _)) => status.to_string(),
            Err(why) => why,
        };
        *self.failed.entry(why).or_default() += 1;
    }
}
