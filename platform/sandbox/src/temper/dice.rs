/// Chance that is the same for the same seed and the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of the `nth` time that something happens; `place` says what.
    pub(crate) fn of(seed: u64, place: &[&str], nth: u64) -> Self {
        let mut state = mixed(seed);
        for word in place {
            // Fowler, Noll and Vo's hash; the end of a word counts too.
            for byte in word.bytes().chain([0xff]) {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        Self(mixed(state ^ mixed(nth)))
    }

    /// A number from 0 to below 1; each `which` is another throw.
    pub(crate) fn number(self, which: u64) -> f64 {
        let bits = mixed(self.0.wrapping_add(which)) >> 32;
        f64::from(u32::try_from(bits).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The step of Steele, Lea and Flood's `SplitMix64` generator.
fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
