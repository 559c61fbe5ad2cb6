use jiff::{SignedDuration, Timestamp};

use super::Finding;

/// AWS refuses a signature whose time is further away than five minutes; what is a minute off goes on drifting.
const MOST: SignedDuration = SignedDuration::from_secs(60);

/// Whether this machine's clock is AWS's, as far as a header with whole seconds tells.
#[must_use]
pub fn clock(here: Timestamp, there: Timestamp) -> Finding {
    let off = here.duration_since(there);
    let seconds = off.as_secs();
    match off.abs() > MOST {
        true => Finding::wrong(
            "clock",
            format!(
                "this machine's clock is {seconds} s off AWS's, which refuses signatures at 300"
            ),
            "sudo timedatectl set-ntp true",
        ),
        false => Finding::well("clock", format!("{} s off AWS's", seconds.abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::clock;
    use crate::doctor::Verdict;
    use jiff::{Timestamp, ToSpan};

    #[test]
    fn a_minute_off_is_wrong_either_way() {
        let there = Timestamp::UNIX_EPOCH;
        for (off, verdict) in [
            (0, Verdict::Well),
            (60, Verdict::Well),
            (61, Verdict::Wrong),
            (-61, Verdict::Wrong),
            (400, Verdict::Wrong),
        ] {
            let found = clock(there + i64::from(off).seconds(), there);
            assert_eq!(found.verdict, verdict, "{found:?}");
        }
    }
}
