use std::ops::RangeInclusive;

/// Numbers that a cron field stands for: `*`, values, ranges and steps, joined by commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    least: u32,
    bits: [u64; 4],
}

/// What a field may hold, and the names that stand for its numbers, from the least on.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) range: RangeInclusive<u32>,
    pub(super) names: &'static [&'static str],
}

impl Bounds {
    pub(super) const fn of(range: RangeInclusive<u32>, names: &'static [&'static str]) -> Self {
        Self { range, names }
    }

    /// A number or a name within the bounds.
    pub(super) fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        match named {
            Some(at) => u32::try_from(at).ok().map(|at| at + self.range.start()),
            None if text.starts_with('+') => None,
            None => text
                .parse()
                .ok()
                .filter(|number| self.range.contains(number)),
        }
    }
}

impl Field {
    /// A field with nothing in it, for numbers from `least` to `least` + 255.
    pub(super) const fn empty(least: u32) -> Self {
        Self {
            least,
            bits: [0; 4],
        }
    }

    /// `None` when the text is no field within the bounds.
    pub(super) fn parse(text: &str, bounds: &Bounds) -> Option<Self> {
        let mut field = Self::empty(*bounds.range.start());
        text.split(',')
            .all(|part| field.take(part, bounds).is_some())
            .then_some(field)
    }

    /// Adds what one part between commas stands for.
    pub(super) fn take(&mut self, part: &str, bounds: &Bounds) -> Option<()> {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, Some(step.parse().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (least, most) = (*bounds.range.start(), *bounds.range.end());
        let (from, to) = match span.split_once('-') {
            _ if span == "*" => (least, most),
            Some((from, to)) => (bounds.value(from)?, bounds.value(to)?),
            None => {
                let from = bounds.value(span)?;
                // `5/10` is from five on; a value alone is itself.
                (from, if step.is_some() { most } else { from })
            }
        };
        let size = most - least + 1;
        // A range may pass the end, as in FRI-MON.
        let length = if to >= from {
            to - from
        } else {
            to + size - from
        };
        let step: u32 = step.unwrap_or(1);
        for offset in (0..=length).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            self.insert(least + (from - least + offset) % size);
        }
        Some(())
    }

    pub(super) fn insert(&mut self, number: u32) {
        if let Some((word, bit)) = self.place(number) {
            self.bits[word] |= 1 << bit;
        }
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        self.place(number)
            .is_some_and(|(word, bit)| self.bits[word] >> bit & 1 == 1)
    }

    /// The smallest number that is not below the one given.
    pub(super) fn from(&self, number: u32) -> Option<u32> {
        let start = number.max(self.least);
        let (first, bit) = self.place(start)?;
        (first..self.bits.len()).find_map(|word| {
            let mask = if word == first { !0 << bit } else { !0 };
            let left = self.bits[word] & mask;
            let word = u32::try_from(word).ok()?;
            (left != 0).then(|| self.least + word * 64 + left.trailing_zeros())
        })
    }

    fn place(&self, number: u32) -> Option<(usize, u32)> {
        let offset = number.checked_sub(self.least)?;
        let word = usize::try_from(offset / 64).ok()?;
        (word < self.bits.len()).then_some((word, offset % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Field};

    #[test]
    fn fields_hold_what_they_say() {
        let days = Bounds::of(1..=7, &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);
        let minutes = Bounds::of(0..=59, &[]);
        let years = Bounds::of(1970..=2199, &[]);
        let cases: [(&str, &Bounds, &[u32]); 9] = [
            ("MON-FRI", &days, &[2, 3, 4, 5, 6]),
            ("fri-mon", &days, &[1, 2, 6, 7]),
            ("2,SAT", &days, &[2, 7]),
            ("0/15", &minutes, &[0, 15, 30, 45]),
            ("*/20", &minutes, &[0, 20, 40]),
            ("50/5", &minutes, &[50, 55]),
            ("10-20/5", &minutes, &[10, 15, 20]),
            ("2026-2028", &years, &[2026, 2027, 2028]),
            ("2199", &years, &[2199]),
        ];
        for (text, bounds, expected) in cases {
            let field = Field::parse(text, bounds).expect(text);
            let all: Vec<u32> = bounds
                .range
                .clone()
                .filter(|n| field.contains(*n))
                .collect();
            assert_eq!(all, expected, "{text}");
            let mut walked = Vec::new();
            let mut at = field.from(0);
            while let Some(number) = at {
                walked.push(number);
                at = field.from(number + 1);
            }
            assert_eq!(walked, expected, "{text}, walked");
        }
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let minutes = Bounds::of(0..=59, &[]);
        for text in ["", "60", "-1", "1-", "a", "1/0", "1,", "+1", "1//2", "0/0"] {
            assert_eq!(Field::parse(text, &minutes), None, "{text}");
        }
    }
}
