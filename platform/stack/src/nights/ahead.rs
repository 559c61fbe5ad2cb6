//! How early what was deleted is made.

use jiff::SignedDuration;

/// How long before a start all that was deleted is there again: a cache of nodes takes a quarter of an hour to make, and a job of CI comes
/// late.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(1);
