//! Time that passes only while everybody waits, and the little executor that lets it.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bella_engine::resource::Pending;
use bella_engine::retry::Clock;
use jiff::Timestamp;

/// Virtual time; clones share it.
#[derive(Clone)]
pub(crate) struct Paused(Arc<Mutex<Time>>);

struct Time {
    now: Timestamp,
    /// Who waits until when; the number keeps those of one moment apart, first come first served.
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
    serial: u64,
}

impl Paused {
    pub(crate) fn starting(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Time {
            now,
            sleepers: BTreeMap::new(),
            serial: 0,
        })))
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.lock().expect("no panic while held")
    }

    /// Drives `work` to its end. Where everybody waits, time jumps to the first who is due; where
    /// nobody is due, the test hangs, and that is said.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        loop {
            while woken.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return done;
                }
            }
            let mut time = self.time();
            let ((due, _), sleeper) = time
                .sleepers
                .pop_first()
                .expect("somebody waits for a time");
            time.now = time.now.max(due);
            drop(time);
            sleeper.wake();
        }
    }
}

impl Clock for Paused {
    fn now(&self) -> Timestamp {
        self.time().now
    }

    fn sleep(&self, wait: Duration) -> Pending<'static, ()> {
        let clock = self.clone();
        let due = self.now() + wait;
        let mut place = None;
        Box::pin(std::future::poll_fn(move |cx| {
            let mut time = clock.time();
            if let Some(place) = place.take() {
                time.sleepers.remove(&place);
            }
            if time.now >= due {
                return Poll::Ready(());
            }
            time.serial += 1;
            let new = (due, time.serial);
            time.sleepers.insert(new, cx.waker().clone());
            place = Some(new);
            Poll::Pending
        }))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
