//! From amounts to places on paper.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// A scale from nothing to a round figure.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    /// The round figure at its end.
    pub(super) most: f64,
    /// Between two ticks.
    pub(super) step: f64,
}

impl Scale {
    /// One that holds `most` in about `ticks` steps of 1, 2, 2.5 or 5 times a power of ten; of nothing it is one of a dollar.
    pub(super) fn of(most: f64, ticks: f64) -> Self {
        if most.is_nan() || most <= 0.0 {
            return Self {
                most: 1.0,
                step: 0.5,
            };
        }
        let raw = most / ticks;
        let power = 10_f64.powf(raw.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
        let step = steps
            .iter()
            .map(|step| step * power)
            .find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(10.0 * power);
        Self {
            most: (most / step - 1e-9).ceil() * step,
            step,
        }
    }

    /// Its ticks, nothing and the end among them.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let count = (self.most / self.step).round();
        let mut ticks = Vec::new();
        let mut at = 0.0;
        while at <= count {
            ticks.push(at * self.step);
            at += 1.0;
        }
        ticks
    }

    /// A tick's label: no more decimals than the step needs.
    pub(super) fn label(&self, tick: f64) -> String {
        match self.step {
            step if step >= 1.0 && step.fract() == 0.0 => format!("${tick:.0}"),
            step if step >= 0.1 => format!("${tick:.2}"),
            _ => format!("${tick:.3}"),
        }
    }

    /// The place of an amount on a line of `length`.
    pub(super) fn at(&self, amount: f64, length: f64) -> f64 {
        amount / self.most * length
    }
}

pub(super) fn float(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or_default()
}

/// Moves labels apart, so that each has `height` to itself and none is outside of 0 to `most`; they keep their order.
pub(super) fn apart(places: &[f64], height: f64, most: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|one, other| places[*one].total_cmp(&places[*other]));
    let mut out = places.to_vec();
    let mut least = 0.0_f64;
    for index in &order {
        out[*index] = out[*index].max(least);
        least = out[*index] + height;
    }
    let mut limit = most;
    for index in order.iter().rev() {
        out[*index] = out[*index].min(limit);
        limit = out[*index] - height;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Scale, apart};

    #[test]
    fn ends_are_round_and_hold_the_figure() {
        let cases = [
            (0.03, 0.03, "$0.010"),
            (150.0, 150.0, "$50"),
            (151.0, 200.0, "$50"),
            (12_000.0, 12_000.0, "$5000"),
            (0.0, 1.0, "$0.50"),
        ];
        for (most, end, second) in cases {
            let scale = Scale::of(most, 4.0);
            let ticks = scale.ticks();
            assert!(scale.most >= most, "{most}");
            assert!(ticks.len() <= 6, "{most}: {ticks:?}");
            assert!((ticks.last().expect("an end") - scale.most).abs() < 1e-9);
            if most < 12_000.0 {
                assert!((scale.most - end).abs() < 1e-9, "{most}: {}", scale.most);
                assert_eq!(scale.label(ticks[1]), second, "{most}");
            }
        }
        assert!((Scale::of(150.0, 4.0).at(75.0, 200.0) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn labels_do_not_cover_each_other() {
        let moved = apart(&[100.0, 102.0, 10.0, 101.0], 14.0, 120.0);
        let mut sorted = moved.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(
            sorted
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= 14.0 - 1e-9),
            "{moved:?}"
        );
        assert!(
            sorted.iter().all(|place| (0.0..=120.0).contains(place)),
            "{moved:?}"
        );
        assert!(
            moved[0] < moved[3] && moved[3] < moved[1],
            "they keep their order: {moved:?}"
        );
    }
}
