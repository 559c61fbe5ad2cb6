//! Reading a condition. Every refusal points at the part of the text that is wrong.

use super::{AlarmCondition, Comparison, METRICS, Metric, Unit};
use crate::value::text::{Refusal, nearest};
use std::str::FromStr;

const OPERATORS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

impl FromStr for AlarmCondition {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let mut words = Words { text, at: 0 };
        let name = words.take(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let metric = metric(&words, name)?;
        if metric.unit == Unit::State {
            return state(&mut words, metric);
        }
        let comparison = operator(&mut words, metric)?;
        let threshold = limit(&mut words, metric)?;
        Ok(Self {
            metric,
            comparison,
            threshold,
        })
    }
}

/// The text, and how far it was read.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

/// A part of the text by its bytes.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

impl<'a> Words<'a> {
    /// The longest run of such characters after any spaces; empty where there is none.
    fn take(&mut self, is: impl Fn(char) -> bool) -> Span {
        let rest = &self.text[self.at..];
        let start = self.at + rest.len() - rest.trim_start().len();
        let rest = &self.text[start..];
        let end = start + rest.find(|c| !is(c)).unwrap_or(rest.len());
        self.at = end;
        Span { start, end }
    }

    /// What is left, without spaces around it.
    fn rest(&self) -> Span {
        let rest = &self.text[self.at..];
        let start = self.at + rest.len() - rest.trim_start().len();
        Span {
            start,
            end: self.text.trim_end().len().max(start),
        }
    }

    fn of(&self, span: Span) -> &'a str {
        &self.text[span.start..span.end]
    }

    /// The whole text with another one in place of this part.
    fn with(&self, span: Span, other: &str) -> String {
        format!(
            "{}{other}{}",
            self.text[..span.start].trim_start(),
            self.text[span.end..].trim_end()
        )
    }

    fn refuse(&self, span: Span, message: String, allowed: String) -> Refusal {
        Refusal::new(message, allowed).at(self.text, span.start, span.end)
    }
}

