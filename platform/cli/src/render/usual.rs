//! What a step usually takes, for whoever waits for it.

use std::time::Duration;

use bella_engine::address::Address;
use bella_engine::progress::Verb;
use bella_engine::took::Took;

/// How long AWS takes where it is known to be long, at most as a rule: kind, verb, time. Amazon RDS's user guide gives
/// a new instance up to 20 minutes by its class and storage; a small one takes 5 to 10.
const LONG: [(&str, Verb, Duration); 1] =
    [("db_instance", Verb::Create, Duration::from_secs(10 * 60))];

/// What steps usually take: as the ledger remembers, else as AWS is known for; nothing where nobody knows.
#[derive(Debug, Default)]
pub(crate) struct Usual {
    took: Took,
    is_aws: bool,
}

/// What one step usually takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) time: Duration,
    /// True for AWS's own, which is an upper bound; false for what earlier runs took.
    at_most: bool,
}

impl Usual {
    /// `is_aws` is false in a sandbox, which has a pace of its own.
    pub(crate) fn new(took: Took, is_aws: bool) -> Self {
        Self { took, is_aws }
    }

    pub(crate) fn of(&self, address: &Address, verb: Verb) -> Option<Told> {
        let known = self.took.usual(address.kind(), verb.word());
        let long = LONG
            .iter()
            .find(|(kind, of, _)| self.is_aws && *kind == address.kind() && *of == verb);
        let seen = known.map(|time| Told {
            time,
            at_most: false,
        });
        seen.or_else(|| {
            long.map(|(_, _, time)| Told {
                time: *time,
                at_most: true,
            })
        })
    }
}

impl Told {
    /// `usually 45 s`, `usually up to 10 min`; nothing for what is over before one could read it.
    pub(crate) fn words(self) -> Option<String> {
        let seconds = self.time.as_secs();
        let time = match seconds {
            0..2 => return None,
            2..120 => format!("{seconds} s"),
            _ => format!("{} min", (seconds + 30) / 60),
        };
        let bound = if self.at_most { "up to " } else { "" };
        Some(format!("usually {bound}{time}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("an address")
    }

    #[test]
    fn the_ledger_first_then_aws_then_nothing() {
        let mut took = Took::default();
        took.note("nat_gateway", "create", 95_000);
        let (database, nat) = (address("db_instance.main"), address("nat_gateway.a"));
        let words = |usual: &Usual, address: &Address| {
            let told = usual.of(address, Verb::Create);
            told.and_then(Told::words)
        };
        let aws = Usual::new(took.clone(), true);
        assert_eq!(words(&aws, &nat).as_deref(), Some("usually 95 s"));
        assert_eq!(
            words(&aws, &database).as_deref(),
            Some("usually up to 10 min")
        );
        assert_eq!(words(&aws, &address("vpc.main")), None);
        assert_eq!(words(&Usual::new(took.clone(), false), &database), None);
        took.note("db_instance", "create", 399_000);
        let known = Usual::new(took, true);
        assert_eq!(words(&known, &database).as_deref(), Some("usually 7 min"));
        assert_eq!(known.of(&database, Verb::Delete), None);
    }

    #[test]
    fn what_is_over_at_once_is_not_worth_a_word() {
        let mut took = Took::default();
        took.note("vpc", "create", 800);
        let told = Usual::new(took, false).of(&address("vpc.main"), Verb::Create);
        assert_eq!(
            told.map(|told| (told.time.as_millis(), told.words())),
            Some((800, None))
        );
    }
}
