//! Numbers that look like chance and are the same every time.

/// Sebastiano Vigna's SplitMix64: a published generator of a few lines, good enough for arrivals of calls and the same on every machine
/// and in every release, which the generators of crates do not promise.
pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0, which it never is, and 1.
    fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = (self.next() >> 11) as f64;
        (bits + 0.5) / 9_007_199_254_740_992.0
    }

    /// How many of something happen that happens `mean` times on average (Poisson, Knuth's method; means of minutes are small).
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let mut product = self.unit();
        let mut count = 0;
        while product > limit {
            count += 1;
            product *= self.unit();
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn means_come_out() {
        let mut chance = Generator::new(1);
        for mean in [0.02, 0.5, 3.0, 40.0] {
            let drawn: u32 = (0..20_000).map(|_| chance.poisson(mean)).sum();
            let found = f64::from(drawn) / 20_000.0;
            assert!((found - mean).abs() < mean * 0.1, "{found} of {mean}");
        }
    }
}
