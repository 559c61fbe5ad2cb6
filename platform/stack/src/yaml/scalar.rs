//! What a scalar means.

use super::tree::Data;
use saphyr_parser::ScalarStyle;
use serde_json::Number;
use std::borrow::Cow;

/// A scalar by YAML 1.2's core schema; quoted and block scalars are always text.
pub(super) fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Data {
    if style != ScalarStyle::Plain {
        return Data::Text(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        plain => number(plain).map_or_else(|| Data::Text(text.clone().into_owned()), Data::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits(unsigned) {
        let signed = text.strip_prefix('+').unwrap_or(text);
        return match signed.parse::<i64>() {
            Ok(number) => Some(number.into()),
            Err(_) => signed.parse::<f64>().ok().and_then(Number::from_f64),
        };
    }
    let whole = mantissa.replacen('.', "", 1);
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let float = (digits(&whole) && digits(exponent))
        .then(|| text.parse::<f64>().ok())
        .flatten()?;
    // JSON Schema takes 256.0 for an integer; it is read as one, so that schema and types agree.
    let exact = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
    if exact {
        Some(Number::from(float as i64))
    } else {
        Number::from_f64(float)
    }
}

#[cfg(test)]
mod tests {
    use super::{Data, ScalarStyle, scalar};

    #[test]
    fn plain_scalars_are_read_by_yaml_1_2() {
        let cases = [
            ("20:00", "text 20:00"),
            ("08:00", "text 08:00"),
            ("on", "text on"),
            ("yes", "text yes"),
            ("0x1F", "text 0x1F"),
            ("1_000", "text 1_000"),
            (".5", "number 0.5"),
            ("-", "text -"),
            (".", "text ."),
            ("e3", "text e3"),
            ("1.2.3", "text 1.2.3"),
            ("1e400", "text 1e400"),
            ("16", "number 16"),
            ("+16", "number 16"),
            ("-16", "number -16"),
            ("16.0", "number 16"),
            ("1e3", "number 1000"),
            ("15.5", "number 15.5"),
            ("9223372036854775807", "number 9223372036854775807"),
            ("True", "true"),
            ("FALSE", "false"),
            ("~", "null"),
            ("", "null"),
        ];
        for (text, expected) in cases {
            let seen = match scalar(text.into(), ScalarStyle::Plain) {
                Data::Null => "null".to_owned(),
                Data::Bool(value) => value.to_string(),
                Data::Number(number) => format!("number {number}"),
                Data::Text(text) => format!("text {text}"),
                other => format!("{other:?}"),
            };
            assert_eq!(seen, expected, "{text}");
            let quoted = scalar(text.into(), ScalarStyle::DoubleQuoted);
            assert!(
                matches!(&quoted, Data::Text(kept) if kept == text),
                "{quoted:?}"
            );
        }
    }
}
