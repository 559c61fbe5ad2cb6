//! Reading price files.

use std::collections::BTreeMap;

use bella_engine::cost::{Allowance, Confidence, Price, PriceKey};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Citations by key.
pub(super) type Sources = BTreeMap<&'static str, &'static str>;

/// The citations of `sources.csv`, whose second column runs to the end of the line.
pub(super) fn sources(text: &'static str) -> Sources {
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect()
}

/// A file, the prefix its usage types carry, and the citations its sources mean.
pub(super) struct Rows<'a> {
    text: &'static str,
    prefix: &'static str,
    sources: &'a Sources,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'static str, prefix: &'static str, sources: &'a Sources) -> Self {
        Self {
            text,
            prefix,
            sources,
        }
    }

    /// The rows as prices.
    pub(super) fn prices(&self) -> Result<Vec<(PriceKey, Price)>, String> {
        self.read(
            |[
                service,
                billed_as,
                tier,
                unit,
                usd,
                source,
                as_of,
                confidence,
            ]| {
                let key = PriceKey {
                    service: service.to_owned(),
                    usage_type: billed_as
                        .strip_prefix(self.prefix)
                        .unwrap_or(billed_as)
                        .to_owned(),
                    tier: tier.to_owned(),
                };
                let as_of = match as_of {
                    "" => None,
                    day => Some(day.parse::<Date>().map_err(|err| err.to_string())?),
                };
                let price = Price {
                    unit: unit.to_owned(),
                    usd: usd.parse::<Decimal>().map_err(|err| err.to_string())?,
                    billed_as: billed_as.to_owned(),
                    source: self.cited(source)?,
                    as_of,
                    confidence: sureness(confidence)?,
                };
                Ok((key, price))
            },
        )
    }

    /// The rows as allowances.
    pub(super) fn allowances(&self) -> Result<Vec<Allowance>, String> {
        self.read(|[name, quantity, unit, service, usage_type, source]| {
            Ok(Allowance {
                name,
                quantity: quantity.parse::<Decimal>().map_err(|err| err.to_string())?,
                unit: unit.to_owned(),
                of: vec![(service.to_owned(), usage_type.to_owned())],
                source: self.cited(source)?,
            })
        })
    }

    fn read<T, const N: usize>(
        &self,
        row: impl Fn([&'static str; N]) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut out = Vec::new();
        for (number, line) in self.text.lines().enumerate().skip(1) {
            let at = |why: String| format!("line {}: {why}", number + 1);
            let fields: Vec<&'static str> = line.split(',').collect();
            let fields = <[&str; N]>::try_from(fields)
                .map_err(|fields| at(format!("{} fields, not {N}", fields.len())))?;
            out.push(row(fields).map_err(at)?);
        }
        Ok(out)
    }

    /// The citations behind keys joined by `+`.
    fn cited(&self, keys: &str) -> Result<String, String> {
        let all: Option<Vec<&str>> = keys
            .split('+')
            .map(|key| self.sources.get(key).copied())
            .collect();
        all.map(|all| all.join("; "))
            .ok_or_else(|| format!("`{keys}` cites what sources.csv does not have"))
    }
}

fn sureness(word: &str) -> Result<Confidence, String> {
    [Confidence::Low, Confidence::Medium, Confidence::High]
        .into_iter()
        .find(|confidence| confidence.as_str() == word)
        .ok_or_else(|| format!("`{word}` is not low, medium or high"))
}
