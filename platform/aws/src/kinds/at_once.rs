//! Calls for many objects, a few at a time.

use std::future::Future;
use std::pin::Pin;

use bella_engine::cloud::{CloudError, Fault};
use tokio::task::JoinSet;

/// Reads in flight at a time: below every service's burst limit for reads.
const WIDTH: usize = 8;

/// A read of one object, owned so that it can run beside others.
pub(super) type Read<T> = Pin<Box<dyn Future<Output = Result<T, CloudError>> + Send>>;

/// Runs all reads, at most [`WIDTH`] at a time; the answers come in the order of the reads.
pub(super) async fn all<T: Send + 'static>(reads: Vec<Read<T>>) -> Result<Vec<T>, CloudError> {
    let mut answers: Vec<Option<T>> = reads.iter().map(|_| None).collect();
    let mut waiting = reads.into_iter().enumerate();
    let mut running = JoinSet::new();
    loop {
        for (position, read) in waiting.by_ref().take(WIDTH - running.len()) {
            running.spawn(async move { (position, read.await) });
        }
        let Some(ended) = running.join_next().await else {
            return Ok(answers.into_iter().flatten().collect());
        };
        let (position, answer) = ended.map_err(|err| {
            CloudError::new(
                Fault::Ambiguous,
                "aws",
                "read",
                format!("a read was cut off: {err}"),
            )
        })?;
        answers[position] = Some(answer?);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn answers_keep_their_order_and_the_width_is_kept() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let reads = (0..40_u64).map(|number| {
            let (running, most) = (running.clone(), most.clone());
            let read: Read<u64> = Box::pin(async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(40 - number)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(number)
            });
            read
        });
        let answers = all(reads.collect()).await.expect("no read fails");
        assert_eq!(answers, (0..40).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), WIDTH);
    }

    #[tokio::test]
    async fn one_failure_is_the_answer() {
        let refuse: Read<u64> =
            Box::pin(async { Err(CloudError::new(Fault::Denied, "iam", "GetRole", "no")) });
        let answer = all(vec![Box::pin(async { Ok(1) }), refuse]).await;
        assert_eq!(answer.map_err(|err| err.fault), Err(Fault::Denied));
    }
}
