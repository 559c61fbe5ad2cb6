use std::sync::{Mutex, PoisonError};

/// The credentials that expire: those in use when the agreed number of calls is over.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    calls: u64,
    expired: Option<String>,
}

impl Credentials {
    /// Counts a call of an access key; true when it has expired. Other keys are as good after that as before.
    pub(super) fn expired(&self, key: &str, after: u64) -> bool {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expired) = &inner.expired {
            return expired == key;
        }
        if inner.calls < after {
            inner.calls += 1;
            return false;
        }
        inner.expired = Some(key.to_owned());
        true
    }

    pub(super) fn clear(&self) {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = Inner::default();
    }
}
