//! What the service's keys in Redis are called, all in one place.

/// Keys of one service; all begin with its prefix, so that several services may share a Redis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    prefix: String,
}

impl Keys {
    /// The longest prefix.
    pub const LONGEST: usize = 64;

    /// Keys that begin so; `None` for a prefix that is longer, or has anything but letters, digits, `-`, `_` and `:`.
    pub fn beginning(prefix: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte);
        let is_prefix = prefix.len() <= Self::LONGEST && prefix.bytes().all(fits);
        is_prefix.then(|| Self {
            prefix: prefix.to_owned(),
        })
    }

    /// The session of a call.
    pub(super) fn session(&self, call: &str) -> String {
        self.of("call_session", call)
    }

    /// The latest call from a number, by the number's index.
    pub(super) fn caller(&self, caller: &str) -> String {
        self.of("caller", caller)
    }

    /// That the end of a call is noted.
    pub(super) fn ended(&self, call: &str) -> String {
        self.of("call_ended", call)
    }

    /// A booking that waits for the database.
    pub(crate) fn waiting(&self, call: &str) -> String {
        self.of("temp_booking", call)
    }

    /// Every booking that waits, by its call, with the milliseconds since 1970 of the caller's yes.
    pub(crate) fn all_waiting(&self) -> String {
        format!("{}temp_bookings", self.prefix)
    }

    /// What was heard in a recording.
    pub(crate) fn heard(&self, recording: &str) -> String {
        self.of("heard", recording)
    }

    fn of(&self, what: &str, id: &str) -> String {
        format!("{}{what}:{id}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn keys_begin_with_the_prefix() {
        let keys = Keys::beginning("pr-42:").expect("a prefix");
        assert_eq!(keys.session("CA1"), "pr-42:call_session:CA1");
        assert_eq!(keys.all_waiting(), "pr-42:temp_bookings");
        assert_eq!(Keys::default().heard("RE1"), "heard:RE1");
        assert_eq!(Keys::beginning(""), Some(Keys::default()));
        for bad in ["a b", "a*", "{a}", "ä", &"a".repeat(65)] {
            assert_eq!(Keys::beginning(bad), None, "{bad}");
        }
    }
}
