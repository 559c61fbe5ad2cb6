use std::time::Duration;

use bella_engine::resource::Pending;
use bella_engine::retry::Clock;

/// Waits pass this many times faster than they say: the sandbox answers in milliseconds what AWS
/// takes seconds for.
const HASTE: u32 = 20;

/// The machine's clock with short waits and no jitter.
#[derive(Clone, Copy, Debug)]
pub struct Brisk;

impl Clock for Brisk {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> Pending<'static, ()> {
        Box::pin(tokio::time::sleep(time / HASTE))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}