fn metric(words: &Words<'_>, name: Span) -> Result<&'static Metric, Refusal> {
    let written = words.of(name);
    if let Some(metric) = METRICS.iter().find(|metric| metric.name == written) {
        return Ok(metric);
    }
    let names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    let near = nearest(&written.replace('-', "_"), names.iter().copied());
    let (span, message) = match written {
        "" => (
            words.rest(),
            "a condition begins with the name of a metric".to_owned(),
        ),
        _ => (
            name,
            format!("`{written}` is not a metric that alarms can watch"),
        ),
    };
    Err(words
        .refuse(span, message, names.join(", "))
        .suggest(near.map(|near| words.with(name, near))))
}

fn state(words: &mut Words<'_>, metric: &'static Metric) -> Result<AlarmCondition, Refusal> {
    let rest = words.rest();
    if !words.of(rest).is_empty() {
        let message = format!("`{}` is either so or not and takes no limit", metric.name);
        return Err(words
            .refuse(rest, message, metric.name.to_owned())
            .suggest(Some(metric.name)));
    }
    Ok(AlarmCondition {
        metric,
        comparison: Comparison::AtLeast,
        threshold: 1.0,
    })
}

fn operator(words: &mut Words<'_>, metric: &Metric) -> Result<Comparison, Refusal> {
    let sign = words.take(|c| "<>=!≥≤".contains(c));
    let written = words.of(sign);
    if let Some((_, comparison)) = OPERATORS.into_iter().find(|(known, _)| *known == written) {
        return Ok(comparison);
    }
    let span = match written {
        "" => {
            let rest = words.rest();
            let end = words
                .of(rest)
                .find(' ')
                .map_or(rest.end, |n| rest.start + n);
            Span { end, ..rest }
        }
        _ => sign,
    };
    let message = format!(
        "`{}` needs one of the operators >, >=, <, <= and a limit",
        metric.name
    );
    let meant = match written {
        "=>" | "≥" => Some(">="),
        "=<" | "≤" => Some("<="),
        _ => None,
    };
    Err(words
        .refuse(span, message, shape(metric))
        .suggest(meant.map(|meant| words.with(sign, meant))))
}

fn shape(metric: &Metric) -> String {
    format!(
        "a condition such as {} > {}",
        metric.name,
        metric.unit.example()
    )
}

/// The limit in base units of the metric.
fn limit(words: &mut Words<'_>, metric: &Metric) -> Result<f64, Refusal> {
    let whole = words.rest();
    let money = words.take(|c| c == '$');
    let digits = words.take(|c| c.is_ascii_digit() || "._,-".contains(c));
    let mark = words.rest();
    let is = |what: &str| format!("the limit of `{}` is {what}", metric.name);
    let number: Option<f64> = words
        .of(digits)
        .parse()
        .ok()
        .filter(|number: &f64| number.is_sign_positive());
    let Some(number) = number else {
        let span = match words.of(digits) {
            "" => whole,
            _ => digits,
        };
        return Err(words.refuse(span, is(metric.unit.words()), shape(metric)));
    };
    let bare = words.of(digits);
    let written = match (words.of(money), words.of(mark)) {
        ("", "") => None,
        ("$", "") => Some((money, "$")),
        ("", mark_text) => Some((mark, mark_text)),
        _ => Some((whole, words.of(whole))),
    };
    let found = written.map(|(span, text)| (span, text, Unit::of(text)));
    match found {
        None if metric.unit == Unit::Count => Ok(number),
        None => Err(words
            .refuse(digits, is(metric.unit.words()), shape(metric))
            .suggest(Some(words.with(digits, &metric.unit.mark(bare))))),
        Some((_, _, Some((unit, factor)))) if unit == metric.unit => {
            in_range(words, metric, number * factor, digits)
        }
        Some((_, text, Some((unit, _)))) => {
            let message = format!(
                "{}, and `{}` is {}",
                is(metric.unit.words()),
                words.of(whole),
                unit.words().split(" with").next().unwrap_or(text)
            );
            Err(words.refuse(whole, message, shape(metric)))
        }
        Some((span, text, None)) => {
            let meant = Unit::meant(text)
                .filter(|mark| Unit::of(mark).is_some_and(|(unit, _)| unit == metric.unit));
            let meant = meant.map(|mark| match mark {
                "$" => words.with(whole, &format!("${bare}")),
                _ => words.with(whole, &format!("{bare}{mark}")),
            });
            let message = format!("{}; `{text}` is no unit", is(metric.unit.words()));
            Err(words.refuse(span, message, shape(metric)).suggest(meant))
        }
    }
}

fn in_range(words: &Words<'_>, metric: &Metric, number: f64, digits: Span) -> Result<f64, Refusal> {
    if metric.unit == Unit::Percent && number > 100.0 {
        let message = format!(
            "the limit of `{}` is a percentage, at most 100%",
            metric.name
        );
        return Err(words.refuse(digits, message, shape(metric)));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::AlarmCondition;

    /// What a text means, or what is said of it with its wrong part underlined and what was meant.
    fn verdict(text: &str) -> String {
        match text.parse::<AlarmCondition>() {
            Ok(condition) => condition.to_string(),
            Err(refusal) => {
                let at = refusal.at.as_ref().expect("every refusal has a place");
                let before: String = text.chars().take(at.offset).collect();
                let after: String = text
                    .chars()
                    .skip(at.offset + at.text.chars().count())
                    .collect();
                let meant = refusal.suggestion.map(|s| format!(" -> {s}"));
                format!(
                    "{before}[{}]{after} {}{}",
                    at.text,
                    refusal.message,
                    meant.unwrap_or_default()
                )
            }
        }
    }

    #[test]
    fn conditions_are_read_or_refused_where_they_are_wrong() {
        let cases = [
            ("error_rate > 5%", "error_rate > 5%"),
            (" error_rate  >  5 % ", "error_rate > 5%"),
            ("avg_response_time>=250ms", "avg_response_time >= 0.25s"),
            ("p95_response_time > 1m", "p95_response_time > 60s"),
            ("db_free_storage < 2GB", "db_free_storage < 2GB"),
            ("db_free_storage < 2.5GB", "db_free_storage < 2560MB"),
            ("healthy_hosts < 1", "healthy_hosts < 1"),
            ("daily_cost > $15", "daily_cost > $15"),
            ("monthly_cost >= $ 149.5", "monthly_cost >= $149.5"),
            ("health_check_failure", "health_check_failure"),
        ];
        for (text, expected) in cases {
            assert_eq!(verdict(text), expected, "{text}");
        }
        let broken = include_str!("broken.txt");
        let mut differing = String::new();
        for case in broken.split_terminator("\n\n") {
            let (text, expected) = case.split_once('\n').unwrap_or((case, ""));
            let seen = verdict(text);
            if seen != expected.trim_end() {
                differing.push_str(&format!("{text}\n{seen}\n\n"));
            }
        }
        assert!(differing.is_empty(), "{differing}");
        assert!(broken.split_terminator("\n\n").count() >= 20);
    }
}
