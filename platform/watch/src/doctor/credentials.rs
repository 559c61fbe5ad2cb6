use jiff::{SignedDuration, Timestamp};

use super::Finding;

/// A stack with a database and a load balancer takes about a quarter of an hour to make.
const ENOUGH: SignedDuration = SignedDuration::from_mins(30);

/// Whether the credentials last for a run; `expires` is nothing for those that do not expire.
#[must_use]
pub fn credentials(who: &str, expires: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(expires) = expires else {
        return Finding::well("credentials", format!("{who}, which do not expire"));
    };
    let left = expires.duration_since(now);
    let minutes = left.as_mins();
    match left < ENOUGH {
        true => Finding::wrong(
            "credentials",
            format!("{who}: {minutes} minutes are left, and a run may take 30"),
            "aws sso login",
        ),
        false => Finding::well("credentials", format!("{who}, for {minutes} minutes more")),
    }
}

#[cfg(test)]
mod tests {
    use super::credentials;
    use crate::doctor::Verdict;
    use jiff::{Timestamp, ToSpan};

    #[test]
    fn what_expires_soon_is_wrong() {
        let now = Timestamp::UNIX_EPOCH;
        for (minutes, verdict) in [
            (None, Verdict::Well),
            (Some(60), Verdict::Well),
            (Some(30), Verdict::Well),
            (Some(29), Verdict::Wrong),
            (Some(-1), Verdict::Wrong),
        ] {
            let expires = minutes.map(|minutes: i64| now + minutes.minutes());
            let found = credentials("arn:x", expires, now);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert_eq!(found.fix.is_some(), verdict == Verdict::Wrong);
        }
    }
}
