//! CBOR (RFC 8949) as AWS's rpc-v2-cbor uses it, read into JSON and written from it.

use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Number, Value};

/// Marks a tagged item, such as a point in time (tag 1), as JSON has none:
/// `{"$tag": 1, "$value": 1774000000}`.
const TAG: &str = "$tag";
const VALUE: &str = "$value";

/// No request of AWS nests deeper.
const DEPTH: u8 = 64;

/// The one item in `bytes`; `None` when it is not well-formed, or has a kind of item that AWS's
/// requests to the services with rules do not have.
pub(crate) fn decode(bytes: &[u8]) -> Option<Value> {
    item(&mut Decoder::new(bytes), DEPTH)
}

fn item(from: &mut Decoder<'_>, depth: u8) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match from.datatype().ok()? {
        Type::Null | Type::Undefined => {
            from.skip().ok()?;
            Value::Null
        }
        Type::Bool => from.bool().ok()?.into(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => from.u64().ok()?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => from.i64().ok()?.into(),
        Type::F16 => f64::from(from.f16().ok()?).into(),
        Type::F32 => f64::from(from.f32().ok()?).into(),
        Type::F64 => from.f64().ok()?.into(),
        Type::String | Type::StringIndef => text(from)?.into(),
        Type::Array | Type::ArrayIndef => {
            let length = from.array().ok()?;
            let mut all = Vec::new();
            while more(from, length, all.len())? {
                all.push(item(from, depth)?);
            }
            all.into()
        }
        Type::Map | Type::MapIndef => {
            let length = from.map().ok()?;
            let mut all = Map::new();
            let mut read = 0;
            while more(from, length, read)? {
                let key = text(from)?;
                all.insert(key, item(from, depth)?);
                read += 1;
            }
            all.into()
        }
        Type::Tag => {
            let tag = from.tag().ok()?.as_u64();
            let mut all = Map::new();
            all.insert(TAG.to_owned(), tag.into());
            all.insert(VALUE.to_owned(), item(from, depth)?);
            all.into()
        }
        _ => return None,
    })
}

/// Whether another member follows; steps over the mark that ends one of unknown length.
fn more(from: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Option<bool> {
    if let Some(length) = length {
        return Some((read as u64) < length);
    }
    let ends = from.datatype().ok()? == Type::Break;
    if ends {
        from.skip().ok()?;
    }
    Some(!ends)
}

fn text(from: &mut Decoder<'_>) -> Option<String> {
    let pieces: Result<String, _> = from.str_iter().ok()?.collect();
    pieces.ok()
}

/// A value as one item.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut to = Encoder::new(Vec::new());
    // Writing to memory does not fail.
    let _ = write(&mut to, value);
    to.into_writer()
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(to: &mut Encoder<Vec<u8>>, value: &Value) -> Written {
    match value {
        Value::Null => to.null()?,
        Value::Bool(value) => to.bool(*value)?,
        Value::Number(number) => return write_number(to, number),
        Value::String(text) => to.str(text)?,
        Value::Array(all) => {
            to.array(all.len() as u64)?;
            return all.iter().try_for_each(|one| write(to, one));
        }
        Value::Object(all) => {
            if let (Some(tag), Some(value)) = (all.get(TAG).and_then(Value::as_u64), all.get(VALUE))
            {
                to.tag(Tag::new(tag))?;
                return write(to, value);
            }
            to.map(all.len() as u64)?;
            for (key, value) in all {
                to.str(key)?;
                write(to, value)?;
            }
            to
        }
    };
    Ok(())
}

fn write_number(to: &mut Encoder<Vec<u8>>, number: &Number) -> Written {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => to.u64(number)?,
        (None, Some(number)) => to.i64(number)?,
        (None, None) => to.f64(number.as_f64().unwrap_or_default())?,
    };
    Ok(())
}

/// A point in time, seconds since 1970, as an answer has it.
pub(crate) fn timestamp(seconds: f64) -> Value {
    serde_json::json!({TAG: 1, VALUE: seconds})
}

/// The seconds since 1970 of a point in time; `None` when the value is something else.
pub(crate) fn point_in_time(value: &Value) -> Option<f64> {
    value.get(TAG).and(value.get(VALUE))?.as_f64()
}

/// The value as JSON has it: points in time are their seconds.
pub(crate) fn without_tags(value: &Value) -> Value {
    if let Some(seconds) = point_in_time(value) {
        return seconds.into();
    }
    match value {
        Value::Array(all) => all.iter().map(without_tags).collect(),
        Value::Object(all) => all
            .iter()
            .map(|(name, value)| (name.clone(), without_tags(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decode, encode, timestamp};

    #[test]
    fn what_is_written_is_read_back() {
        let long = "x".repeat(300);
        let value = json!({
            "text": long, "none": null, "yes": true, "count": 70000, "below": -5, "part": 2.5,
            "whole": 3.0, "list": [1, "a", {"b": []}], "at": timestamp(1_774_000_000.0),
        });
        assert_eq!(decode(&encode(&value)), Some(value));
    }

    #[test]
    fn lengths_may_be_left_open() {
        // {_ "a": [_ 1, 2], "b": (_ "x", "y")}
        let bytes = [
            0xbf, 0x61, b'a', 0x9f, 0x01, 0x02, 0xff, 0x61, b'b', 0x7f, 0x61, b'x', 0x61, b'y',
            0xff, 0xff,
        ];
        assert_eq!(decode(&bytes), Some(json!({"a": [1, 2], "b": "xy"})));
    }

    #[test]
    fn what_is_not_well_formed_is_nothing() {
        for bytes in [&[][..], &[0xa1], &[0x61], &[0x9f, 0x01], &[0x81; 100]] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
