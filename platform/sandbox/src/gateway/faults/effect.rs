use std::time::Duration;

use hyper::StatusCode;

/// What happens to one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The emulator is not asked; this error is the answer.
    Error {
        status: StatusCode,
        code: String,
        message: String,
    },
    /// The emulator is not asked and the connection is cut.
    DropBefore,
    /// The emulator is not asked and the connection is reset, as by a host that knows nothing of it.
    Reset,
    /// The emulator does the work and the connection is cut without its answer.
    DropAfter,
    /// The call waits before it goes on.
    Delay(Duration),
}

/// A call that is hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The fault, by the word that a test asks for it with.
    pub(crate) fault: &'static str,
    pub(crate) effect: Effect,
}
